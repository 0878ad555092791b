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
#include "machine/machine.h"

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
	int error; /* 0, or a negative errno: then there may be more */
};

static void found(struct search *search, const char *text)
{
	search->count++;
	search->each(search->data, text);
}

/* -- the device's nodes and interfaces ----------------------------------------------- */

/* The directory in sysfs is that of a block device if sys/dev/block leads there. */
static bool is_block(const struct search *search, const char *directory,
		     const char *number)
{
	struct stat here, there;
	char path[64];

	return path_format(path, sizeof(path), "sys/dev/block/%s", number) == 0 &&
	       fstatat(search->host->root_fd, directory, &here, 0) == 0 &&
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

static void read_node(struct search *search, const char *directory)
{
	char path[PATH_MAX], number[32];
	unsigned major, minor;

	if (path_format(path, sizeof(path), "%s/dev", directory) < 0) {
		search->error = -ENAMETOOLONG;
		return;
	}
	if (sysfs_read(search->host->root_fd, path, number, sizeof(number)) <= 0 ||
	    !text_read_pair(number, &major, &minor))
		return;
	number[strcspn(number, "\n")] = '\0';
	add_node(search, makedev(major, minor), is_block(search, directory, number));
}

/* An interface that is up is in use, whoever uses it. */
static void read_interface(struct search *search, const char *directory)
{
	const char *name = strrchr(directory, '/') + 1;
	char path[PATH_MAX], flags[32], text[128];

	if (!strstr(directory, "/net/"))
		return;
	if (path_format(path, sizeof(path), "%s/flags", directory) < 0) {
		search->error = -ENAMETOOLONG;
		return;
	}
	if (sysfs_read(search->host->root_fd, path, flags, sizeof(flags)) <= 0 ||
	    !(strtoul(flags, NULL, 16) & IFF_UP))
		return;
	snprintf(text, sizeof(text),
		 "the network interface %s is up (ip link set %s down)", name, name);
	found(search, text);
}

/* Directories only: links lead to other devices. */
static void walk(struct search *search, const char *directory, unsigned depth)
{
	_cleanup_closedir_ DIR *stream =
		sysfs_open_directory(search->host->root_fd, directory);
	struct dirent *entry;

	read_node(search, directory);
	read_interface(search, directory);
	while (stream && depth < DEPTH_MAX && (entry = readdir(stream))) {
		char path[PATH_MAX];

		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR)
			continue;
		if (path_format(path, sizeof(path), "%s/%s", directory, entry->d_name) <
		    0)
			search->error = -ENAMETOOLONG;
		else
			walk(search, path, depth + 1);
	}
}

/* The node of the group belongs to no device in sysfs. */
static void add_group(struct search *search, const struct device *device)
{
	char path[64];
	struct stat st;

	if (device->pci->group == NO_GROUP)
		return;
	if (path_format(path, sizeof(path), "dev/vfio/%d", device->pci->group) == 0 &&
	    fstatat(search->host->root_fd, path, &st, 0) == 0)
		add_node(search, st.st_rdev, false);
}

/* -- processes ----------------------------------------------------------------------- */

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

static void name_user(struct search *search, const char *process, const char *link)
{
	char path[PATH_MAX], name[64], target[256], text[1024];
	ssize_t length =
		readlinkat(search->host->root_fd, link, target, sizeof(target) - 1);

	target[length > 0 ? length : 0] = '\0';
	if (path_format(path, sizeof(path), "proc/%s/comm", process) < 0 ||
	    sysfs_read(search->host->root_fd, path, name, sizeof(name)) <= 0)
		strcpy(name, "a process");
	name[strcspn(name, "\n")] = '\0';
	snprintf(text, sizeof(text), "%s (process %s) has %s open", name, process,
		 target[0] ? target : "it");
	found(search, text);
}

/* One open file is enough to name a process. */
static void look_at_process(struct search *search, const char *process)
{
	_cleanup_closedir_ DIR *stream = NULL;
	char path[PATH_MAX];
	struct dirent *entry;
	struct stat st;

	if (path_format(path, sizeof(path), "proc/%s/fd", process) == 0)
		stream = sysfs_open_directory(search->host->root_fd, path);
	while (stream && (entry = readdir(stream))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (path_format(path, sizeof(path), "proc/%s/fd/%s", process,
				entry->d_name) == 0 &&
		    fstatat(search->host->root_fd, path, &st, 0) == 0 &&
		    is_node(search, &st)) {
			name_user(search, process, path);
			return;
		}
	}
}

int users_each(const struct host *host, const struct device *device,
	       void (*each)(void *data, const char *text), void *data)
{
	struct search search = { .host = host, .each = each, .data = data };
	_cleanup_closedir_ DIR *stream = NULL;
	struct dirent *entry;
	char path[PATH_MAX];

	search.error = path_format(path, sizeof(path), "sys/bus/pci/devices/%s",
				   device->address);
	if (search.error == 0)
		walk(&search, path, 0);
	add_group(&search, device);
	stream = sysfs_open_directory(host->root_fd, "proc");
	while (search.node_count && stream && (entry = readdir(stream)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at_process(&search, entry->d_name);
	free(search.nodes);
	return search.error < 0 ? search.error : search.count;
}
