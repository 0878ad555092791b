/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_DEVSPEC_CMDLINE_H
#define PASSTHRU_GUARD_DEVSPEC_CMDLINE_H

#include "guard/devspec.h"

/*
 * Reads root=, resume=, rootflags=, mount.usr=, rd.luks.*, rd.lvm.*, rd.md.* and the
 * other parameters of a kernel command line that name disks: dracut.cmdline(7),
 * systemd-cryptsetup-generator(8), initramfs-tools(7). Notes the parameters that
 * configure the network. Returns 0 or -ENOMEM.
 */
int devspecs_add_cmdline(struct devspecs *devspecs, const char *text);

#endif
