/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Returns NULL if there is no such file. */
static char *read_table(int root_fd, const char *directory, const char *name)
{
	char path[64], *text = NULL;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return file_read(root_fd, path, &text) == 0 ? text : NULL;
}

/* Those of the system once it is mounted, otherwise the copies in the image. */
static int add_tables(int root_fd, struct devspecs *devspecs)
{
	static const char *const names[] = { [CRYPTTAB] = "crypttab",
					     [VERITYTAB] = "veritytab",
					     [INTEGRITYTAB] = "integritytab" };
	_cleanup_free_ char *fstab = NULL, *crypttab = NULL;
	char directory[32] = "etc/passthru";
	int r = 0;

	if (devspecs->is_mounted)
		strcpy(directory, "etc");
	else if (devspecs->root_directory)
		snprintf(directory, sizeof(directory), "%s/etc",
			 devspecs->root_directory);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *text = read_table(root_fd, directory, names[i]);

		r = devspecs_add_volumes(devspecs, (enum volume_table)i, text);
		if (i == CRYPTTAB)
			crypttab = take_pointer(text);
	}
	fstab = read_table(root_fd, directory, "fstab");
	return r < 0 ? r : devspecs_add_fstab(devspecs, fstab, crypttab);
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
