/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_DEVSPEC_READ_H
#define PASSTHRU_GUARD_DEVSPEC_READ_H

#include "guard/devspec.h"

/*
 * Collects everything that the system needs: what the kernel command line names, and in
 * an initramfs the parameters in /etc/cmdline.d; the mounted file systems and active
 * swap; fstab and crypttab, from the image's /etc/passthru until the root file system is
 * mounted; signs of a remote root. root_fd is the directory above sys, proc and etc;
 * is_mounted tells that the root file system is on "/". Returns 0 or a negative errno;
 * release with devspecs_free() in either case.
 */
int devspecs_read(int root_fd, const char *cmdline, bool is_mounted,
		  struct devspecs *ret) _must_check_;

#endif
