/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What uses the disks behind a device: file systems, swap, and what is built on them. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/base.h"
#include "block/block.h"
#include "lib/lib.h"
#include "machine/internal.h"

/* The deepest attribute is nvmet/subsystems/NAME/namespaces/1/device_path. */
#define CONFIGFS       "sys/kernel/config"
#define CONFIGFS_DEPTH 6

struct disk {
	bool is_behind;	 /* the device, or built on a disk that is */
	bool is_used;	 /* a user of it, or of a partition of it, is known */
	bool is_mounted; /* that is said once */
};

struct disks {
	struct search *search;
	struct block_list list;
	struct disk *disks; /* one for each of the list */
};

/* "dm-0 (vg-root)" */
#define BLOCK_TITLE_SIZE (BLOCK_NAME_SIZE + BLOCK_DM_NAME_SIZE + 4)

static void write_title(const struct block *block, char title[static BLOCK_TITLE_SIZE])
{
	if (block->dm_name[0])
		snprintf(title, BLOCK_TITLE_SIZE, "%s (%s)", block->name, block->dm_name);
	else
		snprintf(title, BLOCK_TITLE_SIZE, "%s", block->name);
}

/* Reports a user of it: what it does, and with what. */
static void found(struct disks *disks, const struct block *block, const char *use,
		  const char *by)
{
	char title[BLOCK_TITLE_SIZE];

	write_title(block, title);
	disks->disks[block - disks->list.items].is_used = true;
	disks->disks[block->disk].is_used = true;
	users_found(disks->search, "%s %s %s", title, use, by);
}

/* The device that a path in /dev names, if it is behind the function; else NULL. */
static struct block *find_behind(const struct disks *disks, const char *path)
{
	struct block *block = NULL;

	if (path[0])
		block = block_find_path(disks->search->host->root_fd, &disks->list, path);
	return block && disks->disks[block - disks->list.items].is_behind ? block : NULL;
}

/* -- built on it --------------------------------------------------------------------- */

static void add_behind(struct disks *disks, struct block *block);

static void add_upper(struct disks *disks, const struct block *block, const char *name)
{
	struct block *upper =
		block_find_path(disks->search->host->root_fd, &disks->list, name);
	char title[BLOCK_TITLE_SIZE];

	if (!upper) {
		found(disks, block, "is part of", name);
		return;
	}
	write_title(upper, title);
	found(disks, block, "is part of", title);
	add_behind(disks, upper);
}

/* device-mapper, md, bcache */
static void add_holders(struct disks *disks, const struct block *block)
{
	char path[sizeof("sys/class/block//holders") + BLOCK_NAME_SIZE];
	_cleanup_closedir_ DIR *directory = NULL;
	struct dirent *entry;

	snprintf(path, sizeof(path), "sys/class/block/%s/holders", block->name);
	directory = sysfs_open_directory(disks->search->host->root_fd, path);
	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			add_upper(disks, block, entry->d_name);
}

/* A loop device of the disk itself; that of a file has the file system mounted. */
static void add_loops(struct disks *disks, const struct block *block)
{
	char path[sizeof("sys/class/block//loop/backing_file") + BLOCK_NAME_SIZE];
	char file[PATH_MAX];

	for (size_t i = 0; i < disks->list.count; i++) {
		const struct block *loop = &disks->list.items[i];

		snprintf(path, sizeof(path), "sys/class/block/%s/loop/backing_file",
			 loop->name);
		if (sysfs_read(disks->search->host->root_fd, path, file, sizeof(file)) >
			    0 &&
		    find_behind(disks, file) == block)
			add_upper(disks, block, loop->name);
	}
}

static void add_behind(struct disks *disks, struct block *block)
{
	struct disk *disk = &disks->disks[block - disks->list.items];

	if (disk->is_behind)
		return;
	disk->is_behind = true;
	users_add_node(disks->search,
		       &(struct node){ .number = makedev(block->major, block->minor),
				       .is_block = true });
	add_holders(disks, block);
	add_loops(disks, block);
	/* The partitions of what is built on it; those of the disk are behind it, too. */
	for (size_t i = 0; i < disks->list.count; i++)
		if (&disks->list.items[disks->list.items[i].disk] == block)
			add_behind(disks, &disks->list.items[i]);
}

/* -- mounts and swap ----------------------------------------------------------------- */

static bool copy(char *buffer, size_t size, struct span span)
{
	return path_format(buffer, size, "%.*s", (int)span.length, span.at) == 0;
}

/* The fields are in Documentation/filesystems/proc.rst, 3.5. */
static void read_mount(struct disks *disks, struct text_cursor line)
{
	char number[32], source[PATH_MAX], point[PATH_MAX];
	struct block *block = NULL;
	struct span word;

	text_next_word(&line);
	text_next_word(&line);
	word = text_next_word(&line);
	if (copy(number, sizeof(number), word))
		block = block_find_number(&disks->list, number);
	text_next_word(&line);
	if (!copy(point, sizeof(point), text_next_word(&line)))
		strcpy(point, "a directory");
	do
		word = text_next_word(&line);
	while (word.length && !span_equals(word, "-"));
	text_next_word(&line);
	/* That of btrfs is on no disk, by its number. */
	if (block && !disks->disks[block - disks->list.items].is_behind)
		block = NULL;
	if (!block && copy(source, sizeof(source), text_next_word(&line)) &&
	    source[0] == '/')
		block = find_behind(disks, source);
	if (!block || disks->disks[block - disks->list.items].is_mounted)
		return;
	disks->disks[block - disks->list.items].is_mounted = true;
	found(disks, block, "is mounted on", point);
}

static void read_swap(struct disks *disks, struct text_cursor line)
{
	char path[PATH_MAX];
	struct block *block = NULL;

	if (copy(path, sizeof(path), text_next_word(&line)) && path[0] == '/')
		block = find_behind(disks, path);
	if (block)
		found(disks, block, "is in use", "as swap");
}

static void read_lines(struct disks *disks, const char *path,
		       void (*read)(struct disks *disks, struct text_cursor line))
{
	_cleanup_free_ char *text = NULL;
	struct text_cursor line;
	const char *rest;

	if (beneath_read(disks->search->host->root_fd, path, &text) < 0)
		return;
	rest = text;
	while (text_next_line(&rest, &line))
		read(disks, line);
}

/* -- exported ------------------------------------------------------------------------ */

/*
 * What LIO, the NVMe target and USB gadgets export; not all of them open the disk
 * exclusively. path is the directory for the message.
 */
static void look_at_exports(struct disks *disks, int parent_fd, const char *name,
			    const char *path, unsigned depth)
{
	static const char *const files[] = { "udev_path", "device_path", "file" };
	_cleanup_closedir_ DIR *directory = sysfs_open_directory(parent_fd, name);
	char device[PATH_MAX], below[PATH_MAX];
	struct dirent *entry;

	for (size_t i = 0; directory && i < ARRAY_SIZE(files); i++) {
		struct block *block = NULL;

		if (sysfs_read(dirfd(directory), files[i], device, sizeof(device)) > 0)
			block = find_behind(disks, device);
		if (block)
			found(disks, block, "is exported by", path);
	}
	while (directory && depth < CONFIGFS_DEPTH && (entry = readdir(directory)))
		if (entry->d_name[0] != '.' && entry->d_type == DT_DIR &&
		    path_format(below, sizeof(below), "%s/%s", path, entry->d_name) == 0)
			look_at_exports(disks, dirfd(directory), entry->d_name, below,
					depth + 1);
}

/* -- opened by the kernel ------------------------------------------------------------ */

static bool is_node_of(const struct disks *disks, const char *path,
		       const struct block *block)
{
	struct stat st;

	return fstatat(disks->search->host->root_fd, path, &st, 0) == 0 &&
	       S_ISBLK(st.st_mode) && st.st_rdev == makedev(block->major, block->minor);
}

/*
 * The kernel lets one user open it exclusively, as each file system, RAID, volume and
 * target does, also those of other mount namespaces. It is open for a moment only.
 */
static void open_exclusively(struct disks *disks, const struct block *block)
{
	char path[BLOCK_NODE_SIZE];
	int fd;

	block_node(block, path);
	if (disks->disks[block - disks->list.items].is_used ||
	    !is_node_of(disks, path, block))
		return;
	fd = openat(disks->search->host->root_fd, path,
		    O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	else if (errno == EBUSY)
		found(disks, block, "is opened exclusively by",
		      "a file system, a volume or the like");
}

/* Partitions first: the disk of one that is in use cannot be opened, either. */
static void open_all(struct disks *disks)
{
	for (int whole = 0; whole < 2; whole++)
		for (size_t i = 0; i < disks->list.count; i++)
			if (disks->disks[i].is_behind &&
			    (disks->list.items[i].number == 0) == whole)
				open_exclusively(disks, &disks->list.items[i]);
}

/* -- all of them --------------------------------------------------------------------- */

static void look(struct disks *disks)
{
	const struct host *host = disks->search->host;

	for (size_t i = 0; i < disks->list.count; i++)
		if (block_is_behind(&disks->list.items[i], &disks->search->pci_address))
			add_behind(disks, &disks->list.items[i]);
	read_lines(disks, "proc/self/mountinfo", read_mount);
	read_lines(disks, "proc/swaps", read_swap);
	look_at_exports(disks, host->root_fd, CONFIGFS, "/" CONFIGFS, 0);
	if (host->is_this)
		open_all(disks);
}

void users_look_at_disks(struct search *search)
{
	struct disks disks = { .search = search };
	int r = block_scan(search->host->root_fd, &disks.list);

	disks.disks = calloc(disks.list.count + 1, sizeof(disks.disks[0]));
	if (r == -ENOMEM || !disks.disks)
		search->error = -ENOMEM;
	else
		look(&disks);
	block_list_free(&disks.list);
	free(disks.disks);
}
