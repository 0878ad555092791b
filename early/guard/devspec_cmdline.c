/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cmdline/cmdline.h"
#include "guard/internal.h"

/* The parameter being read, and the list for the devspecs in it. */
struct reader {
	struct devspecs *devspecs;
	struct parameter parameter;
	struct devspec
		devspec;  /* has the source and the origin, for all in the parameter */
	struct span type; /* of the root file system, or empty */
	bool has_roothash;
};

/* The origin is the parameter as written, for the log. */
static void begin(struct reader *reader, enum devspec_source source,
		  struct parameter parameter)
{
	struct span name = parameter.name, value = parameter.value;

	reader->parameter = parameter;
	reader->devspec = (struct devspec){ .source = source };
	snprintf(reader->devspec.origin, DEVSPEC_ORIGIN_SIZE, "%.*s%s%.*s",
		 (int)name.length, name.at, value.at ? "=" : "", (int)value.length,
		 value.at ? value.at : "");
}

static int add(struct reader *reader, enum devspec_kind kind, struct span value)
{
	struct devspec *devspec = &reader->devspec;

	devspec->kind = kind;
	if (!devspec_copy(devspec->value, sizeof(devspec->value), value))
		devspec->kind = DEVSPEC_UNKNOWN;
	return devspecs_add(reader->devspecs, devspec);
}

static void note_network(struct reader *reader)
{
	devspecs_note_network(reader->devspecs, span_of(reader->devspec.origin));
}

/*
 * Whether root= or mount.usr= names a network source: dracut's nfs:, iscsi:, nbd: and so
 * on, server:/path, and the words for "whatever DHCP says".
 */
static bool is_network(struct span value)
{
	static const char *const prefixes[] = { "/dev/nbd", "/dev/rbd", "/dev/etherd/" };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		struct span rest = value;

		if (span_skip_prefix(&rest, prefixes[i]))
			return true;
	}
	return span_is_in(value, "/dev/nfs /dev/cifs dhcp dhcp6 auto6 either6 on any") ||
	       (value.length && value.at[0] != '/' &&
		memchr(value.at, ':', value.length));
}

/* root=tmpfs, ram0, off: systemd-fstab-generator(8), and the kernel without a disk. */
static bool is_no_disk(struct span value)
{
	return span_is_in(value, "tmpfs off /dev/ram0 /dev/ram");
}

static int read_remote(struct reader *reader)
{
	note_network(reader);
	if (reader->devspec.source == DEVSPEC_FROM_ROOT)
		reader->devspecs->root_is_remote = true;
	return 0;
}

/* Whatever names the root disk may be a list: nobody else has ":/dev/" in a name. */
static bool is_list(const struct reader *reader)
{
	return span_equals(reader->type, "bcachefs") ||
	       (reader->devspec.source == DEVSPEC_FROM_ROOT && !reader->type.length);
}

static int read_device(struct reader *reader)
{
	struct span value = reader->parameter.value, device;
	int r = 0;

	span_skip_prefix(&value, "live:");
	span_skip_prefix(&value, "block:");
	if (devspec_is_shared_type(reader->type))
		return add(reader, DEVSPEC_TAG, value);
	if (devspec_parse_hex(value, &reader->devspec))
		return devspecs_add(reader->devspecs, &reader->devspec);
	devspec_parse(value, &reader->devspec);
	if (reader->devspec.kind == DEVSPEC_PATH && is_network(value))
		return read_remote(reader);
	while (r == 0 && devspec_next(&value, is_list(reader), &device)) {
		devspec_parse(device, &reader->devspec);
		r = devspecs_add(reader->devspecs, &reader->devspec);
	}
	return r;
}

/* Used only if the root disk cannot be found. */
static int read_fallback(struct reader *reader)
{
	reader->devspec.is_optional = true;
	devspec_parse(reader->parameter.value, &reader->devspec);
	return devspecs_add(reader->devspecs, &reader->devspec);
}

static int read_flags(struct reader *reader)
{
	return devspecs_add_options(reader->devspecs, &reader->devspec,
				    reader->parameter.value);
}

/* DEVICE, PATH:DEVICE, DEVICE:PATH, or a word that names none. */
static int read_key(struct reader *reader)
{
	return devspecs_add_key(reader->devspecs, &reader->devspec,
				reader->parameter.value);
}

/* cryptdevice=DEVICE:NAME, cryptkey=DEVICE:TYPE:PATH, rd.live.overlay=DEVICE:auto. */
static int read_first(struct reader *reader)
{
	return devspecs_add_key(reader->devspecs, &reader->devspec,
				span_until(reader->parameter.value, ':'));
}

/* Steps over "UUID=", which limits a parameter to one LUKS volume. */
static struct span skip_volume(struct span value)
{
	struct text_cursor cursor = { value.at, value.at + value.length };
	uint32_t unused;

	while (text_skip(&cursor, '-') || text_read_hex(&cursor, 8, &unused) == 0)
		;
	if (cursor.at == value.at || !text_skip(&cursor, '='))
		return value;
	return (struct span){ cursor.at, (size_t)(cursor.end - cursor.at) };
}

static int read_luks_key(struct reader *reader)
{
	return devspecs_add_key(reader->devspecs, &reader->devspec,
				skip_volume(reader->parameter.value));
}

static int read_luks_options(struct reader *reader)
{
	return devspecs_add_options(reader->devspecs, &reader->devspec,
				    skip_volume(reader->parameter.value));
}

static int read_luks_uuid(struct reader *reader)
{
	struct span value = reader->parameter.value;

	span_skip_prefix(&value, "keysource:");
	span_skip_prefix(&value, "luks-");
	return add(reader, DEVSPEC_LUKS, value);
}

static int read_luks_name(struct reader *reader)
{
	return add(reader, DEVSPEC_LUKS, span_until(reader->parameter.value, '='));
}

static int read_uuid(struct reader *reader)
{
	return add(reader, DEVSPEC_UUID, reader->parameter.value);
}

static int read_partuuid(struct reader *reader)
{
	return add(reader, DEVSPEC_PARTUUID, reader->parameter.value);
}

static int read_md(struct reader *reader)
{
	return add(reader, DEVSPEC_MD, reader->parameter.value);
}

/* VG or VG/LV. */
static int read_group(struct reader *reader)
{
	return add(reader, DEVSPEC_GROUP, span_until(reader->parameter.value, '/'));
}

static int read_pool(struct reader *reader)
{
	struct span pool = span_until(reader->parameter.value, '/');

	if (span_equals(pool, "bootfs"))
		pool.length = 0;
	return add(reader, DEVSPEC_POOL, pool);
}

#define UUID_DIGITS 32

/*
 * roothash=, usrhash=: the beginning of the hash is the UUID of the partition with the
 * data, its end that of the one with the hashes, unless a parameter names them.
 */
static int read_hash(struct reader *reader)
{
	struct span hash = reader->parameter.value, end = hash;
	int r;

	if (hash.length < 2 * UUID_DIGITS)
		return 0;
	end.at += hash.length - UUID_DIGITS;
	hash.length = end.length = UUID_DIGITS;
	r = add(reader, DEVSPEC_PARTUUID, hash);
	return r < 0 ? r : add(reader, DEVSPEC_PARTUUID, end);
}

/* The next field of WHAT:WHERE:TYPE:OPTIONS, in which "\:" is no separator. */
static struct span next_field(struct span *rest)
{
	struct span field = *rest;
	size_t i = 0;

	while (i < rest->length && rest->at[i] != ':')
		i += rest->at[i] == '\\' && i + 1 < rest->length ? 2 : 1;
	field.length = i;
	i += i < rest->length;
	rest->at += i;
	rest->length -= i;
	return field;
}

/* systemd.mount-extra=WHAT:WHERE[:TYPE[:OPTIONS]]: systemd-fstab-generator(8). */
static int read_mount(struct reader *reader)
{
	struct span rest = reader->parameter.value;
	struct mount_words words;

	words.source = next_field(&rest);
	words.place = next_field(&rest);
	words.type = next_field(&rest);
	words.options = rest;
	return devspecs_add_mount(reader->devspecs, &reader->devspec, &words);
}

/* systemd.swap-extra=WHAT[:OPTIONS]. */
static int read_swap(struct reader *reader)
{
	struct span rest = reader->parameter.value;
	struct mount_words words = { .source = next_field(&rest),
				     .place = span_of("none"),
				     .type = span_of("swap") };

	words.options = rest;
	return devspecs_add_mount(reader->devspecs, &reader->devspec, &words);
}

/*
 * fromiso=/dev/sda1/IMAGE.iso of live-boot(7): the device is the beginning of the path,
 * more of it below /dev/disk and /dev/mapper.
 */
static int read_image(struct reader *reader)
{
	struct span value = reader->parameter.value, mapper = value, disk = value;
	unsigned parts = 2;

	parts += span_skip_prefix(&mapper, "/dev/mapper/");
	parts += 2 * span_skip_prefix(&disk, "/dev/disk/");
	for (size_t i = 0; i < value.length; i++)
		if (value.at[i] == '/' && parts-- == 0)
			value.length = i;
	return add(reader, DEVSPEC_PATH, value);
}

/* target=NAME,source=DEVICE,…: cryptsetup's parameter for initramfs-tools. */
static int read_cryptopts(struct reader *reader)
{
	struct span rest = reader->parameter.value, item;
	int r = 0;

	while (r == 0 && span_next_item(&rest, &item))
		if (span_skip_prefix(&item, "source=") || span_skip_prefix(&item, "key="))
			r = devspecs_add_key(reader->devspecs, &reader->devspec, item);
	return r < 0 ? r : read_flags(reader);
}

/*
 * The script of initramfs-tools that finds the root file system; those that are not known
 * may use the network. For dracut's module fips, a device.
 */
static int read_boot(struct reader *reader)
{
	struct span value = reader->parameter.value;
	size_t before = reader->devspecs->count;
	int r;

	if (span_equals(value, "zfs"))
		return add(reader, DEVSPEC_POOL, span_of(""));
	r = read_key(reader);
	if (r < 0 || reader->devspecs->count > before ||
	    span_is_in(value, "local live casper overlay"))
		return r;
	note_network(reader);
	if (span_equals(value, "nfs"))
		reader->devspecs->root_is_remote = true;
	return 0;
}

/* Also for unlocking the disk over ssh or with a tang server. */
static int read_ip(struct reader *reader)
{
	struct span value = reader->parameter.value;

	if (!span_equals(value, "off") && !span_equals(value, "none"))
		note_network(reader);
	return 0;
}

static int read_remote_root(struct reader *reader)
{
	note_network(reader);
	reader->devspecs->root_is_remote = true;
	return 0;
}

static const struct {
	const char *names;
	int (*read)(struct reader *reader);
} known[] = {
	{ "rootflags mount.usrflags systemd.verity_root_options "
	  "systemd.verity_usr_options",
	  read_flags },
	{ "mount.usr systemd.verity_root_data systemd.verity_root_hash "
	  "systemd.verity_usr_data systemd.verity_usr_hash rd.zipl",
	  read_device },
	{ "rootfallback", read_fallback },
	{ "systemd.mount-extra rd.systemd.mount-extra", read_mount },
	{ "systemd.swap-extra rd.systemd.swap-extra", read_swap },
	{ "rd.luks.uuid luks.uuid rd_LUKS_UUID", read_luks_uuid },
	{ "rd.luks.partuuid", read_partuuid },
	{ "rd.luks.name luks.name", read_luks_name },
	{ "rd.luks.data luks.data rd.luks.key luks.key", read_luks_key },
	{ "rd_LUKS_KEYDEV_UUID", read_uuid },
	{ "rd.luks.options luks.options", read_luks_options },
	{ "roothash usrhash", read_hash },
	{ "rd.lvm.vg rd.lvm.lv rd.lvm.snapshot rd_LVM_VG rd_LVM_LV", read_group },
	{ "rd.md.uuid rd_MD_UUID", read_md },
	{ "rd.live.overlay rd.overlay cryptdevice cryptkey", read_first },
	{ "cryptopts", read_cryptopts },
	{ "live-media bootfrom todisk", read_key },
	{ "fromiso", read_image },
	{ "boot", read_boot },
	{ "bootfs zfs", read_pool },
	{ "ip nfsaddrs", read_ip },
	{ "netroot nfsroot", read_remote_root },
};

/*
 * Parameters that configure the network or name what is on it, with any value and without
 * one; the first of them are for the root file system.
 */
static const char network_roots[] = "netboot fetch httpfs ftpfs nbdroot url iso-url";
static const char network_words[] =
	"BOOTIF bootdev vlan bond bridge team iscsi live-netdev rd.znet";

/* Prefixes of the parameters for disks on the network. */
static const char *const network_prefixes[] = { "rd.iscsi.", "rd.nvmf", "nvmf.",
						"iscsi_",    "ISCSI_",	"fcoe",
						"nbd.",	     "rd.nbd.", "rd.route" };

static void find_network(struct reader *reader)
{
	struct span name = reader->parameter.name;

	/* The only one with a value that means no. */
	if (span_equals(name, "rd.neednet") && !span_equals(reader->parameter.value, "0"))
		note_network(reader);
	if (span_is_in(name, network_words))
		note_network(reader);
	if (span_is_in(name, network_roots))
		(void)read_remote_root(reader);
	for (size_t i = 0; i < ARRAY_SIZE(network_prefixes); i++) {
		struct span rest = name;

		if (span_skip_prefix(&rest, network_prefixes[i]))
			note_network(reader);
	}
}

static int read_parameter(struct reader *reader)
{
	const struct parameter *parameter = &reader->parameter;

	find_network(reader);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (parameter->value.length &&
		    span_is_in(parameter->name, known[i].names))
			return known[i].read(reader);
	return 0;
}

/* The words of systemd that leave the search to its generators. */
static bool is_automatic(struct span root)
{
	return root.length == 0 ||
	       span_is_in(root, "gpt-auto gpt-auto-force dissect fstab");
}

/*
 * The last root= wins. Without one, systemd may find the root partition by its type and
 * has udev make a link to it: systemd-gpt-auto-generator(8). With roothash= it is the
 * verity device: systemd-veritysetup-generator(8).
 */
static int read_root(struct reader *reader, struct parameter root)
{
	static const char *const links[] = { "/dev/gpt-auto-root",
					     "/dev/gpt-auto-root-luks",
					     "/dev/mapper/root" };
	size_t count = ARRAY_SIZE(links) - !reader->has_roothash;
	int r = 0;

	begin(reader, DEVSPEC_FROM_ROOT, root);
	if (is_no_disk(root.value)) {
		reader->devspecs->root_is_named = true;
		return 0;
	}
	if (!is_automatic(root.value)) {
		reader->devspecs->root_is_named = true;
		return read_device(reader);
	}
	if (reader->devspecs->root_is_remote)
		return 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct parameter link = { .name = span_of(links[i]) };

		begin(reader, DEVSPEC_FROM_ROOT, link);
		r = add(reader, DEVSPEC_PATH, link.name);
	}
	return r;
}

/* The last resume= wins, too. */
static int read_resume(struct reader *reader, struct parameter resume)
{
	if (!resume.value.length || span_equals(resume.value, "none"))
		return 0;
	begin(reader, DEVSPEC_FROM_PARAMETER, resume);
	reader->type.length = 0;
	return read_device(reader);
}

int devspecs_add_cmdline(struct devspecs *devspecs, const struct cmdline *cmdline)
{
	struct reader reader = { .devspecs = devspecs };
	struct parameter root = { .name = span_of("root") }, resume = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < cmdline->count; i++) {
		begin(&reader, DEVSPEC_FROM_PARAMETER, cmdline->words[i]);
		if (span_equals(reader.parameter.name, "root"))
			root = reader.parameter;
		else if (span_equals(reader.parameter.name, "resume"))
			resume = reader.parameter;
		else if (span_equals(reader.parameter.name, "rootfstype"))
			reader.type = reader.parameter.value;
		else
			r = read_parameter(&reader);
		reader.has_roothash |= span_equals(reader.parameter.name, "roothash");
	}
	if (cmdline_has(cmdline, "noresume"))
		resume = (struct parameter){ 0 };
	if (r == 0)
		r = read_root(&reader, root);
	if (r == 0)
		r = read_resume(&reader, resume);
	return r;
}
