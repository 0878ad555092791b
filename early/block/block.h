/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BLOCK_BLOCK_H
#define PASSTHRU_BLOCK_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "block/superblock.h"
#include "pci/pci.h"

/*
 * The block devices that sysfs knows. All paths are relative to root_fd, the directory
 * above sys and dev.
 */

/* DISK_NAME_LEN in include/linux/blkdev.h; device mapper's limits in dm-ioctl.h. */
#define BLOCK_NAME_SIZE	   32
#define BLOCK_DM_NAME_SIZE 128
#define BLOCK_DM_UUID_SIZE 129

struct block {
	char name[BLOCK_NAME_SIZE]; /* as in sysfs, with "!" for "/" */
	unsigned major, minor;
	unsigned number; /* of a partition in its table, 0 for a whole disk */
	size_t disk;	 /* index of the disk that a partition is on, or its own */
	bool is_empty;	 /* it has no medium */
	char *paths;	 /* its sysfs path, one after the other if it has several */
	char dm_name[BLOCK_DM_NAME_SIZE];
	char dm_uuid[BLOCK_DM_UUID_SIZE];
	/* Not known to sysfs, filled in by the caller: */
	struct superblock superblock;
	char partuuid[SUPERBLOCK_UUID_SIZE];
	char partlabel[SUPERBLOCK_NAME_SIZE];
};

struct block_list {
	struct block *items;
	size_t count;
};

/* Returns 0 or a negative errno; release with block_list_free() in either case. */
int block_scan(int root_fd, struct block_list *ret);
void block_list_free(struct block_list *list);

/*
 * Whether a path to the device leads through the PCI function at that address: a
 * controller or a bridge above it.
 */
bool block_is_behind(const struct block *block, const struct pci_address *address);

/* The path of its device node: dev/NAME. */
#define BLOCK_NODE_SIZE (sizeof("dev/") + BLOCK_NAME_SIZE)
void block_node(const struct block *block, char path[static BLOCK_NODE_SIZE]);

/*
 * Opens every disk behind the PCI function so that nobody else can mount it or stack a
 * device on it until this process ends. Returns 0, or -EBUSY if one is mounted or part of
 * a stack already. May hang.
 */
int block_open_exclusive(int root_fd, const struct pci_address *address);

#endif
