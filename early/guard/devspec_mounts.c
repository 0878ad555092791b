/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "guard/internal.h"

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
static int read_mount(struct devspecs *devspecs, struct text_cursor line)
{
	struct span number, mount_point, word, type, source;

	text_next_word(&line);
	text_next_word(&line);
	number = text_next_word(&line);
	text_next_word(&line);
	mount_point = text_next_word(&line);
	do
		word = text_next_word(&line);
	while (word.length && !span_equals(word, "-"));
	type = text_next_word(&line);
	source = text_next_word(&line);
	note_root(devspecs, mount_point, type);
	if (devspec_is_number(number) && number.at[0] != '0')
		return add_use(devspecs, DEVSPEC_NUMBER, DEVSPEC_FROM_MOUNT, number,
			       mount_point);
	return add_source(devspecs, type, source, mount_point);
}

static int read_swap(struct devspecs *devspecs, struct text_cursor line)
{
	struct span path = text_next_word(&line);

	/* A swap file is on a mounted file system. */
	if (path.length < 5 || memcmp(path.at, "/dev/", 5) != 0)
		return 0;
	return add_use(devspecs, DEVSPEC_PATH, DEVSPEC_FROM_SWAP, path, span_of("swap"));
}

static int read_lines(struct devspecs *devspecs, const char *text,
		      int (*read)(struct devspecs *devspecs, struct text_cursor line))
{
	struct text_cursor line;
	int r = 0;

	while (r == 0 && text_next_line(&text, &line))
		r = read(devspecs, line);
	return r;
}

int devspecs_add_mounts(struct devspecs *devspecs, const char *text)
{
	return read_lines(devspecs, text, read_mount);
}

int devspecs_add_swaps(struct devspecs *devspecs, const char *text)
{
	return read_lines(devspecs, text, read_swap);
}
