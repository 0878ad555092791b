/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_DEVSPEC_FSTAB_H
#define PASSTHRU_GUARD_DEVSPEC_FSTAB_H

#include "guard/devspec.h"

/*
 * Adds what fstab(5) mounts or swaps on during the boot or on first access: not the
 * entries with noauto, unless they have x-systemd.automount. Those with nofail or _netdev
 * are optional. A device below /dev/mapper is looked up in crypttab. The entry of "/"
 * counts as root= if that is not on the command line, which must have been read before;
 * else it is optional. Both are
 * the texts of the files, or NULL. Returns 0 or -ENOMEM.
 */
int devspecs_add_fstab(struct devspecs *devspecs, const char *fstab,
		       const char *crypttab) _must_check_;

/* Adds the devices that crypttab(5) opens during the boot. Returns 0 or -ENOMEM. */
int devspecs_add_crypttab(struct devspecs *devspecs, const char *crypttab) _must_check_;

#endif
