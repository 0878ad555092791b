/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "block/internal.h"

int block_read_lower(int root_fd, const struct block_list *list,
		     const struct block *block, size_t lower[static BLOCK_LOWER_MAX])
{
	char path[sizeof("sys/class/block//slaves") + BLOCK_NAME_SIZE];
	_cleanup_closedir_ DIR *directory = NULL;
	struct dirent *entry;
	int count = 0;

	snprintf(path, sizeof(path), "sys/class/block/%s/slaves", block->name);
	directory = sysfs_open_directory(root_fd, path);
	while (directory && (entry = readdir(directory))) {
		struct block *found;

		if (entry->d_name[0] == '.')
			continue;
		found = block_find_name(list, span_of(entry->d_name));
		if (!found)
			return -ENODEV;
		if (count == BLOCK_LOWER_MAX)
			return -E2BIG;
		lower[count++] = (size_t)(found - list->items);
	}
	return count;
}

bool block_has_holders(int root_fd, const struct block *block)
{
	char path[sizeof("sys/class/block//holders") + BLOCK_NAME_SIZE];
	_cleanup_closedir_ DIR *directory = NULL;
	struct dirent *entry;

	snprintf(path, sizeof(path), "sys/class/block/%s/holders", block->name);
	directory = sysfs_open_directory(root_fd, path);
	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			return true;
	return false;
}

bool block_is_remote(const struct block *block)
{
	static const char *const parts[] = { "/session", "/nvme-fabrics/", "/nbd", "/rbd",
					     "/nvmf" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(block->paths, parts[i]))
			return true;
	return false;
}

#define PCI_DIRECTORY "sys/bus/pci/devices"

/*
 * The PCI function two levels above the controller, as "/ADDRESS/": if the controller is
 * part of a switch, this is the upstream port.
 */
static bool read_switch(int root_fd, const struct pci_address *controller,
			char part[static ADDRESS_SIZE + 2])
{
	char path[sizeof(PCI_DIRECTORY "/") + ADDRESS_SIZE], target[PATH_MAX];
	char name[ADDRESS_SIZE];
	const char *upstream;

	address_format(controller, name);
	snprintf(path, sizeof(path), PCI_DIRECTORY "/%s", name);
	if (sysfs_read_target(root_fd, path, target, sizeof(target)) < 0)
		return false;
	for (int level = 0; level < 2; level++) {
		char *slash = strrchr(target, '/');

		if (!slash)
			return false;
		*slash = '\0';
	}
	upstream = strrchr(target, '/');
	snprintf(part, ADDRESS_SIZE + 2, "%.*s/", (int)ADDRESS_SIZE,
		 upstream ? upstream : "");
	/* The name of a host bridge has no dot; every device is below one. */
	return strchr(part, '.') != NULL;
}

static bool is_removable(int root_fd, const struct block *block)
{
	const char *at = block->paths;

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
	char part[ADDRESS_SIZE + 2];

	if (read_switch(root_fd, controller, part) && strstr(block->paths, part))
		return true;
	return is_removable(root_fd, block);
}
