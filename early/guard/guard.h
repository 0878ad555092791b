/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_H
#define PASSTHRU_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "block/block.h"
#include "cmdline/cmdline.h"
#include "pci/pci.h"
#include "plan/plan.h"

/* Keeps devices that the host needs. */

/* -- devspec ------------------------------------------------------------------------- */

/*
 * Devspecs: the ways in which the kernel command line, fstab(5) and the files of /proc
 * name the block devices that the system needs. Nothing here opens a file.
 */

/* How it names a block device. */
enum devspec_kind {
	DEVSPEC_PATH,	   /* a path below /dev, with or without "/dev/" */
	DEVSPEC_NUMBER,	   /* MAJOR:MINOR */
	DEVSPEC_UUID,	   /* of a file system */
	DEVSPEC_LABEL,	   /* of a file system */
	DEVSPEC_PARTUUID,  /* of a partition */
	DEVSPEC_PARTLABEL, /* of a partition */
	DEVSPEC_LUKS,	   /* the UUID of a LUKS header, or its beginning */
	DEVSPEC_MD,	   /* the UUID of an md array */
	DEVSPEC_GROUP,	   /* an LVM volume group */
	DEVSPEC_POOL,	   /* a ZFS pool; "" means any */
	DEVSPEC_TAG,	   /* a directory that the hypervisor shares: 9p, virtiofs */
	DEVSPEC_UNKNOWN,   /* not understood */
};

/* Where it comes from. */
enum devspec_source {
	DEVSPEC_FROM_ROOT,	/* root=; if no device matches it, any disk may */
	DEVSPEC_FROM_PARAMETER, /* another parameter, fstab or crypttab */
	DEVSPEC_FROM_MOUNT,	/* a mounted file system */
	DEVSPEC_FROM_SWAP,	/* active swap */
};

#define DEVSPEC_VALUE_SIZE  256
#define DEVSPEC_ORIGIN_SIZE 96
/* Begins the origin of what only the image's copy of a table names. */
#define DEVSPEC_OF_IMAGE "initramfs:"

struct devspec {
	enum devspec_kind kind;
	enum devspec_source source;
	bool is_optional; /* the boot does not wait for it: nofail */
	char value[DEVSPEC_VALUE_SIZE];
	/* For the log: the parameter or the mount point, truncated if it is long. */
	char origin[DEVSPEC_ORIGIN_SIZE];
};

/* -- backing ------------------------------------------------------------------------- */

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

/* -- console ------------------------------------------------------------------------- */

/*
 * The console guard keeps the device of a serial port that console= on the kernel command
 * line names, or that the kernel uses as a console for another reason, unless the device
 * is requested by address, by an ID that no other device has, or with "!". root_fd is the
 * directory above sys. The plan must be complete: it tells how many devices an ID
 * matches.
 */
void guard_console(int root_fd, const struct cmdline *cmdline, struct plan *plan);

/* -- disk ---------------------------------------------------------------------------- */

/*
 * The disk guard keeps the devices that the system needs: controllers with a disk that
 * backs a needed file system or swap, and the way to a remote root file system. What is
 * not known counts as needed, and what is not there yet may still come.
 */

/* When the guard judges. */
enum disk_moment {
	DISK_MOMENT_EARLY, /* in the initramfs, before any disk appears */
	DISK_MOMENT_LATE,  /* in the initramfs, once the root file system is mounted */
	DISK_MOMENT_EVENT, /* a device has appeared: in the initramfs or after it */
	DISK_MOMENT_BOOTED /* in the booted system */
};

/*
 * Judges the pending entries of the plan that may back the system. Before the late stage
 * they are deferred; if no root file system is mounted by then, they are kept. In the
 * late stage it waits for disks that are named but missing, if an entry may bring them.
 * For an event, the mark of its generator tells whether this is an initramfs; the type of
 * the file system on "/" does not. root_fd is the directory above sys, proc and dev.
 * Waiting and reading disks stop at the deadline, in milliseconds of clock_ms(); a device
 * whose disks have not been read by then is kept. On any other error all of the entries
 * are kept.
 */
void guard_disks(int root_fd, const struct cmdline *cmdline, enum disk_moment moment,
		 uint64_t deadline, struct plan *plan);

/* -- missing ------------------------------------------------------------------------- */

/*
 * Calls back for each devspec of fstab, crypttab or a parameter that no disk of the
 * running system has: guard_disks() keeps a device whose disk turns out to have it. If a
 * disk cannot be read, it may have it all the same. Reading stops at the deadline, see
 * there. Returns 0 or a negative errno. Only the host program needs it.
 */
int guard_each_missing(int root_fd, const struct cmdline *cmdline, uint64_t deadline,
		       void (*each)(void *data, const struct devspec *devspec),
		       void *data) _must_check_;

/* -- display ------------------------------------------------------------------------- */

/*
 * The display guard keeps the boot display and the other functions of its slot if the
 * host would be left without a display and an ID matches more than one. A display counts
 * as requested if it is named by address, or if it is the only one that an ID matches.
 */

/*
 * Reads the attributes of all displays in the list, finds the boot
 * display, and applies the guard to the plan. bus_fd is /sys/bus/pci, root_fd the
 * directory above sys and proc.
 */
void guard_displays(int root_fd, int bus_fd, struct pci_list *list, struct plan *plan);

/* -- class --------------------------------------------------------------------------- */

/*
 * Whether disks may be attached to a device of this class: storage, memory, controllers
 * for USB, FireWire, Fibre Channel, InfiniBand, SD cards and Thunderbolt, "other system
 * peripherals", as SD hosts by Ricoh are, and devices that do not tell their class, as
 * card readers by Realtek and virtio's file systems.
 */
bool guard_is_storage(const struct pci_id *id);

/* Whether the device may be the way to a root file system on the network. */
bool guard_is_network(const struct pci_id *id);

#endif
