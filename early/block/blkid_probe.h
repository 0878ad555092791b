/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BLOCK_BLKID_PROBE_H
#define PASSTHRU_BLOCK_BLKID_PROBE_H

#include <stddef.h>
#include <stdint.h>

#include "block/superblock.h"

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

#endif
