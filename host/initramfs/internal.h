/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_INITRAMFS_INTERNAL_H
#define PASSTHRU_INITRAMFS_INTERNAL_H

#include "initramfs/initramfs.h"

/* What only the files of this folder share. */

/* -- generators ---------------------------------------------------------------------- */

/* Whether a file of that name in the initramfs starts passthru-early. */
bool generators_is_starter(const char *name);

/* -- kernel install ------------------------------------------------------------------ */

/*
 * The initrd_generator= of kernel-install(8), from install.conf in its directories and
 * the files in install.conf.d; "" if none is set. Freed by the caller; NULL without
 * memory.
 */
char *kernel_install_generator(int root_fd);

#endif
