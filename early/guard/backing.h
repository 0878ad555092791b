/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_BACKING_H
#define PASSTHRU_GUARD_BACKING_H

#include <stdbool.h>
#include <stdint.h>

#include "block/block.h"
#include "guard/devspec.h"

/*
 * Finds the block devices that back the system: starts at what the kernel command line
 * names and what is in use, and follows it down through partitions, device mapper, md,
 * bcache, btrfs, LVM and ZFS to the disks.
 */

/* What the search knows about one block device. */
struct visit {
	enum { UNVISITED, VISITING, VISITED } state;
	const struct devspec *devspec; /* the first one that it backs, or NULL */
};

struct backing {
	int root_fd; /* the directory above sys, proc and dev */
	struct devspecs devspecs;
	struct block_list blocks;
	struct visit *visits;  /* one per block device */
	bool *found;	       /* one per devspec: whether a block device matches it */
	bool root_found;       /* the root file system is mounted, or its devspec found */
	bool is_stack_unclear; /* a device depends on one that is not visible */
	bool has_lvm;	       /* an LVM volume backs the system */
};

/*
 * Collects the devspecs: those of the kernel command line, of mounted file systems and of
 * active swap. Returns 0 or a negative errno; release with backing_free() in either case.
 */
int backing_read_devspecs(int root_fd, const char *cmdline, struct backing *ret);

/*
 * Scans the block devices, reads their superblocks until the deadline (in milliseconds of
 * clock_ms()) and finds those that back one of the devspecs. Returns 0 or a negative
 * errno; a disk that cannot be read is not an error.
 */
int backing_find(struct backing *backing, uint64_t deadline);

void backing_free(struct backing *backing);

#endif
