/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "guard/internal.h"

static int add_file(int root_fd, const char *path, struct devspecs *devspecs,
		    int (*add)(struct devspecs *devspecs, const char *text))
{
	_cleanup_free_ char *text = NULL;
	int r = file_read(root_fd, path, &text);

	/* A kernel without swap has no such file. */
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : add(devspecs, text);
}

/* Appends a line to *joined. Returns 0 or -ENOMEM. */
static int append_line(char **joined, const char *text)
{
	char *longer;

	if (asprintf(&longer, "%s\n%s", *joined ? *joined : "", text) < 0)
		return -ENOMEM;
	free(*joined);
	*joined = longer;
	return 0;
}

/* Dracut's image may have parameters, too. *ret_text is NULL without any. */
static int read_cmdline_d(int root_fd, char **ret_text)
{
	_cleanup_closedir_ DIR *directory =
		sysfs_open_directory(root_fd, "etc/cmdline.d");
	_cleanup_free_ char *first = NULL;
	struct dirent *entry;

	if (file_read(root_fd, "etc/cmdline", &first) == 0 &&
	    append_line(ret_text, first) < 0)
		return -ENOMEM;
	while (directory && (entry = readdir(directory))) {
		_cleanup_free_ char *text = NULL;

		if (entry->d_name[0] != '.' &&
		    file_read(dirfd(directory), entry->d_name, &text) == 0 &&
		    append_line(ret_text, text) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Those of the boot loader come last. */
static int add_cmdline(int root_fd, const struct cmdline *cmdline,
		       struct devspecs *devspecs)
{
	_cleanup_free_ char *text = NULL;
	struct cmdline whole = { 0 };
	int r = read_cmdline_d(root_fd, &text);

	if (r == 0 && !text)
		return devspecs_add_cmdline(devspecs, cmdline);
	if (r == 0)
		r = cmdline_split(text, &whole);
	if (r == 0)
		r = cmdline_append(&whole, cmdline->words, cmdline->count);
	if (r == 0)
		r = devspecs_add_cmdline(devspecs, &whole);
	cmdline_free(&whole);
	return r;
}

/* -- tables -------------------------------------------------------------------------- */

enum { FSTAB = INTEGRITYTAB + 1, TABLE_COUNT };

/* The texts of one place; NULL for those that it does not have. */
struct tables {
	char *texts[TABLE_COUNT];
};

static void read_tables(int directory_fd, const char *directory, struct tables *ret)
{
	static const char *const names[] = { [CRYPTTAB] = "crypttab",
					     [VERITYTAB] = "veritytab",
					     [INTEGRITYTAB] = "integritytab",
					     [FSTAB] = "fstab" };
	char path[64];

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		(void)file_read(directory_fd, path, &ret->texts[i]);
	}
}

static void free_tables(struct tables *tables)
{
	for (size_t i = 0; i < TABLE_COUNT; i++)
		free(tables->texts[i]);
}

/* Below the mounted root, where links such as those of NixOS are meant to be followed. */
static void read_mounted(int root_fd, const char *directory, struct tables *ret)
{
	_cleanup_close_ int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int top = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int below =
		openat(root_fd, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_inside = here >= 0 && top >= 0 && fchdir(below) == 0 && chroot(".") == 0;

	read_tables(below, is_inside ? "/etc" : "etc", ret);
	if (is_inside && (fchdir(top) < 0 || chroot(".") < 0))
		log_debug("cannot leave %s", directory);
	if (here >= 0 && fchdir(here) < 0)
		log_debug("cannot return to the working directory");
}

static int add_place(struct devspecs *devspecs, const struct tables *tables,
		     const char *crypttab)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < FSTAB; i++)
		r = devspecs_add_volumes(devspecs, (enum volume_table)i,
					 tables->texts[i]);
	return r < 0 ? r : devspecs_add_fstab(devspecs, tables->texts[FSTAB], crypttab);
}

/*
 * Adds what only the image's copies have. If the system has an fstab, a disk of theirs
 * that is not there may be gone for good: nothing waits for it. But another /etc may be
 * mounted over what is read here.
 */
static int add_copies(struct devspecs *devspecs, const struct tables *own,
		      struct tables *copies, const char *crypttab)
{
	bool is_old =
		own->texts[FSTAB] && !devspec_table_mounts(own->texts[FSTAB], "/etc");
	size_t before = devspecs->count;
	int r;

	for (size_t i = 0; i < TABLE_COUNT; i++)
		devspec_table_subtract(copies->texts[i], own->texts[i]);
	r = add_place(devspecs, copies, crypttab);
	for (size_t i = before; i < devspecs->count; i++) {
		struct devspec *devspec = &devspecs->items[i];
		char origin[DEVSPEC_ORIGIN_SIZE];

		strcpy(origin, devspec->origin);
		snprintf(devspec->origin, sizeof(devspec->origin),
			 DEVSPEC_OF_IMAGE "%.*s",
			 (int)(sizeof(origin) - sizeof(DEVSPEC_OF_IMAGE)), origin);
		devspec->is_optional |= is_old;
	}
	return r;
}

/*
 * Those of the system once it is mounted, and what only the copies in the image have. A
 * volume that a table mounts may be in the crypttab of either.
 */
static int add_tables(int root_fd, struct devspecs *devspecs)
{
	struct tables own = { 0 }, copies = { 0 };
	_cleanup_free_ char *crypttab = NULL;
	int r = 0;

	if (devspecs->is_mounted)
		read_tables(root_fd, "etc", &own);
	else
		read_tables(root_fd, "etc/passthru", &copies);
	if (devspecs->root_directory)
		read_mounted(root_fd, devspecs->root_directory, &own);
	if (own.texts[CRYPTTAB])
		r = append_line(&crypttab, own.texts[CRYPTTAB]);
	if (r == 0 && copies.texts[CRYPTTAB])
		r = append_line(&crypttab, copies.texts[CRYPTTAB]);
	if (r == 0)
		r = add_place(devspecs, &own, crypttab);
	if (r == 0)
		r = add_copies(devspecs, &own, &copies, crypttab);
	free_tables(&own);
	free_tables(&copies);
	return r;
}

/* What is in use now. */
static int add_uses(int root_fd, struct devspecs *devspecs)
{
	int r = add_file(root_fd, "proc/self/mountinfo", devspecs, devspecs_add_mounts);

	return r < 0 ? r : add_file(root_fd, "proc/swaps", devspecs, devspecs_add_swaps);
}

static int add_requests(int root_fd, const struct cmdline *cmdline,
			struct devspecs *devspecs)
{
	int r;

	if (devspecs->is_mounted) {
		r = devspecs_add_cmdline(devspecs, cmdline);
	} else {
		r = network_find_signs(root_fd, devspecs);
		if (r == 0)
			r = add_cmdline(root_fd, cmdline, devspecs);
	}
	return r < 0 ? r : add_tables(root_fd, devspecs);
}

int devspecs_read(int root_fd, const struct cmdline *cmdline, bool is_mounted,
		  struct devspecs *ret)
{
	struct devspecs uses = { .is_mounted = is_mounted };
	int r = add_uses(root_fd, &uses);

	*ret = uses;
	ret->items = NULL;
	ret->count = 0;
	if (r == 0)
		r = add_requests(root_fd, cmdline, ret);
	/* Last, since a request says more: the first one that a disk backs is logged. */
	for (size_t i = 0; r == 0 && i < uses.count; i++)
		r = devspecs_add(ret, &uses.items[i]);
	devspecs_free(&uses);
	return r;
}
