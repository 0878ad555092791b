/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_DEVSPEC_MOUNTS_H
#define PASSTHRU_GUARD_DEVSPEC_MOUNTS_H

#include "guard/devspec.h"

/*
 * Adds the mounted file systems, and unless is_mounted is set, notes where the initramfs
 * has mounted the root file system; text is /proc/self/mountinfo. Returns 0 or -ENOMEM.
 */
int devspecs_add_mounts(struct devspecs *devspecs, const char *text);

/* Adds the active swap devices; text is /proc/swaps. Returns 0 or -ENOMEM. */
int devspecs_add_swaps(struct devspecs *devspecs, const char *text);

#endif
