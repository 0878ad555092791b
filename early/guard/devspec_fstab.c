/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "guard/internal.h"

#define MAPPER "/dev/mapper/"

static bool has_option(struct span options, const char *name)
{
	struct span item;

	while (span_next_item(&options, &item))
		if (span_equals(item, name))
			return true;
	return false;
}

/* The first word of the next line that is no comment. Returns false at the end. */
static bool next_entry(const char **text, struct text_cursor *ret_line,
		       struct span *ret_word)
{
	while (text_next_line(text, ret_line)) {
		*ret_word = text_next_word(ret_line);
		if (ret_word->length && ret_word->at[0] != '#')
			return true;
	}
	return false;
}

/*
 * Whether a device may be behind the text: not for a directory, an image, tmpfs or
 * server:/path, nor for devices that the kernel makes from memory or files.
 */
static bool is_device(const struct devspec *devspec)
{
	static const char *const made[] = { "/dev/zram", "/dev/loop", "/dev/ram" };

	if (devspec->kind != DEVSPEC_PATH)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(made); i++)
		if (strncmp(devspec->value, made[i], strlen(made[i])) == 0)
			return false;
	return strncmp(devspec->value, "/dev/", 5) == 0;
}

/* -- crypttab ------------------------------------------------------------------------ */

/* NAME SOURCE KEY OPTIONS */
struct mapping {
	struct span name, source, options;
};

static bool next_mapping(const char **text, struct mapping *ret)
{
	struct text_cursor line;

	if (!next_entry(text, &line, &ret->name))
		return false;
	ret->source = text_next_word(&line);
	(void)text_next_word(&line);
	ret->options = text_next_word(&line);
	return true;
}

/* The device that crypttab opens as /dev/mapper/NAME, or the device itself. */
static struct span find_source(const char *crypttab, struct span device)
{
	struct span name = device;
	struct mapping mapping;

	if (!crypttab || !span_skip_prefix(&name, MAPPER))
		return device;
	while (next_mapping(&crypttab, &mapping))
		if (mapping.source.length && mapping.name.length == name.length &&
		    memcmp(mapping.name.at, name.at, name.length) == 0)
			return mapping.source;
	return device;
}

int devspecs_add_crypttab(struct devspecs *devspecs, const char *crypttab)
{
	struct mapping mapping;
	int r = 0;

	while (r == 0 && crypttab && next_mapping(&crypttab, &mapping)) {
		struct devspec devspec = { .source = DEVSPEC_FROM_PARAMETER };

		if (!mapping.source.length || has_option(mapping.options, "noauto"))
			continue;
		devspec.is_optional = has_option(mapping.options, "nofail");
		devspec_parse(mapping.source, &devspec);
		if (!is_device(&devspec))
			continue;
		snprintf(devspec.origin, sizeof(devspec.origin), "crypttab:%.*s=%.*s",
			 (int)mapping.name.length, mapping.name.at,
			 (int)mapping.source.length, mapping.source.at);
		r = devspecs_add(devspecs, &devspec);
	}
	return r;
}

/* -- fstab --------------------------------------------------------------------------- */

struct entry {
	struct span source, place, type, options;
};

/* Whether the boot mounts it, or the first access does. */
static bool is_mounted_at_boot(const struct entry *entry)
{
	return !has_option(entry->options, "noauto") ||
	       has_option(entry->options, "x-systemd.automount");
}

/* A remote file system on "/" or "/usr" has no device, but needs a network card. */
static void note_remote(struct devspecs *devspecs, const struct entry *entry)
{
	bool is_root = span_equals(entry->place, "/");
	char sign[DEVSPEC_ORIGIN_SIZE];

	if (!is_root && !span_equals(entry->place, "/usr"))
		return;
	if (!devspec_is_remote_type(entry->type) &&
	    !has_option(entry->options, "_netdev"))
		return;
	snprintf(sign, sizeof(sign), "fstab:%.*s=%.*s", (int)entry->place.length,
		 entry->place.at, (int)entry->source.length, entry->source.at);
	devspecs_note_network(devspecs, span_of(sign));
	if (is_root && devspec_is_remote_type(entry->type))
		devspecs->root_is_remote = true;
}

/*
 * What nothing has to be held back for if it is missing: nofail; what is reached over the
 * network once the system is up; and "/" if root= names it, by another name often.
 */
static bool is_optional(const struct devspecs *devspecs, const struct entry *entry)
{
	return has_option(entry->options, "nofail") ||
	       has_option(entry->options, "_netdev") ||
	       (span_equals(entry->place, "/") && devspecs->root_is_named);
}

static struct devspec describe(const struct devspecs *devspecs, const struct entry *entry)
{
	bool is_swap = span_equals(entry->type, "swap");
	struct devspec devspec = { .is_optional = is_optional(devspecs, entry) };

	devspec.source = span_equals(entry->place, "/") && !devspecs->root_is_named
				 ? DEVSPEC_FROM_ROOT
				 : DEVSPEC_FROM_PARAMETER;
	snprintf(devspec.origin, sizeof(devspec.origin), "fstab:%.*s=%.*s",
		 is_swap ? 4 : (int)entry->place.length,
		 is_swap ? "swap" : entry->place.at, (int)entry->source.length,
		 entry->source.at);
	return devspec;
}

static int add_devices(struct devspecs *devspecs, struct devspec *devspec,
		       const struct entry *entry, const char *crypttab)
{
	struct span source = entry->source, device;
	int r = 0;

	while (r == 0 && devspec_next(&source, entry->type, &device)) {
		devspec_parse(find_source(crypttab, device), devspec);
		if (is_device(devspec))
			r = devspecs_add(devspecs, devspec);
	}
	return r;
}

static int add_entry(struct devspecs *devspecs, const struct entry *entry,
		     const char *crypttab)
{
	struct devspec devspec = describe(devspecs, entry);
	int r;

	note_remote(devspecs, entry);
	if (span_equals(entry->type, "zfs")) {
		struct span pool = span_until(entry->source, '/');

		devspec.kind = DEVSPEC_POOL;
		if (!devspec_copy(devspec.value, sizeof(devspec.value), pool))
			devspec.kind = DEVSPEC_UNKNOWN;
		return devspecs_add(devspecs, &devspec);
	}
	if (devspec_is_remote_type(entry->type))
		return 0;
	r = add_devices(devspecs, &devspec, entry, crypttab);
	if (r == 0)
		r = devspecs_add_options(devspecs, &devspec, entry->options);
	return r;
}

int devspecs_add_fstab(struct devspecs *devspecs, const char *fstab, const char *crypttab)
{
	struct text_cursor line;
	struct entry entry;
	int r = 0;

	while (r == 0 && fstab && next_entry(&fstab, &line, &entry.source)) {
		entry.place = text_next_word(&line);
		entry.type = text_next_word(&line);
		entry.options = text_next_word(&line);
		if (is_mounted_at_boot(&entry))
			r = add_entry(devspecs, &entry, crypttab);
	}
	return r;
}
