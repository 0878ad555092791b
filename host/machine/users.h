/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_USERS_H
#define PASSTHRU_MACHINE_USERS_H

#include "machine/machine.h"

/*
 * Who uses a device of the running machine: processes that have one of its device nodes
 * open (display, sound, disk, USB and what hangs on it, VFIO's own), and network
 * interfaces that are up. Mounted disks are found by the guards instead.
 *
 * Calls back with a phrase for each, such as "Xorg (process 812) has /dev/dri/card0
 * open". Returns the number of them, or a negative errno. Without root's privileges,
 * processes of other users are not seen.
 */
int users_each(const struct host *host, const struct device *device,
	       void (*each)(void *data, const char *text), void *data);

#endif
