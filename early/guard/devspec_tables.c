/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "guard/internal.h"

/*
 * The tables that name what the system needs: fstab(5), crypttab(5), and of what is in
 * use /proc/self/mountinfo and /proc/swaps.
 */

#define MAPPER	  "/dev/mapper/"
#define WORDS_MAX 6

/* A line: its first words, of which the last may be empty, and the rest. */
struct row {
	struct span words[WORDS_MAX];
	struct text_cursor rest;
};

/* The next line that has words and is no comment. Returns false at the end. */
static bool next_row(const char **text, struct row *ret)
{
	while (*text && text_next_line(text, &ret->rest)) {
		for (size_t i = 0; i < WORDS_MAX; i++)
			ret->words[i] = text_next_word(&ret->rest);
		if (ret->words[0].length && ret->words[0].at[0] != '#')
			return true;
	}
	return false;
}

static bool has_option(struct span options, const char *name)
{
	struct span item;

	while (span_next_item(&options, &item))
		if (span_equals(item, name))
			return true;
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
	struct row row;

	if (!next_row(text, &row))
		return false;
	*ret = (struct mapping){ row.words[0], row.words[1], row.words[3] };
	return true;
}

/* The device that crypttab opens as /dev/mapper/NAME, or the device itself. */
static struct span find_source(const char *crypttab, struct span device)
{
	struct span name = device;
	struct mapping mapping;

	if (!span_skip_prefix(&name, MAPPER))
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

	while (r == 0 && next_mapping(&crypttab, &mapping)) {
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
	struct row row;
	int r = 0;

	while (r == 0 && next_row(&fstab, &row)) {
		const struct entry entry = { row.words[0], row.words[1], row.words[2],
					     row.words[3] };

		if (is_mounted_at_boot(&entry))
			r = add_entry(devspecs, &entry, crypttab);
	}
	return r;
}

/* -- what is in use ------------------------------------------------------------------ */

/* Adds a devspec once: bind mounts name the same device again and again. */
static int add_use(struct devspecs *devspecs, enum devspec_kind kind,
		   enum devspec_source source, struct span value, struct span origin)
{
	struct devspec devspec = { .kind = kind, .source = source };

	/* No device has so long a name. */
	if (!devspec_copy(devspec.value, sizeof(devspec.value), value))
		return 0;
	for (size_t i = 0; i < devspecs->count; i++)
		if (devspecs->items[i].source == source &&
		    devspecs->items[i].kind == kind &&
		    strcmp(devspecs->items[i].value, devspec.value) == 0)
			return 0;
	(void)devspec_copy(devspec.origin, sizeof(devspec.origin), origin);
	return devspecs_add(devspecs, &devspec);
}

/* Where an initramfs mounts the root file system: initramfs-tools, dracut, mkinitcpio. */
static const char *const root_directories[] = { "/root", "/sysroot", "/new_root" };

/*
 * In the initramfs, "/" is its own, of any type: dracut's module squash has an overlay
 * there.
 */
static void note_root(struct devspecs *devspecs, struct span mount_point,
		      struct span type)
{
	bool is_root = devspecs->is_mounted && span_equals(mount_point, "/");

	for (size_t i = 0; !devspecs->is_mounted && i < ARRAY_SIZE(root_directories);
	     i++) {
		if (!span_equals(mount_point, root_directories[i]))
			continue;
		devspecs->root_directory = root_directories[i] + 1;
		is_root = true;
	}
	if (!is_root || !devspec_is_remote_type(type))
		return;
	devspecs_note_network(devspecs, type);
	devspecs->root_is_remote = true;
}

/*
 * A file system on several devices has an anonymous device number; its source names at
 * least one of them.
 */
static int add_source(struct devspecs *devspecs, struct span type, struct span source,
		      struct span mount_point)
{
	struct span device;
	int r = 0;

	if (span_equals(type, "zfs"))
		return add_use(devspecs, DEVSPEC_POOL, DEVSPEC_FROM_MOUNT,
			       span_until(source, '/'), mount_point);
	if (span_equals(type, "9p") || span_equals(type, "virtiofs"))
		return add_use(devspecs, DEVSPEC_TAG, DEVSPEC_FROM_MOUNT, source,
			       mount_point);
	while (r == 0 && devspec_next(&source, type, &device))
		if (device.length > 5 && memcmp(device.at, "/dev/", 5) == 0)
			r = add_use(devspecs, DEVSPEC_PATH, DEVSPEC_FROM_MOUNT, device,
				    mount_point);
	return r;
}

/* Source: "3.5 /proc/<pid>/mountinfo" in Documentation/filesystems/proc.rst. */
static int add_mount(struct devspecs *devspecs, struct row *row)
{
	struct span number = row->words[2], mount_point = row->words[4], word, type;

	do
		word = text_next_word(&row->rest);
	while (word.length && !span_equals(word, "-"));
	type = text_next_word(&row->rest);
	note_root(devspecs, mount_point, type);
	if (devspec_is_number(number) && number.at[0] != '0')
		return add_use(devspecs, DEVSPEC_NUMBER, DEVSPEC_FROM_MOUNT, number,
			       mount_point);
	return add_source(devspecs, type, text_next_word(&row->rest), mount_point);
}

int devspecs_add_mounts(struct devspecs *devspecs, const char *text)
{
	struct row row;
	int r = 0;

	while (r == 0 && next_row(&text, &row))
		r = add_mount(devspecs, &row);
	return r;
}

int devspecs_add_swaps(struct devspecs *devspecs, const char *text)
{
	struct row row;
	int r = 0;

	while (r == 0 && next_row(&text, &row)) {
		struct span path = row.words[0], device = path;

		/* A swap file is on a mounted file system. */
		if (span_skip_prefix(&device, "/dev/"))
			r = add_use(devspecs, DEVSPEC_PATH, DEVSPEC_FROM_SWAP, path,
				    span_of("swap"));
	}
	return r;
}
