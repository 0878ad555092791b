/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "guard/devspec_mounts.h"

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

/* The type of the file system on "/" tells whether the initramfs is over. */
static void note_root(struct devspecs *devspecs, struct span type)
{
	static const char *const memory[] = { "rootfs", "ramfs", "tmpfs" };
	static const char *const remote[] = { "nfs",  "nfs4", "cifs",
					      "smb3", "ceph", "fuse.glusterfs" };

	if (!is_one_of(type, memory, ARRAY_SIZE(memory)))
		devspecs->is_mounted = true;
	if (is_one_of(type, remote, ARRAY_SIZE(remote)))
		devspecs->on_network = true;
}

/*
 * A file system on several devices has an anonymous device number; its source names at
 * least one of them.
 */
static int add_source(struct devspecs *devspecs, struct span type, struct span source,
		      struct span mount_point)
{
	int r = 0;

	if (span_equals(type, "zfs"))
		return add_use(devspecs, DEVSPEC_POOL, DEVSPEC_FROM_MOUNT,
			       span_until(source, '/'), mount_point);
	/* bcachefs joins its devices with colons. */
	while (r == 0 && source.length > 5 && memcmp(source.at, "/dev/", 5) == 0) {
		struct span device = span_until(source, ':');

		r = add_use(devspecs, DEVSPEC_PATH, DEVSPEC_FROM_MOUNT, device,
			    mount_point);
		source.at += device.length;
		source.length -= device.length;
		span_skip_prefix(&source, ":");
	}
	return r;
}

/* Source: "3.5 /proc/<pid>/mountinfo" in Documentation/filesystems/proc.rst. */
static int read_mount(struct devspecs *devspecs, struct text_cursor line)
{
	struct span number, mount_point, word, type, source;

	next_word(&line);
	next_word(&line);
	number = next_word(&line);
	next_word(&line);
	mount_point = next_word(&line);
	do
		word = next_word(&line);
	while (word.length && !span_equals(word, "-"));
	type = next_word(&line);
	source = next_word(&line);
	if (span_equals(mount_point, "/"))
		note_root(devspecs, type);
	if (devspec_is_number(number) && number.at[0] != '0')
		return add_use(devspecs, DEVSPEC_NUMBER, DEVSPEC_FROM_MOUNT, number,
			       mount_point);
	return add_source(devspecs, type, source, mount_point);
}

static int read_swap(struct devspecs *devspecs, struct text_cursor line)
{
	struct span path = next_word(&line);

	/* A swap file is on a mounted file system. */
	if (path.length < 5 || memcmp(path.at, "/dev/", 5) != 0)
		return 0;
	return add_use(devspecs, DEVSPEC_PATH, DEVSPEC_FROM_SWAP, path, span_of("swap"));
}

static int read_lines(struct devspecs *devspecs, const char *text,
		      int (*read)(struct devspecs *devspecs, struct text_cursor line))
{
	int r = 0;

	while (r == 0 && *text) {
		size_t length = strcspn(text, "\n");

		r = read(devspecs, (struct text_cursor){ text, text + length });
		text += length;
		text += *text == '\n';
	}
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
