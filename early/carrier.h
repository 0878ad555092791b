/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CARRIER_H
#define PASSTHRU_CARRIER_H

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

/*
 * Finds out which devices carry the system: from what the command line names and from
 * what is in use, down through partitions, device mapper, md, bcache, btrfs, LVM and ZFS
 * to the disks, and up from these to every PCI function above them.
 */

/*
 * Judges the entries that are still to be claimed and may carry the system. Unless the
 * root file system is mounted already or is_late says that its disk is known by now, they
 * are put off. root_fd is the directory above sys, proc and dev; cmdline the kernel
 * command line. Reading of disks ends at the deadline, in milliseconds of clock_ms();
 * what has not been read by then is kept, and so is all of it when something else goes
 * wrong.
 */
void carrier_judge(int root_fd, const char *cmdline, bool is_late, uint64_t deadline,
		   struct plan *plan);

#endif
