/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "guard/internal.h"

/*
 * The tables that name what the system needs: fstab(5), crypttab(5), veritytab(5),
 * integritytab(5), and of what is in use /proc/self/mountinfo and /proc/swaps.
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

/* -- two tables ---------------------------------------------------------------------- */

static bool is_same(struct span a, struct span b)
{
	return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

void devspec_table_subtract(char *table, const char *other)
{
	const char *text = table;
	struct row row, found;

	while (next_row(&text, &row))
		for (const char *rest = other; next_row(&rest, &found);)
			if (is_same(row.words[0], found.words[0]) &&
			    is_same(row.words[1], found.words[1]))
				table[row.words[0].at - table] = '#';
}

bool devspec_table_mounts(const char *fstab, const char *place)
{
	struct row row;

	while (next_row(&fstab, &row))
		if (span_equals(row.words[1], place))
			return true;
	return false;
}

/* -- volumes ------------------------------------------------------------------------- */

/* Which words of a row are the key or a second device, and the options. */
static const struct {
	const char *name;
	unsigned second, options;
} volume_tables[] = {
	[CRYPTTAB] = { "crypttab", 2, 3 },
	[VERITYTAB] = { "veritytab", 2, 4 },
	[INTEGRITYTAB] = { "integritytab", 2, 3 },
};

static struct span options_of(enum volume_table table, const struct row *row)
{
	return row->words[volume_tables[table].options];
}

/* The devices that have to be there to open a volume, with the origin of model. */
static int add_volume(struct devspecs *devspecs, const struct devspec *model,
		      enum volume_table table, const struct row *row)
{
	struct devspec devspec = *model;
	int r = 0;

	devspec_parse(row->words[1], &devspec);
	if (devspec_is_device(&devspec))
		r = devspecs_add(devspecs, &devspec);
	if (r == 0)
		r = devspecs_add_key(devspecs, model,
				     row->words[volume_tables[table].second]);
	return r < 0 ? r : devspecs_add_options(devspecs, model, options_of(table, row));
}

int devspecs_add_volumes(struct devspecs *devspecs, enum volume_table table,
			 const char *text)
{
	struct row row;
	int r = 0;

	while (r == 0 && next_row(&text, &row)) {
		struct devspec devspec = { .source = DEVSPEC_FROM_PARAMETER };
		struct span options = options_of(table, &row), name = row.words[0],
			    source = row.words[1];

		if (!source.length || devspec_has_option(options, "noauto"))
			continue;
		devspec.is_optional = devspec_has_option(options, "nofail") ||
				      devspec_has_option(options, "_netdev");
		snprintf(devspec.origin, sizeof(devspec.origin), "%s:%.*s=%.*s",
			 volume_tables[table].name, (int)name.length, name.at,
			 (int)source.length, source.at);
		r = add_volume(devspecs, &devspec, table, &row);
	}
	return r;
}

/* Finds what crypttab opens as /dev/mapper/NAME. */
static bool find_mapping(const char *crypttab, struct span device, struct row *ret)
{
	struct span name = device;

	if (!span_skip_prefix(&name, MAPPER))
		return false;
	while (next_row(&crypttab, ret))
		if (ret->words[1].length && is_same(ret->words[0], name))
			return true;
	return false;
}

/* -- fstab --------------------------------------------------------------------------- */

/* Whether the boot mounts it, or the first access does. */
static bool is_mounted_at_boot(const struct mount_words *entry)
{
	return !devspec_has_option(entry->options, "noauto") ||
	       devspec_has_option(entry->options, "x-systemd.automount");
}

/* A remote file system on "/" or "/usr" has no device, but needs a network card. */
static void note_remote(struct devspecs *devspecs, const struct devspec *devspec,
			const struct mount_words *entry)
{
	bool is_root = span_equals(entry->place, "/");

	if (!is_root && !span_equals(entry->place, "/usr"))
		return;
	if (!devspec_is_remote_type(entry->type) &&
	    !devspec_has_option(entry->options, "_netdev"))
		return;
	devspecs_note_network(devspecs, span_of(devspec->origin));
	if (is_root && devspec_is_remote_type(entry->type))
		devspecs->root_is_remote = true;
}

/*
 * What nothing has to be held back for if it is missing: nofail; what is reached over the
 * network once the system is up; and "/" if root= names it, by another name often.
 */
static bool is_optional(const struct devspecs *devspecs, const struct mount_words *entry)
{
	return devspec_has_option(entry->options, "nofail") ||
	       devspec_has_option(entry->options, "_netdev") ||
	       (span_equals(entry->place, "/") && devspecs->root_is_named);
}

static struct devspec describe(const struct devspecs *devspecs,
			       const struct mount_words *entry)
{
	bool is_swap = span_equals(entry->type, "swap");
	struct devspec devspec = { .source = DEVSPEC_FROM_PARAMETER };

	if (span_equals(entry->place, "/") && !devspecs->root_is_named)
		devspec.source = DEVSPEC_FROM_ROOT;
	snprintf(devspec.origin, sizeof(devspec.origin), "fstab:%.*s=%.*s",
		 is_swap ? 4 : (int)entry->place.length,
		 is_swap ? "swap" : entry->place.at, (int)entry->source.length,
		 entry->source.at);
	return devspec;
}

static int add_device(struct devspecs *devspecs, const struct devspec *model,
		      struct span device, const char *crypttab)
{
	struct devspec devspec = *model;
	struct row mapping;

	if (find_mapping(crypttab, device, &mapping))
		return add_volume(devspecs, model, CRYPTTAB, &mapping);
	devspec_parse(device, &devspec);
	return devspec_is_device(&devspec) ? devspecs_add(devspecs, &devspec) : 0;
}

/* What has a name instead of a device: a ZFS pool, a directory of the hypervisor. */
static int add_named(struct devspecs *devspecs, const struct devspec *model,
		     enum devspec_kind kind, struct span name)
{
	struct devspec devspec = *model;

	devspec.kind = kind;
	if (!devspec_copy(devspec.value, sizeof(devspec.value), name))
		devspec.kind = DEVSPEC_UNKNOWN;
	return devspecs_add(devspecs, &devspec);
}

static int add_entry(struct devspecs *devspecs, struct devspec *devspec,
		     const struct mount_words *entry, const char *crypttab)
{
	struct span source = entry->source, device;
	int r = 0;

	devspec->is_optional = is_optional(devspecs, entry);
	note_remote(devspecs, devspec, entry);
	if (span_equals(entry->type, "zfs"))
		return add_named(devspecs, devspec, DEVSPEC_POOL,
				 span_until(source, '/'));
	if (devspec_is_shared_type(entry->type))
		return add_named(devspecs, devspec, DEVSPEC_TAG, source);
	if (devspec_is_remote_type(entry->type))
		return 0;
	while (r == 0 &&
	       devspec_next(&source, span_equals(entry->type, "bcachefs"), &device))
		r = add_device(devspecs, devspec, device, crypttab);
	return r < 0 ? r : devspecs_add_options(devspecs, devspec, entry->options);
}

int devspecs_add_mount(struct devspecs *devspecs, const struct devspec *model,
		       const struct mount_words *words)
{
	struct devspec devspec = *model;

	return is_mounted_at_boot(words) ? add_entry(devspecs, &devspec, words, NULL) : 0;
}

int devspecs_add_fstab(struct devspecs *devspecs, const char *fstab, const char *crypttab)
{
	struct row row;
	int r = 0;

	while (r == 0 && next_row(&fstab, &row)) {
		const struct mount_words entry = { row.words[0], row.words[1],
						   row.words[2], row.words[3] };
		struct devspec devspec = describe(devspecs, &entry);

		if (is_mounted_at_boot(&entry))
			r = add_entry(devspecs, &devspec, &entry, crypttab);
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
	if (devspec_is_shared_type(type))
		return add_use(devspecs, DEVSPEC_TAG, DEVSPEC_FROM_MOUNT, source,
			       mount_point);
	while (r == 0 && devspec_next(&source, span_equals(type, "bcachefs"), &device))
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
