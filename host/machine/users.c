/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/base.h"
#include "machine/internal.h"

/* USB devices behind hubs are the deepest. */
#define DEPTH_MAX 24

/* A device node: its number, and whether it is one of a block device. */
struct node {
	dev_t number;
	bool is_block;
};

struct search {
	const struct host *host;
	struct node *nodes;
	size_t node_count;
	void (*each)(void *data, const char *text);
	void *data;
	int count; /* users */
	int error; /* 0 or -ENOMEM: then there may be more */
};

static void found(struct search *search, const char *text)
{
	search->count++;
	search->each(search->data, text);
}

/* -- the device's nodes and interfaces ----------------------------------------------- */

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

static void add_node(struct search *search, dev_t number, bool block)
{
	struct node *node = array_append(search->nodes, search->node_count);

	if (node)
		*node = (struct node){ number, block };
	else
		search->error = -ENOMEM;
}

static void read_node(struct search *search, int directory_fd)
{
	char number[32];
	unsigned major, minor;

	if (sysfs_read(directory_fd, "dev", number, sizeof(number)) <= 0 ||
	    !text_read_pair(number, &major, &minor))
		return;
	number[strcspn(number, "\n")] = '\0';
	add_node(search, makedev(major, minor), is_block(search, directory_fd, number));
}

/* An interface that is up is in use, whoever uses it. */
static void read_interface(struct search *search, int directory_fd, const char *name)
{
	char flags[32], text[128];

	if (sysfs_read(directory_fd, "flags", flags, sizeof(flags)) <= 0 ||
	    !(strtoul(flags, NULL, 16) & IFF_UP))
		return;
	snprintf(text, sizeof(text),
		 "the network interface %s is up (ip link set %s down)", name, name);
	found(search, text);
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
	if (strcmp(parent, "net") == 0)
		read_interface(search, dirfd(stream), path);
	while (depth < DEPTH_MAX && (entry = readdir(stream)))
		if (entry->d_name[0] != '.' && entry->d_type == DT_DIR)
			walk(search, dirfd(stream), path, entry->d_name, depth + 1);
}

/* The node of the group belongs to no device in sysfs. */
static void add_group(struct search *search, const struct device *device)
{
	char path[64];
	struct stat st;

	if (device->pci->group == NO_GROUP)
		return;
	snprintf(path, sizeof(path), "dev/vfio/%d", device->pci->group);
	if (fstatat(search->host->root_fd, path, &st, 0) == 0)
		add_node(search, st.st_rdev, false);
}

/* -- processes ----------------------------------------------------------------------- */

void processes_each(const struct host *host,
		    void (*each)(void *data, const char *process), void *data)
{
	_cleanup_closedir_ DIR *stream = sysfs_open_directory(host->root_fd, "proc");
	struct dirent *entry;

	while (stream && (entry = readdir(stream)))
		if (isdigit((unsigned char)entry->d_name[0]))
			each(data, entry->d_name);
}

void process_each_file(const struct host *host, const char *process,
		       bool (*each)(void *data, const struct open_file *file), void *data)
{
	_cleanup_closedir_ DIR *stream = NULL;
	char path[NAME_MAX + 16];
	struct dirent *entry;

	snprintf(path, sizeof(path), "proc/%s/fd", process);
	stream = sysfs_open_directory(host->root_fd, path);
	while (stream && (entry = readdir(stream)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    !each(data,
			  &(struct open_file){ process, dirfd(stream), entry->d_name }))
			return;
}

void process_name(const struct host *host, const char *process,
		  char name[static PROCESS_NAME_SIZE])
{
	char path[NAME_MAX + 16];

	snprintf(path, sizeof(path), "proc/%s/comm", process);
	if (sysfs_read(host->root_fd, path, name, PROCESS_NAME_SIZE) <= 0)
		strcpy(name, "a process");
	name[strcspn(name, "\n")] = '\0';
}

static bool is_node(const struct search *search, const struct stat *st)
{
	bool block = S_ISBLK(st->st_mode);

	if (!block && !S_ISCHR(st->st_mode))
		return false;
	for (size_t i = 0; i < search->node_count; i++)
		if (search->nodes[i].number == st->st_rdev &&
		    search->nodes[i].is_block == block)
			return true;
	return false;
}

static void name_user(struct search *search, const struct open_file *file)
{
	char name[PROCESS_NAME_SIZE], target[256], text[1024];
	ssize_t length =
		readlinkat(file->directory_fd, file->name, target, sizeof(target) - 1);

	target[length > 0 ? length : 0] = '\0';
	process_name(search->host, file->process, name);
	snprintf(text, sizeof(text), "%s (process %s) has %s open", name, file->process,
		 target[0] ? target : "it");
	found(search, text);
}

/* One open file is enough to name a process. */
static bool look_at_file(void *data, const struct open_file *file)
{
	struct search *search = data;
	struct stat st;

	if (fstatat(file->directory_fd, file->name, &st, 0) < 0 || !is_node(search, &st))
		return true;
	name_user(search, file);
	return false;
}

static void look_at_process(void *data, const char *process)
{
	const struct search *search = data;

	process_each_file(search->host, process, look_at_file, data);
}

int users_each(const struct host *host, const struct device *device,
	       void (*each)(void *data, const char *text), void *data)
{
	struct search search = { .host = host, .each = each, .data = data };
	char path[64];

	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", device->address);
	walk(&search, host->root_fd, "", path, 0);
	add_group(&search, device);
	if (search.node_count)
		processes_each(host, look_at_process, &search);
	free(search.nodes);
	return search.error < 0 ? search.error : search.count;
}
