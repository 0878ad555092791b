/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who uses a device of the running machine. The other users_*.c have the parts. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/base.h"
#include "lib/lib.h"
#include "machine/internal.h"

/* USB devices behind hubs are the deepest. */
#define DEPTH_MAX 24

/* -- below the device in sysfs ------------------------------------------------------- */

/* The directory in sysfs is that of a block device if sys/dev/block leads there. */
static bool is_block(const struct search *search, int directory_fd, const char *number)
{
	struct stat here, there;
	char path[64];

	snprintf(path, sizeof(path), "sys/dev/block/%s", number);
	return fstat(directory_fd, &here) == 0 &&
	       fstatat(search->host->root_fd, path, &there, 0) == 0 &&
	       here.st_ino == there.st_ino;
}

static void read_node(struct search *search, int directory_fd)
{
	char number[32];
	unsigned major, minor;

	if (sysfs_read(directory_fd, "dev", number, sizeof(number)) <= 0 ||
	    !text_read_pair(number, &major, &minor))
		return;
	number[strcspn(number, "\n")] = '\0';
	users_add_node(search, &(struct node){ .number = makedev(major, minor),
					       .is_block = is_block(search, directory_fd,
								    number) });
}

/* The node of a group of VFIO, also of a mediated device, belongs to no device. */
static void read_group(struct search *search, int directory_fd)
{
	static const char *const directories[] = { "dev/vfio/", "dev/vfio/noiommu-" };
	char group[32], path[64];
	struct stat st;

	if (sysfs_read_link(directory_fd, "iommu_group", group, sizeof(group)) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		snprintf(path, sizeof(path), "%s%s", directories[i], group);
		if (fstatat(search->host->root_fd, path, &st, 0) == 0)
			users_add_node(search, &(struct node){ .number = st.st_rdev });
	}
}

/* Directories only: links lead to other devices. */
static void walk(struct search *search, int parent_fd, const char *parent,
		 const char *path, unsigned depth)
{
	_cleanup_closedir_ DIR *stream = sysfs_open_directory(parent_fd, path);
	struct dirent *entry;

	if (!stream)
		return;
	read_node(search, dirfd(stream));
	read_group(search, dirfd(stream));
	if (strcmp(parent, "net") == 0)
		users_read_interface(search, dirfd(stream), path);
	else if (strcmp(parent, "graphics") == 0)
		users_read_framebuffer(search, path);
	while (depth < DEPTH_MAX && (entry = readdir(stream)))
		if (entry->d_name[0] != '.' && entry->d_type == DT_DIR)
			walk(search, dirfd(stream), path, entry->d_name, depth + 1);
}

static void look_below(struct search *search)
{
	char path[64];

	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", search->address);
	walk(search, search->host->root_fd, "", path, 0);
}

/* -- nodes outside sysfs ------------------------------------------------------------- */

/*
 * Nodes that have no place below the device, by the name of their major number in
 * /proc/devices. NVIDIA's driver makes no class in sysfs; its minors 254 and 255 are
 * nvidia-modeset and nvidiactl. The compute node of amdgpu is one for all of its devices.
 */
static const struct {
	const char *driver, *name;
	enum { NUMBER_OF_DEVICE, NUMBER_SHARED, NUMBER_OF_OTHERS } means;
} outside[] = {
	{ "nvidia", "nvidia", NUMBER_OF_DEVICE },
	{ "nvidia", "nvidia-frontend", NUMBER_OF_DEVICE },
	{ "nvidia", "nvidia-uvm", NUMBER_SHARED },
	{ "nvidia", "nvidia-caps", NUMBER_SHARED },
	{ "nvidia", "nvidia-nvlink", NUMBER_SHARED },
	{ "amdgpu", "kfd", NUMBER_SHARED },
	{ "amdgpu", "drm", NUMBER_OF_OTHERS },
};

static void add_number(struct search *search, unsigned major, int minor,
		       enum node_kind kind)
{
	users_add_node(
		search,
		&(struct node){ .number = makedev(major, minor < 0 ? 0 : (unsigned)minor),
				.any_minor = minor < 0,
				.kind = kind });
}

/* The minor of NVIDIA's node for this device, or -1. */
static int read_nvidia_minor(const struct search *search)
{
	static const char key[] = "Device Minor:";
	_cleanup_free_ char *text = NULL;
	const char *found;

	if (beneath_readf(search->host->root_fd, &text,
			  "proc/driver/nvidia/gpus/%s/information", search->address) < 0)
		return -1;
	found = strstr(text, key);
	return found ? (int)strtoul(found + strlen(key), NULL, 10) : -1;
}

static void add_numbers_of_device(struct search *search, unsigned major)
{
	int minor = read_nvidia_minor(search);

	add_number(search, major, minor, NODE_OWN);
	add_number(search, major, 254, NODE_SHARED);
	add_number(search, major, 255, NODE_SHARED);
	add_number(search, major, -1, NODE_OTHER);
}

/* A line of /proc/devices: "195 nvidia". */
static void read_major(struct search *search, const char *driver, struct text_cursor line)
{
	struct span number = text_next_word(&line), name = text_next_word(&line);
	unsigned major = number.length ? (unsigned)strtoul(number.at, NULL, 10) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(outside); i++) {
		if (strcmp(driver, outside[i].driver) != 0 ||
		    !span_equals(name, outside[i].name))
			continue;
		if (outside[i].means == NUMBER_OF_DEVICE)
			add_numbers_of_device(search, major);
		else
			add_number(search, major, -1,
				   outside[i].means == NUMBER_SHARED ? NODE_SHARED
								     : NODE_OTHER);
	}
}

static void look_outside(struct search *search)
{
	_cleanup_free_ char *text = NULL;
	struct text_cursor line;
	char path[64], driver[DRIVER_NAME_SIZE];
	const char *rest;

	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/driver", search->address);
	if (sysfs_read_link(search->host->root_fd, path, driver, sizeof(driver)) < 0 ||
	    beneath_read(search->host->root_fd, "proc/devices", &text) < 0)
		return;
	rest = text;
	while (text_next_line(&rest, &line) &&
	       strncmp(line.at, "Block devices:", strlen("Block devices:")) != 0)
		read_major(search, driver, line);
}

/* -- processes ----------------------------------------------------------------------- */

static const struct node *find_node(const struct search *search, const struct stat *st)
{
	bool block = S_ISBLK(st->st_mode);

	if (!block && !S_ISCHR(st->st_mode))
		return NULL;
	for (size_t i = 0; i < search->node_count; i++) {
		const struct node *node = &search->nodes[i];

		if (node->is_block == block &&
		    (node->any_minor ? major(node->number) == major(st->st_rdev)
				     : node->number == st->st_rdev))
			return node;
	}
	return NULL;
}

static void name_user(struct search *search, const struct open_file *file)
{
	char name[PROCESS_NAME_SIZE], target[256];
	ssize_t length =
		readlinkat(file->directory_fd, file->name, target, sizeof(target) - 1);

	target[length > 0 ? length : 0] = '\0';
	process_name(search->host, file->process, name);
	users_found(search, "%s (process %s) has %s open", name, file->process,
		    target[0] ? target : "it");
}

/* What a process has open of the nodes. */
struct opened {
	struct search *search;
	char shared[NAME_MAX + 1]; /* the link to a node that devices share, or "" */
	bool has_other, is_named;
};

static bool look_at_file(void *data, const struct open_file *file)
{
	struct opened *opened = data;
	const struct node *node = NULL;
	struct stat st;

	if (fstatat(file->directory_fd, file->name, &st, 0) == 0)
		node = find_node(opened->search, &st);
	if (!node)
		return true;
	if (node->kind == NODE_SHARED)
		snprintf(opened->shared, sizeof(opened->shared), "%s", file->name);
	opened->has_other |= node->kind == NODE_OTHER;
	opened->is_named = node->kind == NODE_OWN;
	if (opened->is_named)
		name_user(opened->search, file);
	return !opened->is_named;
}

static bool name_shared(void *data, const struct open_file *file)
{
	const struct opened *opened = data;
	bool is_it = strcmp(file->name, opened->shared) == 0;

	if (is_it)
		name_user(opened->search, file);
	return !is_it;
}

/*
 * One open file is enough to name a process. A node that devices share counts unless the
 * process has those of other devices only.
 */
static void look_at_process(void *data, const char *process)
{
	struct opened opened = { .search = data };

	process_each_file(opened.search->host, process, look_at_file, &opened);
	if (opened.shared[0] && !opened.has_other && !opened.is_named)
		process_each_file(opened.search->host, process, name_shared, &opened);
}

static void look_at_processes(struct search *search)
{
	if (search->node_count)
		processes_each(search->host, look_at_process, search);
}

/* -- all of them --------------------------------------------------------------------- */

/* The ways to use a function. Each reports users, or adds nodes that they have open. */
static void (*const ways[])(struct search *search) = {
	look_below, /* nodes, interfaces, consoles and groups of VFIO */
	users_look_at_disks,
	look_outside, /* last: its numbers stand for whatever has not been found */
};

static void look_at_function(struct search *search, const char *address)
{
	if (address_parse_name(address, &search->pci_address) < 0)
		return;
	snprintf(search->address, sizeof(search->address), "%s", address);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		ways[i](search);
}

/* Without their physical function they are gone, too. */
static void look_at_virtual_functions(struct search *search, const char *address)
{
	_cleanup_closedir_ DIR *stream = NULL;
	char path[64], target[ADDRESS_SIZE];
	struct dirent *entry;

	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", address);
	stream = sysfs_open_directory(search->host->root_fd, path);
	while (stream && (entry = readdir(stream)))
		if (strncmp(entry->d_name, "virtfn", 6) == 0 &&
		    sysfs_read_link(dirfd(stream), entry->d_name, target,
				    sizeof(target)) == 0)
			look_at_function(search, target);
}

int users_each(const struct host *host, const struct device *device,
	       void (*each)(void *data, const char *text), void *data)
{
	struct search search = { .host = host, .each = each, .data = data };

	look_at_function(&search, device->address);
	look_at_virtual_functions(&search, device->address);
	look_at_processes(&search);
	free(search.nodes);
	return search.error < 0 ? search.error : search.count;
}
