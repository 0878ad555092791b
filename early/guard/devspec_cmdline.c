/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cmdline/tokenizer.h"
#include "guard/devspec_cmdline.h"

/* The parameter being read, and the list for the devspecs in it. */
struct reader {
	struct devspecs *devspecs;
	enum devspec_source source;
	struct parameter parameter;
};

static int add(const struct reader *reader, enum devspec_kind kind, struct span value)
{
	struct devspec devspec = { .kind = kind, .source = reader->source };
	struct span name = reader->parameter.name, whole = reader->parameter.value;

	if (!devspec_copy(devspec.value, sizeof(devspec.value), value))
		devspec.kind = DEVSPEC_UNKNOWN;
	snprintf(devspec.origin, sizeof(devspec.origin), "%.*s=%.*s", (int)name.length,
		 name.at, (int)whole.length, whole.at ? whole.at : "");
	return devspecs_add(reader->devspecs, &devspec);
}

static const struct {
	const char *prefix;
	enum devspec_kind kind;
} tags[] = {
	{ "UUID=", DEVSPEC_UUID },
	{ "LABEL=", DEVSPEC_LABEL },
	{ "CDLABEL=", DEVSPEC_LABEL },
	{ "PARTUUID=", DEVSPEC_PARTUUID },
	{ "PARTLABEL=", DEVSPEC_PARTLABEL },
	{ "/dev/disk/by-uuid/", DEVSPEC_UUID },
	{ "/dev/disk/by-label/", DEVSPEC_LABEL },
	{ "/dev/disk/by-partuuid/", DEVSPEC_PARTUUID },
	{ "/dev/disk/by-partlabel/", DEVSPEC_PARTLABEL },
	{ "ZFS=", DEVSPEC_POOL },
	{ "zfs=", DEVSPEC_POOL },
	{ "zfs:", DEVSPEC_POOL },
};

static struct span strip_quotes(struct span value)
{
	if (value.length > 1 && value.at[0] == '"' && value.at[value.length - 1] == '"')
		return (struct span){ value.at + 1, value.length - 2 };
	return value;
}

static int add_tagged(const struct reader *reader, enum devspec_kind kind,
		      struct span value)
{
	value = strip_quotes(value);
	if (kind == DEVSPEC_POOL) {
		value = span_until(value, '/');
		if (span_equals(value, "AUTO"))
			value.length = 0;
	}
	/* PARTUUID=…/PARTNROFF=1 names a partition of the same disk: early_lookup_bdev().
	 */
	if (kind == DEVSPEC_PARTUUID)
		value = span_until(value, '/');
	return add(reader, kind, value);
}

/*
 * Whether root= names a network source: dracut's nfs:, iscsi:, nbd: and so on,
 * server:/path, and the words for "whatever DHCP says".
 */
static bool is_network(struct span value)
{
	static const char *const words[] = { "/dev/nfs", "/dev/cifs", "dhcp", "dhcp6",
					     "auto6",	 "either6",   "on",   "any" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (span_equals(value, words[i]))
			return true;
	return value.length && value.at[0] != '/' && memchr(value.at, ':', value.length);
}

static int add_device(const struct reader *reader, struct span value)
{
	value = strip_quotes(value);
	span_skip_prefix(&value, "live:");
	span_skip_prefix(&value, "block:");
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		struct span rest = value;

		if (span_skip_prefix(&rest, tags[i].prefix))
			return add_tagged(reader, tags[i].kind, rest);
	}
	if (span_equals(value, "zfs"))
		return add(reader, DEVSPEC_POOL, span_of(""));
	if (devspec_is_number(value))
		return add(reader, DEVSPEC_NUMBER, value);
	if (reader->source == DEVSPEC_FROM_ROOT && is_network(value)) {
		reader->devspecs->on_network = true;
		return 0;
	}
	return add(reader, DEVSPEC_PATH, value);
}

/* Mount options that name more devices: ext4(5), xfs(5), btrfs(5). */
static int read_flags(const struct reader *reader)
{
	static const char *const names[] = { "device=", "logdev=", "rtdev=",
					     "journal_path=" };
	struct span rest = reader->parameter.value, item;
	int r = 0;

	while (r == 0 && rest.at && span_next_item(&rest, &item)) {
		for (size_t i = 0; i < ARRAY_SIZE(names) && r == 0; i++) {
			struct span value = item;

			if (span_skip_prefix(&value, names[i]))
				r = add_device(reader, value);
		}
		if (r == 0 && span_skip_prefix(&item, "journal_dev="))
			r = add(reader, DEVSPEC_UNKNOWN, item);
	}
	return r;
}

static int read_device(const struct reader *reader)
{
	return add_device(reader, reader->parameter.value);
}

static int read_luks_uuid(const struct reader *reader)
{
	struct span value = strip_quotes(reader->parameter.value);

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
	return add_tagged(reader, DEVSPEC_POOL, reader->parameter.value);
}

/* target=NAME,source=DEVICE,…: cryptsetup's parameter for initramfs-tools. */
static int read_cryptopts(const struct reader *reader)
{
	struct span rest = reader->parameter.value, item;

	while (span_next_item(&rest, &item))
		if (span_skip_prefix(&item, "source="))
			return add_device(reader, item);
	return 0;
}

static int read_boot(const struct reader *reader)
{
	if (span_equals(reader->parameter.value, "nfs"))
		reader->devspecs->on_network = true;
	if (span_equals(reader->parameter.value, "zfs"))
		return add(reader, DEVSPEC_POOL, span_of(""));
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
	{ "bootfs", read_pool },
};

/* Prefixes of parameters that configure a remote root file system. */
static const char *const network_prefixes[] = { "netroot",   "nfsroot", "nbdroot",
						"rd.iscsi.", "rd.nvmf", "iscsi_",
						"ISCSI_",    "fcoe",	"nbd.",
						"rd.nbd." };

/* fstab:MOUNTPOINT=DEVICE comes from the /etc/fstab that the initramfs was built with. */
static bool is_fstab(struct span name)
{
	return span_skip_prefix(&name, "fstab:");
}

static int read_parameter(const struct reader *reader)
{
	for (size_t i = 0; i < ARRAY_SIZE(network_prefixes); i++) {
		struct span name = reader->parameter.name;

		if (span_skip_prefix(&name, network_prefixes[i]))
			reader->devspecs->on_network = true;
	}
	if (is_fstab(reader->parameter.name))
		return read_device(reader);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (reader->parameter.value.length &&
		    span_equals(reader->parameter.name, known[i].name))
			return known[i].read(reader);
	return 0;
}

/* root= and resume=: the last occurrence wins. */
static int read_single(const struct reader *reader, struct parameter root,
		       struct parameter resume)
{
	struct reader single = *reader;
	int r = 0;

	single.source = DEVSPEC_FROM_ROOT;
	single.parameter = root;
	if (root.value.length)
		r = read_device(&single);
	else if (!reader->devspecs->on_network)
		r = add(&single, DEVSPEC_UNKNOWN, span_of(""));
	single.source = DEVSPEC_FROM_PARAMETER;
	single.parameter = resume;
	if (r == 0 && resume.value.length && !span_equals(resume.value, "none"))
		r = read_device(&single);
	return r;
}

int devspecs_add_cmdline(struct devspecs *devspecs, const char *text)
{
	struct text_cursor rest = { text, text + strlen(text) };
	struct reader reader = { .devspecs = devspecs, .source = DEVSPEC_FROM_PARAMETER };
	struct parameter root = { .name = span_of("root") }, resume = { 0 };
	bool noresume = false;

	while (tokenizer_next(&rest, &reader.parameter)) {
		int r = 0;

		if (span_equals(reader.parameter.name, "root"))
			root = reader.parameter;
		else if (span_equals(reader.parameter.name, "resume"))
			resume = reader.parameter;
		else if (span_equals(reader.parameter.name, "noresume"))
			noresume = true;
		else
			r = read_parameter(&reader);
		if (r < 0)
			return r;
	}
	if (noresume)
		resume = (struct parameter){ 0 };
	return read_single(&reader, root, resume);
}
