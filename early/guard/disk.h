/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_DISK_H
#define PASSTHRU_GUARD_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "block/block.h"
#include "guard/devspec.h"
#include "plan/plan.h"

/*
 * The disk guard keeps the devices that the system needs: controllers with a disk that
 * backs a needed file system or swap, and the way to a remote root file system. What is
 * not known counts as needed, and what is not there yet may still come.
 */

/* When the guard judges. */
enum disk_moment {
	DISK_MOMENT_EARLY, /* in the initramfs, before any disk appears */
	DISK_MOMENT_LATE,  /* in the initramfs, once the root disk has appeared */
	DISK_MOMENT_EVENT, /* a device has appeared: in the initramfs or after it */
	DISK_MOMENT_BOOTED /* in the booted system */
};

/*
 * Judges the pending entries of the plan that may back the system. Before the root disk
 * appears, they are deferred. In the late stage it waits for disks that are named but
 * missing, if an entry may bring them. For an event, the mark of its generator tells
 * whether this is an initramfs; the type of the file system on "/" does not. root_fd is
 * the directory above sys, proc and dev; cmdline is the text of the kernel command line.
 * Waiting and reading disks stop at the deadline, in milliseconds of clock_ms(); a device
 * whose disks have not been read by then is kept. On any other error all of the entries
 * are kept.
 */
void guard_disks(int root_fd, const char *cmdline, enum disk_moment moment,
		 uint64_t deadline, struct plan *plan);

/* What is known about the disks behind a device. */
struct disk_attributes {
	bool is_late;	 /* nothing more will be known later */
	bool root_found; /* the devices that back the root file system are known */
	/* A sign that the boot needs the network, if an interface behind it is up. */
	const char *network;
	/* A block device behind it and the devspec that this one backs, or both NULL. */
	const struct block *block;
	const struct devspec *devspec;
	/* A block device behind it that rules out a safe verdict, or NULL: */
	const struct block *unread;
	const struct block *unclear;
	/* A devspec that no device matches and that it may still bring, or NULL. */
	const struct devspec *missing;
	bool is_stack_unclear; /* the stack below the root file system has no known end */
};

/*
 * Keeps or defers the entry if its attributes demand it, and notes the reason in it.
 * Opens nothing.
 */
void guard_disk_judge(const struct disk_attributes *attributes, struct plan_entry *entry);

/*
 * Whether the guard may have to judge the entry: it is pending, its device is not bound
 * to the requested driver yet, and no "!" lifts the guards.
 */
bool guard_disk_applies(const struct plan_entry *entry);

#endif
