/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BLOCK_H
#define PASSTHRU_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "content.h"
#include "need.h"

/*
 * The block devices that sysfs knows and how they stand on each other. All paths are
 * relative to root_fd, the directory above sys and dev.
 */

/* DISK_NAME_LEN in include/linux/blkdev.h; device mapper's limits in dm-ioctl.h. */
#define BLOCK_NAME_SIZE	   32
#define BLOCK_DM_NAME_SIZE 128
#define BLOCK_DM_UUID_SIZE 129
#define BLOCK_LOWER_MAX	   64

struct block {
	char name[BLOCK_NAME_SIZE]; /* as sysfs has it: "!" for "/" */
	unsigned major, minor;
	unsigned number; /* of a partition in its table, 0 for a whole device */
	size_t disk;	 /* index of the device that a partition is part of, or its own */
	bool is_empty;	 /* it has no medium */
	char *places;	 /* device paths of all ways to it, one after the other */
	char dm_name[BLOCK_DM_NAME_SIZE];
	char dm_uuid[BLOCK_DM_UUID_SIZE];
	struct content content; /* filled in by others */
	char partuuid[CONTENT_UUID_SIZE];
	char partlabel[CONTENT_NAME_SIZE];
	/* Of the search for what carries the system: */
	enum { BLOCK_UNSEEN, BLOCK_ENTERED, BLOCK_LEFT } walk;
	const struct need *need; /* that it carries, or NULL */
};

struct block_list {
	struct block *items;
	size_t count;
};

/* Returns 0 or a negative errno; release with block_list_free() in either case. */
int block_scan(int root_fd, struct block_list *ret);
void block_list_free(struct block_list *list);

/*
 * Whether every way to the device, or one of several, leads through the PCI function at
 * that address: a controller, or a bridge above it.
 */
bool block_is_behind(const struct block *block, const struct pci_address *address);

/*
 * Whether the device may hang on what the Thunderbolt controller at that address tunnels:
 * it is below the same switch, or something above it can be unplugged. Source:
 * Documentation/ABI/testing/sysfs-devices-removable.
 */
bool block_may_be_tunnelled(int root_fd, const struct block *block,
			    const struct pci_address *controller);

/* Whether it is reached over the network: iSCSI, NVMe over fabrics, NBD, RBD. */
bool block_is_remote(const struct block *block);

/*
 * The block devices that this one stands on directly: those below a device-mapper, md or
 * bcache device, as indexes of the list. Returns their number, or -E2BIG, or -ENODEV
 * where one is not in the list.
 */
int block_read_lower(int root_fd, const struct block_list *list,
		     const struct block *block, size_t lower[static BLOCK_LOWER_MAX]);

/*
 * The device of that path below /dev, by its name, by the name that device mapper or LVM
 * gave it, or by a symbolic link. Returns NULL where there is none.
 */
struct block *block_find_path(int root_fd, const struct block_list *list,
			      const char *path);

/* Whether the path, below /dev, is that of a volume of that LVM volume group. */
bool block_is_in_group(const char *path, const char *group);

/* The device with that MAJOR:MINOR, or NULL. */
struct block *block_find_number(const struct block_list *list, const char *number);

/* Path of its node below the root: dev/NAME. */
#define BLOCK_NODE_SIZE (sizeof("dev/") + BLOCK_NAME_SIZE)
void block_node(const struct block *block, char path[static BLOCK_NODE_SIZE]);

/*
 * Opens every disk behind the PCI function so that nothing else can be mounted from it or
 * stacked on it, until this process ends. Returns 0, or -EBUSY where something is mounted
 * from it or stacked on it already. May hang.
 */
int block_hold(int root_fd, const struct pci_address *address);

#endif
