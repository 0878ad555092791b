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
	bool is_remote;	       /* a remote disk, or a sign of one, is needed */
	bool is_stack_unclear; /* a device depends on one that is not visible */
	bool has_lvm;	       /* an LVM volume backs the system */
};

/*
 * Scans the block devices that sysfs knows, without reading them. Returns 0 or a negative
 * errno; release with backing_free() in either case.
 */
int backing_scan(struct backing *backing) _must_check_;

/*
 * Reads the superblocks until the deadline (in milliseconds of clock_ms()) and finds the
 * block devices that back one of the devspecs. Returns 0 or a negative errno; a disk that
 * cannot be read is not an error.
 */
int backing_find(struct backing *backing, uint64_t deadline) _must_check_;

/*
 * Looks for what was not found, since disks may still appear: reads them again if the
 * block devices are others than before. Returns 0 or a negative errno.
 */
int backing_find_again(struct backing *backing, uint64_t deadline) _must_check_;

/*
 * The first devspec that has to be found but was not, or NULL. With may_appear, only one
 * that a disk may still bring: not one that may be in a container that nobody has opened.
 */
const struct devspec *backing_find_missing(const struct backing *backing,
					   bool may_appear);

void backing_free(struct backing *backing);

#endif
