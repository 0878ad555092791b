/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "log.h"
#include "sysfs.h"
#include "text.h"
#include "util.h"

#define BLOCK_DIRECTORY "sys/class/block"

/* Path of a file of the device; all names come from sysfs. */
#define FILE_SIZE (sizeof(BLOCK_DIRECTORY "//") + BLOCK_NAME_SIZE + 32)

static void format_file(char path[static FILE_SIZE], const char *name, const char *file)
{
	snprintf(path, FILE_SIZE, BLOCK_DIRECTORY "/%s/%s", name, file);
}

static bool read_file(int root_fd, const char *name, const char *file, char *text,
		      size_t size)
{
	char path[FILE_SIZE];

	format_file(path, name, file);
	if (sysfs_read(root_fd, path, text, size) >= 0)
		return true;
	text[0] = '\0';
	return false;
}

/* The link is "../../devices/…", and the one of a controller has one "../" more. */
static const char *skip_parents(const char *target)
{
	while (strncmp(target, "../", 3) == 0)
		target += 3;
	return target;
}

/* Adds a path to those that lead to the device. */
static int add_place(struct block *block, const char *target)
{
	size_t old = block->places ? strlen(block->places) : 0;
	size_t size = old + strlen(target) + sizeof("//");
	char *larger = realloc(block->places, size);

	if (!larger)
		return -ENOMEM;
	block->places = larger;
	snprintf(larger + old, size - old, "/%s/", skip_parents(target));
	return 0;
}

static ssize_t read_target(int fd, const char *path, char target[static PATH_MAX])
{
	ssize_t length = readlinkat(fd, path, target, PATH_MAX - 1);

	if (length < 0)
		return -errno;
	target[length] = '\0';
	return length;
}

/*
 * A namespace that several NVMe controllers lead to hangs below none of them. Its
 * subsystem has a link to each: nvme_mpath_alloc_disk() in drivers/nvme/host/multipath.c.
 */
static int add_nvme_places(int root_fd, struct block *block)
{
	static const char subsystem[] = "/nvme-subsystem/";
	_cleanup_closedir_ DIR *directory = NULL;
	char path[PATH_MAX], target[PATH_MAX];
	const char *name = strstr(block->places, subsystem);
	struct dirent *entry;
	int r = 0;

	if (!name)
		return 0;
	name += strlen(subsystem);
	snprintf(path, sizeof(path), "sys/class/nvme-subsystem/%.*s",
		 (int)strcspn(name, "/"), name);
	directory = sysfs_open_directory(root_fd, path);
	if (!directory)
		return -errno;
	while (r == 0 && (entry = readdir(directory)))
		if (strncmp(entry->d_name, "nvme", 4) == 0 &&
		    read_target(dirfd(directory), entry->d_name, target) > 0)
			r = add_place(block, target);
	return r;
}

static int read_places(int root_fd, struct block *block)
{
	char path[FILE_SIZE], target[PATH_MAX];
	ssize_t r;

	snprintf(path, sizeof(path), BLOCK_DIRECTORY "/%s", block->name);
	r = read_target(root_fd, path, target);
	if (r < 0)
		return (int)r;
	r = add_place(block, target);
	return r < 0 ? (int)r : add_nvme_places(root_fd, block);
}

/* Returns 1 where it is one of ours, 0 where it is to be left out. */
static int read_block(int root_fd, const char *name, struct block *block)
{
	char text[BLOCK_DM_UUID_SIZE];
	int r;

	*block = (struct block){ 0 };
	if (name[0] == '.' || strlen(name) >= sizeof(block->name))
		return 0;
	strcpy(block->name, name);
	/* A way to an NVMe namespace that has a device of its own, without a node. */
	if (read_file(root_fd, name, "hidden", text, sizeof(text)) && text[0] == '1')
		return 0;
	if (!read_file(root_fd, name, "dev", text, sizeof(text)) ||
	    sscanf(text, "%u:%u", &block->major, &block->minor) != 2)
		return 0;
	if (read_file(root_fd, name, "partition", text, sizeof(text)))
		block->number = (unsigned)atoi(text);
	read_file(root_fd, name, "size", text, sizeof(text));
	block->is_empty = strcmp(text, "0") == 0;
	read_file(root_fd, name, "dm/name", block->dm_name, sizeof(block->dm_name));
	read_file(root_fd, name, "dm/uuid", block->dm_uuid, sizeof(block->dm_uuid));
	r = read_places(root_fd, block);
	/* It may have gone meanwhile. */
	return r == -ENOMEM ? r : r == 0;
}

static int append(struct block_list *list, const struct block *block)
{
	struct block *larger = list->items;

	if (!(list->count & (list->count - 1)))
		larger = realloc(larger,
				 (list->count ? list->count * 2 : 1) * sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	list->items = larger;
	list->items[list->count++] = *block;
	return 0;
}

static struct block *find_name(const struct block_list *list, struct span name)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_equals(name, list->items[i].name))
			return &list->items[i];
	return NULL;
}

/* A partition's directory is in that of its disk: …/DISK/PARTITION/. */
static void find_disk(const struct block_list *list, struct block *block)
{
	const char *end = strrchr(block->places, '/') - strlen(block->name) - 1;
	const char *start = end;
	struct block *disk;

	block->disk = (size_t)(block - list->items);
	if (!block->number || end <= block->places)
		return;
	while (start > block->places && start[-1] != '/')
		start--;
	disk = find_name(list, (struct span){ start, (size_t)(end - start) });
	if (disk)
		block->disk = (size_t)(disk - list->items);
}

int block_scan(int root_fd, struct block_list *ret)
{
	_cleanup_closedir_ DIR *directory =
		sysfs_open_directory(root_fd, BLOCK_DIRECTORY);
	struct dirent *entry;

	*ret = (struct block_list){ 0 };
	/* Before the first driver of a disk there is not even the directory. */
	if (!directory)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(directory))) {
		struct block block;
		int r = read_block(root_fd, entry->d_name, &block);

		if (r > 0 && append(ret, &block) == 0)
			continue;
		free(block.places);
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
		free(list->items[i].places);
	free(list->items);
	*list = (struct block_list){ 0 };
}

bool block_is_behind(const struct block *block, const struct pci_address *address)
{
	char name[ADDRESS_SIZE], part[ADDRESS_SIZE + 2];

	address_format(address, name);
	snprintf(part, sizeof(part), "/%s/", name);
	return strstr(block->places, part) != NULL;
}

#define PCI_DIRECTORY "sys/bus/pci/devices"

/* The PCI function two levels above, where a controller within a switch has its upstream.
 */
static bool read_switch(int root_fd, const struct pci_address *address,
			char name[static ADDRESS_SIZE + 2])
{
	char path[sizeof(PCI_DIRECTORY "/") + ADDRESS_SIZE], target[PATH_MAX];
	char own[ADDRESS_SIZE];

	address_format(address, own);
	snprintf(path, sizeof(path), PCI_DIRECTORY "/%s", own);
	if (read_target(root_fd, path, target) < 0)
		return false;
	for (int level = 0; level < 2; level++) {
		char *slash = strrchr(target, '/');

		if (!slash)
			return false;
		*slash = '\0';
	}
	snprintf(name, ADDRESS_SIZE + 2, "%.*s", (int)ADDRESS_SIZE,
		 strrchr(target, '/') ? strrchr(target, '/') : "");
	strcat(name, "/");
	/* Without one, it is the root of the bus, which has all devices below it. */
	return strchr(name, '.') != NULL;
}

static bool is_removable(int root_fd, const struct block *block)
{
	const char *at = block->places;

	for (; *at; at += strspn(at, "/")) {
		char path[sizeof(PCI_DIRECTORY "//removable") + ADDRESS_SIZE], text[16];
		size_t length = strcspn(at, "/");

		if (length < ADDRESS_SIZE) {
			snprintf(path, sizeof(path), PCI_DIRECTORY "/%.*s/removable",
				 (int)length, at);
			if (sysfs_read(root_fd, path, text, sizeof(text)) > 0 &&
			    strcmp(text, "removable") == 0)
				return true;
		}
		at += length;
	}
	return false;
}

bool block_may_be_tunnelled(int root_fd, const struct block *block,
			    const struct pci_address *controller)
{
	char name[ADDRESS_SIZE + 2];

	if (read_switch(root_fd, controller, name) && strstr(block->places, name))
		return true;
	return is_removable(root_fd, block);
}

bool block_is_remote(const struct block *block)
{
	static const char *const marks[] = { "/session", "/nvme-fabrics/", "/nbd", "/rbd",
					     "/nvmf" };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (strstr(block->places, marks[i]))
			return true;
	return false;
}

int block_read_lower(int root_fd, const struct block_list *list,
		     const struct block *block, size_t lower[static BLOCK_LOWER_MAX])
{
	_cleanup_closedir_ DIR *directory = NULL;
	struct dirent *entry;
	char path[FILE_SIZE];
	int count = 0;

	format_file(path, block->name, "slaves");
	directory = sysfs_open_directory(root_fd, path);
	while (directory && (entry = readdir(directory))) {
		struct block *found;

		if (entry->d_name[0] == '.')
			continue;
		found = find_name(list, span_of(entry->d_name));
		if (!found)
			return -ENODEV;
		if (count == BLOCK_LOWER_MAX)
			return -E2BIG;
		lower[count++] = (size_t)(found - list->items);
	}
	return count;
}

/*
 * VG/LV is VG-LV for device mapper, with the dashes in either doubled. Returns where the
 * device mapper's name goes on behind that, or NULL.
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
	size_t length = strlen(group);
	const char *rest;

	if (strncmp(path, "/dev/", 5) == 0)
		path += 5;
	if (!length || strncmp(path, "mapper/", 7) != 0)
		return length && strncmp(path, group, length) == 0 && path[length] == '/';
	rest = skip_volume(path + 7, group);
	return rest && rest[0] == '-' && rest[1] != '-';
}

static struct block *find_dm(const struct block_list *list, const char *path)
{
	bool is_mapper = strncmp(path, "mapper/", 7) == 0;

	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->items[i].dm_name;

		if (!name[0])
			continue;
		if (is_mapper ? strcmp(name, path + 7) == 0
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
	return find_name(list, span_of(name));
}

struct block *block_find_path(int root_fd, const struct block_list *list,
			      const char *path)
{
	char link[sizeof("dev/") + NEED_VALUE_SIZE], name[BLOCK_NAME_SIZE];
	struct block *found;

	if (strncmp(path, "/dev/", 5) == 0)
		path += 5;
	found = find_kernel_name(list, path);
	if (!found)
		found = find_dm(list, path);
	if (found || strlen(path) >= NEED_VALUE_SIZE)
		return found;
	snprintf(link, sizeof(link), "dev/%s", path);
	if (sysfs_read_link(root_fd, link, name, sizeof(name)) < 0)
		return NULL;
	return find_kernel_name(list, name);
}

struct block *block_find_number(const struct block_list *list, const char *number)
{
	unsigned major, minor;

	if (sscanf(number, "%u:%u", &major, &minor) != 2)
		return NULL;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].major == major && list->items[i].minor == minor)
			return &list->items[i];
	return NULL;
}

void block_node(const struct block *block, char path[static BLOCK_NODE_SIZE])
{
	snprintf(path, BLOCK_NODE_SIZE, "dev/%s", block->name);
	for (char *c = path + 4; *c; c++)
		if (*c == '!')
			*c = '/';
}

/*
 * With O_EXCL the kernel lets nobody else claim the disk or a part of it, and fails where
 * somebody has: bd_prepare_to_claim() in block/bdev.c. A disk that cannot be opened for
 * another reason, such as a drive without a disc, is not in use.
 */
int block_hold(int root_fd, const struct pci_address *address)
{
	struct block_list list;
	int r = block_scan(root_fd, &list);

	for (size_t i = 0; r == 0 && i < list.count; i++) {
		char path[BLOCK_NODE_SIZE];

		if (list.items[i].number || !block_is_behind(&list.items[i], address))
			continue;
		block_node(&list.items[i], path);
		/* Stays open on purpose. */
		if (openat(root_fd, path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK) <
			    0 &&
		    errno == EBUSY)
			r = -EBUSY;
		if (r < 0)
			log_debug("%s is in use", path);
	}
	block_list_free(&list);
	return r;
}
