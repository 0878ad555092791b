/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "need.h"
#include "text.h"
#include "util.h"

/* What is being read: where the needs go and what each comes from. */
struct reader {
	struct needs *needs;
	enum need_source source;
	struct parameter parameter;
};

static bool skip_prefix(struct span *span, const char *prefix)
{
	struct text_cursor cursor = { span->at, span->at + span->length };

	if (!text_skip_word(&cursor, prefix))
		return false;
	*span = (struct span){ cursor.at, (size_t)(cursor.end - cursor.at) };
	return true;
}

static struct span cut_at(struct span span, char c)
{
	const char *at = memchr(span.at, c, span.length);

	if (at)
		span.length = (size_t)(at - span.at);
	return span;
}

/* A "\x20" of udev's names or a "\040" of those in /proc: returns its length or 0. */
static size_t read_escape(const char *at, size_t length, char *ret)
{
	struct text_cursor cursor = { at + 2, at + 4 };
	uint32_t value = 0;

	if (length < 4 || at[0] != '\\')
		return 0;
	if (at[1] == 'x') {
		if (text_read_hex(&cursor, 2, &value) < 0)
			return 0;
	} else {
		for (size_t i = 1; i < 4; i++) {
			if (at[i] < '0' || at[i] > '7')
				return 0;
			value = value << 3 | (uint32_t)(at[i] - '0');
		}
	}
	*ret = (char)value;
	return 4;
}

/* Returns false where it is too long to be the name of anything. */
static bool copy_value(char *buffer, size_t size, struct span value)
{
	size_t length = 0, step;

	for (size_t i = 0; i < value.length; i += step) {
		if (length + 1 >= size)
			return false;
		step = read_escape(value.at + i, value.length - i, &buffer[length]);
		if (step == 0) {
			buffer[length] = value.at[i];
			step = 1;
		}
		length++;
	}
	buffer[length] = '\0';
	return true;
}

static int append(struct needs *needs, const struct need *need)
{
	struct need *larger = needs->items;

	if (!(needs->count & (needs->count - 1)))
		larger = realloc(larger,
				 (needs->count ? needs->count * 2 : 1) * sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	needs->items = larger;
	needs->items[needs->count++] = *need;
	return 0;
}

static int add(const struct reader *reader, enum need_kind kind, struct span value)
{
	struct need need = { .kind = kind, .source = reader->source };
	struct span name = reader->parameter.name, whole = reader->parameter.value;

	if (!copy_value(need.value, sizeof(need.value), value))
		need.kind = NEED_UNKNOWN;
	snprintf(need.origin, sizeof(need.origin), "%.*s=%.*s", (int)name.length, name.at,
		 (int)whole.length, whole.at ? whole.at : "");
	return append(reader->needs, &need);
}

static bool is_number(struct span value)
{
	size_t colons = 0;

	for (size_t i = 0; i < value.length; i++) {
		if (value.at[i] == ':')
			colons++;
		else if (!isdigit((unsigned char)value.at[i]))
			return false;
	}
	return colons == 1;
}

static const struct {
	const char *prefix;
	enum need_kind kind;
} tags[] = {
	{ "UUID=", NEED_UUID },
	{ "LABEL=", NEED_LABEL },
	{ "CDLABEL=", NEED_LABEL },
	{ "PARTUUID=", NEED_PARTUUID },
	{ "PARTLABEL=", NEED_PARTLABEL },
	{ "/dev/disk/by-uuid/", NEED_UUID },
	{ "/dev/disk/by-label/", NEED_LABEL },
	{ "/dev/disk/by-partuuid/", NEED_PARTUUID },
	{ "/dev/disk/by-partlabel/", NEED_PARTLABEL },
	{ "ZFS=", NEED_POOL },
	{ "zfs=", NEED_POOL },
	{ "zfs:", NEED_POOL },
};

static struct span strip_quotes(struct span value)
{
	if (value.length > 1 && value.at[0] == '"' && value.at[value.length - 1] == '"')
		return (struct span){ value.at + 1, value.length - 2 };
	return value;
}

static int add_tagged(const struct reader *reader, enum need_kind kind, struct span value)
{
	value = strip_quotes(value);
	if (kind == NEED_POOL) {
		value = cut_at(value, '/');
		if (span_equals(value, "AUTO"))
			value.length = 0;
	}
	/* PARTUUID=…/PARTNROFF=1 is on the same disk: early_lookup_bdev(). */
	if (kind == NEED_PARTUUID)
		value = cut_at(value, '/');
	return add(reader, kind, value);
}

/*
 * Whether root= means the network: dracut's nfs:, iscsi:, nbd: and so on, server:/path,
 * and the words that stand for "as DHCP says".
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
	skip_prefix(&value, "live:");
	skip_prefix(&value, "block:");
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		struct span rest = value;

		if (skip_prefix(&rest, tags[i].prefix))
			return add_tagged(reader, tags[i].kind, rest);
	}
	if (span_equals(value, "zfs"))
		return add(reader, NEED_POOL, span_of(""));
	if (is_number(value))
		return add(reader, NEED_NUMBER, value);
	if (reader->source == NEED_FROM_ROOT && is_network(value)) {
		reader->needs->on_network = true;
		return 0;
	}
	return add(reader, NEED_PATH, value);
}

/* Mount options that name further devices: ext4(5), xfs(5), btrfs(5). */
static int read_flags(const struct reader *reader)
{
	static const char *const names[] = { "device=", "logdev=", "rtdev=",
					     "journal_path=" };
	struct span rest = reader->parameter.value, item;
	int r = 0;

	while (r == 0 && rest.at && span_next_item(&rest, &item)) {
		for (size_t i = 0; i < ARRAY_SIZE(names) && r == 0; i++) {
			struct span value = item;

			if (skip_prefix(&value, names[i]))
				r = add_device(reader, value);
		}
		if (r == 0 && skip_prefix(&item, "journal_dev="))
			r = add(reader, NEED_UNKNOWN, item);
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

	skip_prefix(&value, "luks-");
	return add(reader, NEED_LUKS, value);
}

static int read_luks_name(const struct reader *reader)
{
	return add(reader, NEED_LUKS, cut_at(reader->parameter.value, '='));
}

static int read_md(const struct reader *reader)
{
	return add(reader, NEED_MD, reader->parameter.value);
}

/* VG, or VG/LV. */
static int read_group(const struct reader *reader)
{
	return add(reader, NEED_GROUP, cut_at(reader->parameter.value, '/'));
}

static int read_pool(const struct reader *reader)
{
	return add_tagged(reader, NEED_POOL, reader->parameter.value);
}

/* target=NAME,source=DEVICE,…: cryptsetup's own for initramfs-tools. */
static int read_cryptopts(const struct reader *reader)
{
	struct span rest = reader->parameter.value, item;

	while (span_next_item(&rest, &item))
		if (skip_prefix(&item, "source="))
			return add_device(reader, item);
	return 0;
}

static int read_boot(const struct reader *reader)
{
	if (span_equals(reader->parameter.value, "nfs"))
		reader->needs->on_network = true;
	if (span_equals(reader->parameter.value, "zfs"))
		return add(reader, NEED_POOL, span_of(""));
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

/* Parameters that are there when the root file system comes over the network. */
static const char *const network[] = { "netroot", "nfsroot", "nbdroot", "rd.iscsi.",
				       "rd.nvmf", "iscsi_",  "ISCSI_",	"fcoe",
				       "nbd.",	  "rd.nbd." };

/* Of the image's own: fstab:PLACE=DEVICE, what /etc/fstab said when it was built. */
static bool is_fstab(struct span name)
{
	return skip_prefix(&name, "fstab:");
}

static int read_parameter(const struct reader *reader)
{
	for (size_t i = 0; i < ARRAY_SIZE(network); i++) {
		struct span name = reader->parameter.name;

		if (skip_prefix(&name, network[i]))
			reader->needs->on_network = true;
	}
	if (is_fstab(reader->parameter.name))
		return read_device(reader);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (reader->parameter.value.length &&
		    span_equals(reader->parameter.name, known[i].name))
			return known[i].read(reader);
	return 0;
}

/* root= and resume=, of which the last counts. */
static int read_single(const struct reader *reader, struct parameter root,
		       struct parameter resume)
{
	struct reader single = *reader;
	int r = 0;

	single.source = NEED_FROM_ROOT;
	single.parameter = root;
	if (root.value.length)
		r = read_device(&single);
	else if (!reader->needs->on_network)
		r = add(&single, NEED_UNKNOWN, span_of(""));
	single.source = NEED_FROM_PARAMETER;
	single.parameter = resume;
	if (r == 0 && resume.value.length && !span_equals(resume.value, "none"))
		r = read_device(&single);
	return r;
}

int needs_add_cmdline(struct needs *needs, const char *text)
{
	struct text_cursor rest = { text, text + strlen(text) };
	struct reader reader = { .needs = needs, .source = NEED_FROM_PARAMETER };
	struct parameter root = { .name = span_of("root") }, resume = { 0 };
	bool noresume = false;

	while (cmdline_next(&rest, &reader.parameter)) {
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

/* One that is not there yet: bind mounts name the same device again and again. */
static int add_use(struct needs *needs, enum need_kind kind, enum need_source source,
		   struct span value, struct span place)
{
	struct need need = { .kind = kind, .source = source };

	if (!copy_value(need.value, sizeof(need.value), value))
		return 0;
	for (size_t i = 0; i < needs->count; i++)
		if (needs->items[i].source == source && needs->items[i].kind == kind &&
		    strcmp(needs->items[i].value, need.value) == 0)
			return 0;
	if (place.length >= sizeof(need.origin))
		place.length = sizeof(need.origin) - 1;
	copy_value(need.origin, sizeof(need.origin), place);
	return append(needs, &need);
}

static struct span next_word(struct text_cursor *line)
{
	struct span word;

	while (line->at < line->end && *line->at == ' ')
		line->at++;
	word = (struct span){ line->at, 0 };
	while (line->at < line->end && *line->at != ' ' && *line->at != '\t')
		line->at++;
	word.length = (size_t)(line->at - word.at);
	return word;
}

static bool is_one_of(struct span word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_equals(word, list[i]))
			return true;
	return false;
}

/* What the file system on "/" says about where the boot is. */
static void note_root(struct needs *needs, struct span type)
{
	static const char *const memory[] = { "rootfs", "ramfs", "tmpfs" };
	static const char *const remote[] = { "nfs",  "nfs4", "cifs",
					      "smb3", "ceph", "fuse.glusterfs" };

	if (!is_one_of(type, memory, ARRAY_SIZE(memory)))
		needs->is_mounted = true;
	if (is_one_of(type, remote, ARRAY_SIZE(remote)))
		needs->on_network = true;
}

/* A file system of several devices has a number of its own: its source tells more. */
static int add_source(struct needs *needs, struct span type, struct span source,
		      struct span place)
{
	int r = 0;

	if (span_equals(type, "zfs"))
		return add_use(needs, NEED_POOL, NEED_FROM_MOUNT, cut_at(source, '/'),
			       place);
	/* bcachefs joins its devices with colons. */
	while (r == 0 && source.length > 5 && memcmp(source.at, "/dev/", 5) == 0) {
		struct span device = cut_at(source, ':');

		r = add_use(needs, NEED_PATH, NEED_FROM_MOUNT, device, place);
		source.at += device.length;
		source.length -= device.length;
		skip_prefix(&source, ":");
	}
	return r;
}

/* Source: "3.5 /proc/<pid>/mountinfo" in Documentation/filesystems/proc.rst. */
static int read_mount(struct needs *needs, struct text_cursor line)
{
	struct span number, place, word, type, source;

	next_word(&line);
	next_word(&line);
	number = next_word(&line);
	next_word(&line);
	place = next_word(&line);
	do
		word = next_word(&line);
	while (word.length && !span_equals(word, "-"));
	type = next_word(&line);
	source = next_word(&line);
	if (span_equals(place, "/"))
		note_root(needs, type);
	if (is_number(number) && number.at[0] != '0')
		return add_use(needs, NEED_NUMBER, NEED_FROM_MOUNT, number, place);
	return add_source(needs, type, source, place);
}

static int read_swap(struct needs *needs, struct text_cursor line)
{
	struct span path = next_word(&line);

	/* A file is on something that is mounted. */
	if (path.length < 5 || memcmp(path.at, "/dev/", 5) != 0)
		return 0;
	return add_use(needs, NEED_PATH, NEED_FROM_SWAP, path, span_of("swap"));
}

static int read_lines(struct needs *needs, const char *text,
		      int (*read)(struct needs *needs, struct text_cursor line))
{
	int r = 0;

	while (r == 0 && *text) {
		size_t length = strcspn(text, "\n");

		r = read(needs, (struct text_cursor){ text, text + length });
		text += length;
		text += *text == '\n';
	}
	return r;
}

int needs_add_mounts(struct needs *needs, const char *text)
{
	return read_lines(needs, text, read_mount);
}

int needs_add_swaps(struct needs *needs, const char *text)
{
	return read_lines(needs, text, read_swap);
}

void needs_free(struct needs *needs)
{
	free(needs->items);
	*needs = (struct needs){ 0 };
}

static const char *skip_separators(const char *uuid)
{
	return uuid + strspn(uuid, "-:");
}

bool need_begins_uuid(const char *uuid, const char *beginning)
{
	uuid = skip_separators(uuid);
	beginning = skip_separators(beginning);
	if (!*beginning)
		return false;
	while (*beginning) {
		if (tolower((unsigned char)*uuid) != tolower((unsigned char)*beginning))
			return false;
		uuid = skip_separators(uuid + 1);
		beginning = skip_separators(beginning + 1);
	}
	return true;
}

bool need_equals_uuid(const char *a, const char *b)
{
	return need_begins_uuid(a, b) && need_begins_uuid(b, a);
}
