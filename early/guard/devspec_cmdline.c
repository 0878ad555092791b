/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cmdline/cmdline.h"
#include "guard/internal.h"

/* The parameter being read, and the list for the devspecs in it. */
struct reader {
	struct devspecs *devspecs;
	enum devspec_source source;
	struct parameter parameter;
	struct span type; /* of the root file system, or empty */
};

/* The parameter as written, for the log. */
static void write_origin(const struct reader *reader, char origin[DEVSPEC_ORIGIN_SIZE])
{
	struct span name = reader->parameter.name, value = reader->parameter.value;

	snprintf(origin, DEVSPEC_ORIGIN_SIZE, "%.*s%s%.*s", (int)name.length, name.at,
		 value.at ? "=" : "", (int)value.length, value.at ? value.at : "");
}

static struct devspec new_devspec(const struct reader *reader)
{
	struct devspec devspec = { .source = reader->source };

	write_origin(reader, devspec.origin);
	return devspec;
}

static int add(const struct reader *reader, enum devspec_kind kind, struct span value)
{
	struct devspec devspec = new_devspec(reader);

	devspec.kind = kind;
	if (!devspec_copy(devspec.value, sizeof(devspec.value), value))
		devspec.kind = DEVSPEC_UNKNOWN;
	return devspecs_add(reader->devspecs, &devspec);
}

static void note_network(const struct reader *reader)
{
	char sign[DEVSPEC_ORIGIN_SIZE];

	write_origin(reader, sign);
	devspecs_note_network(reader->devspecs, span_of(sign));
}

/*
 * Whether root= names a network source: dracut's nfs:, iscsi:, nbd: and so on,
 * server:/path, and the words for "whatever DHCP says".
 */
static bool is_network(struct span value)
{
	static const char *const words[] = { "/dev/nfs", "/dev/cifs", "dhcp", "dhcp6",
					     "auto6",	 "either6",   "on",   "any" };
	struct span nbd = value;

	return span_is_one_of(value, words, ARRAY_SIZE(words)) ||
	       span_skip_prefix(&nbd, "/dev/nbd") ||
	       (value.length && value.at[0] != '/' &&
		memchr(value.at, ':', value.length));
}

static int read_device(const struct reader *reader)
{
	struct devspec devspec = new_devspec(reader);
	struct span value = reader->parameter.value, device;
	int r = 0;

	span_skip_prefix(&value, "live:");
	span_skip_prefix(&value, "block:");
	devspec_parse(value, &devspec);
	if (devspec.kind == DEVSPEC_PATH && reader->source == DEVSPEC_FROM_ROOT &&
	    is_network(value)) {
		note_network(reader);
		reader->devspecs->root_is_remote = true;
		return 0;
	}
	while (r == 0 && devspec_next(&value, reader->type, &device)) {
		devspec_parse(device, &devspec);
		r = devspecs_add(reader->devspecs, &devspec);
	}
	return r;
}

static int read_flags(const struct reader *reader)
{
	struct devspec devspec = new_devspec(reader);

	return devspecs_add_options(reader->devspecs, &devspec, reader->parameter.value);
}

static int read_luks_uuid(const struct reader *reader)
{
	struct span value = reader->parameter.value;

	span_skip_prefix(&value, "luks-");
	return add(reader, DEVSPEC_LUKS, value);
}

static int read_luks_name(const struct reader *reader)
{
	return add(reader, DEVSPEC_LUKS, span_until(reader->parameter.value, '='));
}

static int read_md(const struct reader *reader)
{
	return add(reader, DEVSPEC_MD, reader->parameter.value);
}

/* VG or VG/LV. */
static int read_group(const struct reader *reader)
{
	return add(reader, DEVSPEC_GROUP, span_until(reader->parameter.value, '/'));
}

static int read_pool(const struct reader *reader)
{
	return add(reader, DEVSPEC_POOL, span_until(reader->parameter.value, '/'));
}

/* target=NAME,source=DEVICE,…: cryptsetup's parameter for initramfs-tools. */
static int read_cryptopts(const struct reader *reader)
{
	struct devspec devspec = new_devspec(reader);
	struct span rest = reader->parameter.value, item;

	while (span_next_item(&rest, &item)) {
		if (!span_skip_prefix(&item, "source="))
			continue;
		devspec_parse(item, &devspec);
		return devspecs_add(reader->devspecs, &devspec);
	}
	return 0;
}

static int read_boot(const struct reader *reader)
{
	if (span_equals(reader->parameter.value, "nfs")) {
		note_network(reader);
		reader->devspecs->root_is_remote = true;
	}
	if (span_equals(reader->parameter.value, "zfs"))
		return add(reader, DEVSPEC_POOL, span_of(""));
	return 0;
}

/* Also for unlocking the disk over ssh or with a tang server. */
static int read_ip(const struct reader *reader)
{
	struct span value = reader->parameter.value;

	if (!span_equals(value, "off") && !span_equals(value, "none"))
		note_network(reader);
	return 0;
}

static int read_remote_root(const struct reader *reader)
{
	note_network(reader);
	reader->devspecs->root_is_remote = true;
	return 0;
}

static const struct {
	const char *name;
	int (*read)(const struct reader *reader);
} known[] = {
	{ "rootflags", read_flags },	  { "mount.usr", read_device },
	{ "mount.usrflags", read_flags }, { "rd.luks.uuid", read_luks_uuid },
	{ "luks.uuid", read_luks_uuid },  { "rd.luks.name", read_luks_name },
	{ "luks.name", read_luks_name },  { "rd.lvm.vg", read_group },
	{ "rd.lvm.lv", read_group },	  { "rd.md.uuid", read_md },
	{ "cryptopts", read_cryptopts },  { "boot", read_boot },
	{ "bootfs", read_pool },	  { "ip", read_ip },
	{ "netroot", read_remote_root },  { "nfsroot", read_remote_root },
};

/* Prefixes of the parameters for disks on the network. */
static const char *const network_prefixes[] = { "nbdroot", "rd.iscsi.", "rd.nvmf",
						"nvmf.",   "iscsi_",	"ISCSI_",
						"fcoe",	   "nbd.",	"rd.nbd." };

static int read_parameter(const struct reader *reader)
{
	const struct parameter *parameter = &reader->parameter;

	for (size_t i = 0; i < ARRAY_SIZE(network_prefixes); i++) {
		struct span name = parameter->name;

		if (span_skip_prefix(&name, network_prefixes[i]))
			note_network(reader);
	}
	/* The only one that needs no value. */
	if (span_equals(parameter->name, "rd.neednet") &&
	    !span_equals(parameter->value, "0"))
		note_network(reader);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (parameter->value.length &&
		    span_equals(parameter->name, known[i].name))
			return known[i].read(reader);
	return 0;
}

/* The words of systemd that leave the search to its generators. */
static bool is_automatic(struct span root)
{
	static const char *const words[] = { "gpt-auto", "gpt-auto-force", "dissect",
					     "fstab" };

	return root.length == 0 || span_is_one_of(root, words, ARRAY_SIZE(words));
}

/*
 * The last root= wins. Without one, systemd may find the root partition by its type and
 * has udev make a link to it: systemd-gpt-auto-generator(8).
 */
static int read_root(struct reader *reader, struct parameter root)
{
	static const char *const links[] = { "/dev/gpt-auto-root",
					     "/dev/gpt-auto-root-luks" };
	int r = 0;

	reader->source = DEVSPEC_FROM_ROOT;
	reader->parameter = root;
	if (!is_automatic(root.value)) {
		reader->devspecs->root_is_named = true;
		return read_device(reader);
	}
	if (reader->devspecs->root_is_remote)
		return 0;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(links); i++) {
		reader->parameter = (struct parameter){ .name = span_of(links[i]) };
		r = add(reader, DEVSPEC_PATH, span_of(links[i]));
	}
	return r;
}

/* The last resume= wins, too. */
static int read_resume(struct reader *reader, struct parameter resume)
{
	reader->source = DEVSPEC_FROM_PARAMETER;
	reader->type.length = 0;
	reader->parameter = resume;
	if (!resume.value.length || span_equals(resume.value, "none"))
		return 0;
	return read_device(reader);
}

int devspecs_add_cmdline(struct devspecs *devspecs, const struct cmdline *cmdline)
{
	struct reader reader = { .devspecs = devspecs, .source = DEVSPEC_FROM_PARAMETER };
	struct parameter root = { .name = span_of("root") }, resume = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < cmdline->count; i++) {
		reader.parameter = cmdline->words[i];
		if (span_equals(reader.parameter.name, "root"))
			root = reader.parameter;
		else if (span_equals(reader.parameter.name, "resume"))
			resume = reader.parameter;
		else if (span_equals(reader.parameter.name, "rootfstype"))
			reader.type = reader.parameter.value;
		else
			r = read_parameter(&reader);
	}
	if (cmdline_has(cmdline, "noresume"))
		resume = (struct parameter){ 0 };
	if (r == 0)
		r = read_root(&reader, root);
	if (r == 0)
		r = read_resume(&reader, resume);
	return r;
}
