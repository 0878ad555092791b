/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "block/internal.h"

#define BLOCK_DIRECTORY "sys/class/block"

static bool read_file(int root_fd, const char *name, const char *file, char *text,
		      size_t size)
{
	char path[sizeof(BLOCK_DIRECTORY "//") + BLOCK_NAME_SIZE + 32];

	snprintf(path, sizeof(path), BLOCK_DIRECTORY "/%s/%s", name, file);
	if (sysfs_read(root_fd, path, text, size) >= 0)
		return true;
	text[0] = '\0';
	return false;
}

/* The link begins with "../../devices/", that of a controller with one "../" more. */
static const char *skip_parents(const char *target)
{
	while (strncmp(target, "../", 3) == 0)
		target += 3;
	return target;
}

static int add_path(struct block *block, const char *target)
{
	size_t old = block->paths ? strlen(block->paths) : 0;
	size_t size = old + strlen(target) + sizeof("//");
	char *larger = realloc(block->paths, size);

	if (!larger)
		return -ENOMEM;
	block->paths = larger;
	snprintf(larger + old, size - old, "/%s/", skip_parents(target));
	return 0;
}

/*
 * A namespace with several NVMe controllers is in the directory of none of them. Its
 * subsystem has a link to each: nvme_mpath_alloc_disk() in drivers/nvme/host/multipath.c.
 */
static int add_nvme_paths(int root_fd, struct block *block)
{
	static const char subsystem[] = "/nvme-subsystem/";
	_cleanup_closedir_ DIR *directory = NULL;
	char path[PATH_MAX], target[PATH_MAX];
	const char *name = strstr(block->paths, subsystem);
	struct dirent *entry;
	int r = 0;

	if (!name)
		return 0;
	name += strlen(subsystem);
	r = path_format(path, sizeof(path), "sys/class/nvme-subsystem/%.*s",
			(int)strcspn(name, "/"), name);
	if (r < 0)
		return r;
	directory = sysfs_open_directory(root_fd, path);
	if (!directory)
		return -errno;
	while (r == 0 && (entry = readdir(directory)))
		if (strncmp(entry->d_name, "nvme", 4) == 0 &&
		    sysfs_read_target(dirfd(directory), entry->d_name, target,
				      sizeof(target)) == 0)
			r = add_path(block, target);
	return r;
}

static int read_paths(int root_fd, struct block *block)
{
	char path[sizeof(BLOCK_DIRECTORY "/") + BLOCK_NAME_SIZE], target[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), BLOCK_DIRECTORY "/%s", block->name);
	r = sysfs_read_target(root_fd, path, target, sizeof(target));
	if (r == 0)
		r = add_path(block, target);
	return r < 0 ? r : add_nvme_paths(root_fd, block);
}

/* Returns 1, 0 if the device is of no interest, or -ENOMEM. */
static int read_block(int root_fd, const char *name, struct block *block)
{
	char text[BLOCK_DM_UUID_SIZE];
	int r;

	*block = (struct block){ 0 };
	if (name[0] == '.' || strlen(name) >= sizeof(block->name))
		return 0;
	strcpy(block->name, name);
	/* One path to a multipath NVMe namespace; it has no device node. */
	if (read_file(root_fd, name, "hidden", text, sizeof(text)) && text[0] == '1')
		return 0;
	if (!read_file(root_fd, name, "dev", text, sizeof(text)) ||
	    !text_read_pair(text, &block->major, &block->minor))
		return 0;
	if (read_file(root_fd, name, "partition", text, sizeof(text)))
		block->number = (unsigned)atoi(text);
	read_file(root_fd, name, "size", block->size, sizeof(block->size));
	block->is_empty = strcmp(block->size, "0") == 0;
	read_file(root_fd, name, "dm/name", block->dm_name, sizeof(block->dm_name));
	read_file(root_fd, name, "dm/uuid", block->dm_uuid, sizeof(block->dm_uuid));
	r = read_paths(root_fd, block);
	/* It may have vanished. */
	return r == -ENOMEM ? r : r == 0;
}

/* A partition's directory is below that of its disk: …/DISK/PARTITION/. */
static void find_disk(const struct block_list *list, struct block *block)
{
	/* The first path; those of NVMe controllers follow. */
	const char *first_end = strstr(block->paths, "//");
	const char *end = (first_end ? first_end : strrchr(block->paths, '/')) -
			  strlen(block->name) - 1;
	const char *start = end;
	struct block *disk;

	block->disk = (size_t)(block - list->items);
	if (!block->number || end <= block->paths)
		return;
	while (start > block->paths && start[-1] != '/')
		start--;
	disk = block_find_name(list, (struct span){ start, (size_t)(end - start) });
	if (disk)
		block->disk = (size_t)(disk - list->items);
}

int block_scan(int root_fd, struct block_list *ret)
{
	_cleanup_closedir_ DIR *directory =
		sysfs_open_directory(root_fd, BLOCK_DIRECTORY);
	struct dirent *entry;

	*ret = (struct block_list){ 0 };
	/* The directory appears with the first disk driver. */
	if (!directory)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(directory))) {
		struct block block, *added;
		int r = read_block(root_fd, entry->d_name, &block);

		added = r > 0 ? array_append(ret->items, ret->count) : NULL;
		if (added) {
			*added = block;
			continue;
		}
		free(block.paths);
		if (r != 0)
			return -ENOMEM;
	}
	for (size_t i = 0; i < ret->count; i++)
		find_disk(ret, &ret->items[i]);
	return 0;
}

void block_list_free(struct block_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].paths);
	free(list->items);
	*list = (struct block_list){ 0 };
}

void block_read_diskseqs(int root_fd, struct block_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->items[i].number)
			read_file(root_fd, list->items[i].name, "diskseq",
				  list->items[i].diskseq, sizeof(list->items[i].diskseq));
}

bool block_is_same(const struct block *a, const struct block *b)
{
	return strcmp(a->name, b->name) == 0 && a->major == b->major &&
	       a->minor == b->minor && strcmp(a->size, b->size) == 0 &&
	       strcmp(a->diskseq, b->diskseq) == 0;
}

bool block_is_behind(const struct block *block, const struct pci_address *address)
{
	return address_is_in_path(address, block->paths);
}

void block_node(const struct block *block, char path[static BLOCK_NODE_SIZE])
{
	snprintf(path, BLOCK_NODE_SIZE, "dev/%s", block->name);
	for (char *c = path + 4; *c; c++)
		if (*c == '!')
			*c = '/';
}

/* A loop device does not claim the disk below it. */
static bool has_loop(int root_fd, const struct block_list *list,
		     const struct pci_address *address)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct block *block = &list->items[i];
		int lower = -ENOENT;

		if (block_is_loop(block) && !block->is_empty)
			lower = block_read_loop(root_fd, list, block);
		if (lower >= 0 && block_is_behind(&list->items[lower], address)) {
			log_debug("%s is on a disk", block->name);
			return true;
		}
	}
	return false;
}

/*
 * With O_EXCL the kernel lets nobody else claim the disk or one of its partitions, and
 * fails if somebody has: bd_prepare_to_claim() in block/bdev.c. A disk that cannot be
 * opened for another reason, such as a drive without a disc, is not in use.
 */
static int hold_disk(int root_fd, const struct block *block, struct block_hold *hold)
{
	char path[BLOCK_NODE_SIZE];
	int fd, *added;

	block_node(block, path);
	fd = openat(root_fd, path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == EBUSY) {
		log_debug("%s is in use", path);
		return -EBUSY;
	}
	added = fd >= 0 ? array_append(hold->fds, hold->count) : NULL;
	if (added)
		*added = fd;
	else if (fd >= 0)
		close(fd);
	return fd >= 0 && !added ? -ENOMEM : 0;
}

int block_open_exclusive(int root_fd, const struct pci_address *address,
			 struct block_hold *ret)
{
	struct block_list list;
	int r = block_scan(root_fd, &list);

	*ret = (struct block_hold){ 0 };
	if (r == 0 && has_loop(root_fd, &list, address))
		r = -EBUSY;
	for (size_t i = 0; r == 0 && i < list.count; i++)
		if (!list.items[i].number && block_is_behind(&list.items[i], address))
			r = hold_disk(root_fd, &list.items[i], ret);
	block_list_free(&list);
	if (r < 0)
		block_release(ret);
	return r;
}

void block_release(struct block_hold *hold)
{
	for (size_t i = 0; i < hold->count; i++)
		close(hold->fds[i]);
	free(hold->fds);
	*hold = (struct block_hold){ 0 };
}

/* -- lookup -------------------------------------------------------------------------- */

#define DEV    "/dev/"
#define MAPPER "mapper/"

struct block *block_find_name(const struct block_list *list, struct span name)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_equals(name, list->items[i].name))
			return &list->items[i];
	return NULL;
}

struct block *block_find_number(const struct block_list *list, const char *number)
{
	unsigned major, minor;

	if (!text_read_pair(number, &major, &minor))
		return NULL;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].major == major && list->items[i].minor == minor)
			return &list->items[i];
	return NULL;
}

static const char *skip_prefix(const char *path, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(path, prefix, length) == 0 ? path + length : NULL;
}

static const char *skip_dev(const char *path)
{
	const char *rest = skip_prefix(path, DEV);

	return rest ? rest : path;
}

/*
 * Device mapper calls the volume VG/LV "VG-LV", with every dash in VG and LV doubled.
 * Returns the rest of dm_name after the volume, or NULL if it does not begin with it.
 */
static const char *skip_volume(const char *dm_name, const char *volume)
{
	for (; *volume; volume++, dm_name++) {
		if (*volume == '/' ? *dm_name != '-' : *dm_name != *volume)
			return NULL;
		if (*volume == '-' && *++dm_name != '-')
			return NULL;
	}
	return dm_name;
}

static bool is_volume(const char *dm_name, const char *path)
{
	const char *rest = skip_volume(dm_name, path);

	return rest && !*rest;
}

bool block_is_in_group(const char *path, const char *group)
{
	const char *dm_name, *rest;

	if (!*group)
		return false;
	path = skip_dev(path);
	dm_name = skip_prefix(path, MAPPER);
	if (!dm_name) {
		rest = skip_prefix(path, group);
		return rest && rest[0] == '/';
	}
	rest = skip_volume(dm_name, group);
	return rest && rest[0] == '-' && rest[1] != '-';
}

static struct block *find_dm(const struct block_list *list, const char *path)
{
	const char *mapped = skip_prefix(path, MAPPER);

	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->items[i].dm_name;

		if (!name[0])
			continue;
		if (mapped ? strcmp(name, mapped) == 0
			   : strchr(path, '/') && is_volume(name, path))
			return &list->items[i];
	}
	return NULL;
}

/* "cciss/c0d0" is "cciss!c0d0" in sysfs. */
static struct block *find_kernel_name(const struct block_list *list, const char *path)
{
	char name[BLOCK_NAME_SIZE];

	if (strlen(path) >= sizeof(name))
		return NULL;
	strcpy(name, path);
	for (char *c = name; *c; c++)
		if (*c == '/')
			*c = '!';
	return block_find_name(list, span_of(name));
}

struct block *block_find_path(int root_fd, const struct block_list *list,
			      const char *path)
{
	char link[sizeof("dev/") + BLOCK_PATH_SIZE], name[BLOCK_NAME_SIZE];
	struct block *found;

	path = skip_dev(path);
	found = find_kernel_name(list, path);
	if (!found)
		found = find_dm(list, path);
	if (found || strlen(path) >= BLOCK_PATH_SIZE)
		return found;
	snprintf(link, sizeof(link), "dev/%s", path);
	if (sysfs_read_link(root_fd, link, name, sizeof(name)) < 0)
		return NULL;
	return find_kernel_name(list, name);
}

/* -- loop devices -------------------------------------------------------------------- */

bool block_is_loop(const struct block *block)
{
	return strncmp(block->name, "loop", 4) == 0;
}

int block_read_loop(int root_fd, const struct block_list *list, const struct block *block)
{
	char path[sizeof("sys/class/block//loop/backing_file") + BLOCK_NAME_SIZE];
	char file[BLOCK_PATH_SIZE];
	const struct block *found = NULL;

	snprintf(path, sizeof(path), "sys/class/block/%s/loop/backing_file", block->name);
	if (sysfs_read(root_fd, path, file, sizeof(file)) > 0 &&
	    strncmp(file, "/dev/", 5) == 0)
		found = block_find_path(root_fd, list, file);
	return found ? (int)(found - list->items) : -ENOENT;
}
