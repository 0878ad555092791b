/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "guard/internal.h"

int devspecs_add(struct devspecs *devspecs, const struct devspec *devspec)
{
	struct devspec *added = array_append(devspecs->items, devspecs->count);

	if (!added)
		return -ENOMEM;
	*added = *devspec;
	return 0;
}

void devspecs_free(struct devspecs *devspecs)
{
	free(devspecs->items);
	*devspecs = (struct devspecs){ 0 };
}

bool devspec_is_number(struct span value)
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

/* Decodes an escape sequence. Returns its length, or 0 if there is none. */
static size_t read_escape(const char *at, size_t length, char *ret)
{
	struct text_cursor cursor = { at + 2, at + 4 };
	uint32_t value = 0;

	if (length > 1 && at[0] == '\\' && at[1] == ':') {
		*ret = ':';
		return 2;
	}
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

bool devspec_copy(char *buffer, size_t size, struct span value)
{
	size_t length = 0, i = 0;

	while (i < value.length && length + 1 < size) {
		size_t step =
			read_escape(value.at + i, value.length - i, &buffer[length]);

		if (step == 0)
			buffer[length] = value.at[i];
		i += step ? step : 1;
		length++;
	}
	buffer[length] = '\0';
	return i == value.length;
}

/* The directory stands before the value: udev's name for a tag that libblkid lacks. */
struct tag {
	const char *prefix;
	enum devspec_kind kind;
	const char *directory;
};

static const struct tag tags[] = {
	{ "UUID=", DEVSPEC_UUID, "" },
	{ "LABEL=", DEVSPEC_LABEL, "" },
	{ "CDLABEL=", DEVSPEC_LABEL, "" },
	{ "PARTUUID=", DEVSPEC_PARTUUID, "" },
	{ "PARTLABEL=", DEVSPEC_PARTLABEL, "" },
	{ "ID=", DEVSPEC_PATH, "/dev/disk/by-id/" },
	{ "/dev/disk/by-uuid/", DEVSPEC_UUID, "" },
	{ "/dev/disk/by-label/", DEVSPEC_LABEL, "" },
	{ "/dev/disk/by-partuuid/", DEVSPEC_PARTUUID, "" },
	{ "/dev/disk/by-partlabel/", DEVSPEC_PARTLABEL, "" },
	{ "/dev/zvol/", DEVSPEC_POOL, "" },
	{ "ZFS=", DEVSPEC_POOL, "" },
	{ "zfs:", DEVSPEC_POOL, "" },
	{ "virtiofs:", DEVSPEC_TAG, "" },
	{ "virtfs:", DEVSPEC_TAG, "" },
};

/* Whatever its case: some tools take "uuid=" as well. */
static bool skip_tag(struct span *text, const char *prefix)
{
	size_t length = strlen(prefix);

	if (text->length < length || strncasecmp(text->at, prefix, length) != 0)
		return false;
	text->at += length;
	text->length -= length;
	return true;
}

static struct span strip_quotes(struct span text)
{
	if (text.length > 1 && text.at[0] == '"' && text.at[text.length - 1] == '"')
		return (struct span){ text.at + 1, text.length - 2 };
	return text;
}

static struct span clean_value(enum devspec_kind kind, struct span value)
{
	value = strip_quotes(value);
	/* PARTUUID=…/PARTNROFF=1 is on the same disk: early_lookup_bdev(). */
	if (kind == DEVSPEC_PARTUUID || kind == DEVSPEC_POOL)
		value = span_until(value, '/');
	if (kind == DEVSPEC_POOL && span_equals(value, "AUTO"))
		value.length = 0;
	return value;
}

/* Steps over the tag. */
static struct tag find_tag(struct span *text)
{
	static const struct tag pool = { "zfs", DEVSPEC_POOL, "" };
	static const struct tag number = { "", DEVSPEC_NUMBER, "" };
	static const struct tag path = { "", DEVSPEC_PATH, "" };

	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (skip_tag(text, tags[i].prefix))
			return tags[i];
	if (span_equals(*text, pool.prefix)) {
		text->length = 0;
		return pool;
	}
	return devspec_is_number(*text) ? number : path;
}

/* new_decode_dev() in include/linux/kdev_t.h. */
static void put_number(uint32_t number, struct devspec *ret)
{
	ret->kind = DEVSPEC_NUMBER;
	snprintf(ret->value, sizeof(ret->value), "%u:%u",
		 (unsigned)(number & 0xfff00) >> 8,
		 (unsigned)((number & 0xff) | (number >> 12 & 0xfff00)));
}

bool devspec_parse_hex(struct span text, struct devspec *ret)
{
	struct text_cursor cursor = { text.at, text.at + text.length };
	uint32_t number;

	if (text.length < 3 || text_read_hex(&cursor, 8, &number) < 0 ||
	    cursor.at != cursor.end)
		return false;
	put_number(number, ret);
	return true;
}

void devspec_parse(struct span text, struct devspec *ret)
{
	struct tag tag;
	size_t used;

	text = strip_quotes(text);
	tag = find_tag(&text);
	used = strlen(tag.directory);
	memcpy(ret->value, tag.directory, used);
	ret->kind = tag.kind;
	/* No device has so long a name. */
	if (!devspec_copy(ret->value + used, sizeof(ret->value) - used,
			  clean_value(tag.kind, text)))
		ret->kind = DEVSPEC_UNKNOWN;
}

/* Whether a device may begin there, not the rest of a name with colons. */
static bool begins_device(struct span text)
{
	struct span path = text;

	if (span_skip_prefix(&path, "/dev/"))
		return true;
	path = text;
	return find_tag(&path).kind != DEVSPEC_PATH && path.length < text.length;
}

bool devspec_next(struct span *source, bool is_list, struct span *ret)
{
	struct span rest = *source;

	*ret = rest;
	if (!rest.length)
		return false;
	while (rest.length) {
		rest.at++;
		rest.length--;
		if (is_list && rest.at[-1] == ':' && begins_device(rest)) {
			ret->length -= rest.length + 1;
			break;
		}
	}
	*source = rest;
	return true;
}

bool devspec_has_option(struct span options, const char *name)
{
	struct span item;

	while (span_next_item(&options, &item))
		if (span_equals(item, name))
			return true;
	return false;
}

bool devspec_is_device(const struct devspec *devspec)
{
	static const char made[] = "zram loop ram random null urandom zero hwrng";
	struct span name = { devspec->value + 5, 0 };

	if (devspec->kind != DEVSPEC_PATH)
		return true;
	if (strncmp(devspec->value, "/dev/", 5) != 0)
		return false;
	/* Without a number. */
	name.length = strcspn(name.at, "0123456789");
	return !span_is_in(name, made);
}

/* The device at the beginning of DEVICE:/PATH. */
static struct span cut_path(struct span text)
{
	for (size_t i = 0; i + 1 < text.length; i++)
		if (text.at[i] == ':' && text.at[i + 1] == '/')
			text.length = i;
	return text;
}

int devspecs_add_key(struct devspecs *devspecs, const struct devspec *model,
		     struct span text)
{
	struct devspec devspec = *model;
	struct span item;
	int r = 0;

	while (r == 0 && devspec_next(&text, true, &item)) {
		if (!begins_device(item))
			continue;
		devspec_parse(cut_path(item), &devspec);
		if (devspec_is_device(&devspec))
			r = devspecs_add(devspecs, &devspec);
	}
	return r;
}

/* Of ext4(5): a number, decimal or with 0x. Returns false if it is not understood. */
static bool parse_journal(struct span text, struct devspec *ret)
{
	struct text_cursor cursor = { text.at, text.at + text.length };
	uint32_t number = 0;

	if (text_skip_word(&cursor, "0x") || text_skip_word(&cursor, "0X")) {
		if (text_read_hex(&cursor, 8, &number) < 0)
			return false;
	} else {
		for (; cursor.at < cursor.end && isdigit((unsigned char)*cursor.at);
		     cursor.at++)
			number = number * 10 + (uint32_t)(*cursor.at - '0');
	}
	if (cursor.at != cursor.end || !number)
		return false;
	put_number(number, ret);
	return true;
}

/* Sources: ext4(5), xfs(5), btrfs(5), systemd.mount(5), crypttab(5), veritytab(5). */
int devspecs_add_options(struct devspecs *devspecs, const struct devspec *model,
			 struct span options)
{
	static const char names[] = "device logdev rtdev journal_path header "
				    "x-systemd.requires fec-device data-device jdev";
	struct devspec devspec = *model;
	struct span item;
	int r = 0;

	while (r == 0 && span_next_item(&options, &item)) {
		struct span name = span_until(item, '='), value = item;

		if (name.length == item.length)
			continue;
		value.at += name.length + 1;
		value.length -= name.length + 1;
		if (span_equals(name, "journal_dev")) {
			if (!parse_journal(value, &devspec))
				devspec.kind = DEVSPEC_UNKNOWN;
			r = devspecs_add(devspecs, &devspec);
		} else if (span_is_in(name, names)) {
			r = devspecs_add_key(devspecs, model, value);
		}
	}
	return r;
}

void devspecs_note_network(struct devspecs *devspecs, struct span sign)
{
	if (!devspecs->network[0])
		(void)devspec_copy(devspecs->network, sizeof(devspecs->network), sign);
}

bool devspec_is_remote_type(struct span type)
{
	return span_is_in(type, "nfs nfs4 cifs smb3 ceph fuse.glusterfs");
}

bool devspec_is_shared_type(struct span type)
{
	return span_is_in(type, "9p virtiofs");
}

bool devspec_is_in_use(const struct devspec *devspec)
{
	return devspec->source == DEVSPEC_FROM_MOUNT ||
	       devspec->source == DEVSPEC_FROM_SWAP;
}

static const char *skip_separators(const char *uuid)
{
	return uuid + strspn(uuid, "-:");
}

bool devspec_begins_uuid(const char *uuid, const char *beginning)
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

bool devspec_equals_uuid(const char *a, const char *b)
{
	return devspec_begins_uuid(a, b) && devspec_begins_uuid(b, a);
}
