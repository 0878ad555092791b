/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BLOCK_H
#define PASSTHRU_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "pci/pci.h"

/* Block devices and what is on them. */

/* -- superblock ---------------------------------------------------------------------- */

/* How much is known about the contents of a block device. */
enum superblock_state {
	SUPERBLOCK_UNREAD,  /* not read, or unreadable */
	SUPERBLOCK_UNCLEAR, /* it has signatures of several formats */
	SUPERBLOCK_EMPTY,   /* no known format */
	SUPERBLOCK_KNOWN,
};

#define SUPERBLOCK_TYPE_SIZE  32
#define SUPERBLOCK_UUID_SIZE  48
#define SUPERBLOCK_NAME_SIZE  260
#define SUPERBLOCK_NEEDS_SIZE 512

/*
 * The contents of a block device, in libblkid's terms; "" for what it lacks. All of it
 * comes from an untrusted disk.
 */
struct superblock {
	enum superblock_state state;
	bool is_container; /* of other block devices: RAID, LVM, LUKS and the like */
	bool is_seed;	   /* btrfs: a volume with another UUID may be on it */
	char type[SUPERBLOCK_TYPE_SIZE];
	char uuid[SUPERBLOCK_UUID_SIZE];
	char label[SUPERBLOCK_NAME_SIZE];
	/* Of an LVM physical volume; the former of bcache, too: */
	char group_uuid[SUPERBLOCK_UUID_SIZE];
	char group_name[SUPERBLOCK_NAME_SIZE];
	/*
	 * Of a format with several devices: how many parts its volume has, in which this
	 * device is, and how many devices are in that. 0 parts or members are 1.
	 */
	unsigned parts, part, members;
	/* Other devices that it needs, as fstab(5) names them, each with a newline. */
	char needs[SUPERBLOCK_NEEDS_SIZE];
};

/*
 * Whether libblkid's type is a format that carries other block devices or belongs to
 * others: what is missing may be on it.
 */
bool format_carries_others(const char *type);

/* -- blkid probe --------------------------------------------------------------------- */

/*
 * Reads the contents of block devices; only this file uses libblkid. Disks are untrusted
 * input, so a child process parses each one. The child keeps two descriptors, for the
 * device and for a pipe, and gives up everything else: user and groups, files, processes,
 * and all system calls but the few it needs. If it crashes, only that disk stays unknown.
 */

#define BLKID_PROBE_PARTITIONS_MAX 128

/* An entry of a partition table. */
struct blkid_probe_partition {
	unsigned number;
	char uuid[SUPERBLOCK_UUID_SIZE];
	char name[SUPERBLOCK_NAME_SIZE];
};

struct blkid_probe_reply {
	struct superblock superblock;
	unsigned count;
	struct blkid_probe_partition partitions[BLKID_PROBE_PARTITIONS_MAX];
};

/* A device to read. */
struct blkid_probe_target {
	const char *path; /* of its device node */
	unsigned major, minor;
};

/*
 * Reads all targets, several at a time; their paths are relative to root_fd. Calls
 * found() for each one that has been read, in any order; the reply is valid during the
 * call. There is no call for a target that cannot be read, or not before the deadline, in
 * milliseconds of clock_ms().
 */
typedef void (*blkid_probe_found)(void *data, size_t target,
				  const struct blkid_probe_reply *reply);
void blkid_probe_run(int root_fd, const struct blkid_probe_target *targets, size_t count,
		     uint64_t deadline, blkid_probe_found found, void *data);

/*
 * From now on, that program reads the disks, with its libblkid: passthru-early of the
 * same version, which the next boot runs. Versions of libblkid differ in what they know.
 */
void blkid_probe_use(const char *program);

/*
 * What it does then: reads the device on standard input, writes the reply to standard
 * output, and ends the process.
 */
void blkid_probe_serve(void);

/* -- block --------------------------------------------------------------------------- */

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
	unsigned number;  /* of a partition in its table, 0 for a whole disk */
	size_t disk;	  /* index of the disk that a partition is on, or its own */
	bool is_empty;	  /* it has no medium */
	bool is_known;	  /* superblock and partuuid are those of an earlier scan */
	char size[24];	  /* in sectors, as sysfs has it */
	char diskseq[24]; /* known only after block_read_diskseqs(); "" before 5.15 */
	char *paths;	  /* its sysfs path, one after the other if it has several */
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
 * Reads the sequence number of each disk: the name and the number of one that is gone may
 * belong to another one now.
 */
void block_read_diskseqs(int root_fd, struct block_list *list);

/* Whether it is the same disk or partition in two lists, both with their diskseq. */
bool block_is_same(const struct block *a, const struct block *b);

/*
 * Whether a path to the device leads through the PCI function at that address: a
 * controller or a bridge above it.
 */
bool block_is_behind(const struct block *block, const struct pci_address *address);

/* The path of its device node: dev/NAME. */
#define BLOCK_NODE_SIZE (sizeof("dev/") + BLOCK_NAME_SIZE)
void block_node(const struct block *block, char path[static BLOCK_NODE_SIZE]);

/* Open descriptors. */
struct block_hold {
	int *fds;
	size_t count;
};

/*
 * Opens every disk behind the PCI function so that nobody else can mount it or stack a
 * device on it until block_release(). Returns 0; -EBUSY if one is mounted or part of a
 * stack already: then none is held; or another negative errno. May hang.
 */
int block_open_exclusive(int root_fd, const struct pci_address *address,
			 struct block_hold *ret);
void block_release(struct block_hold *hold);

/* -- lookup -------------------------------------------------------------------------- */

/* Finds a block device in the list. All of these return NULL if there is none. */

/* By MAJOR:MINOR. */
struct block *block_find_number(const struct block_list *list, const char *number);

/*
 * By its path below /dev: its name, the name that device mapper or LVM gave it, or a
 * symbolic link. Paths of BLOCK_PATH_SIZE and more bytes are not tried as links.
 */
#define BLOCK_PATH_SIZE 256
struct block *block_find_path(int root_fd, const struct block_list *list,
			      const char *path);

/* Whether the path below /dev is that of a logical volume in the LVM volume group. */
bool block_is_in_group(const char *path, const char *group);

bool block_is_loop(const struct block *block);

/*
 * The block device that is the file below a loop device, as an index of the list, or
 * -ENOENT: then it is in a file system.
 */
int block_read_loop(int root_fd, const struct block_list *list,
		    const struct block *block);

/* -- stack --------------------------------------------------------------------------- */

/* What a block device depends on. */

#define BLOCK_LOWER_MAX 64

/*
 * The block devices directly below a device-mapper, md or bcache device, as indexes of
 * the list. Returns their number, -E2BIG, or -ENODEV if one is not in the list.
 */
int block_read_lower(int root_fd, const struct block_list *list,
		     const struct block *block, size_t lower[static BLOCK_LOWER_MAX]);

/* Whether another block device is on it, such as an opened LUKS volume. */
bool block_has_holders(int root_fd, const struct block *block);

/* Whether it is reached over the network: iSCSI, NVMe over Fabrics, NBD, RBD. */
bool block_is_remote(const struct block *block);

/*
 * Whether the Thunderbolt controller at that address may tunnel the PCIe link to the
 * device: both are below the same switch, or a device above it can be unplugged. Source:
 * Documentation/ABI/testing/sysfs-devices-removable.
 */
bool block_may_be_tunnelled(int root_fd, const struct block *block,
			    const struct pci_address *controller);

#endif
