/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_INITRAMFS_KERNEL_INSTALL_H
#define PASSTHRU_INITRAMFS_KERNEL_INSTALL_H

/*
 * The initrd_generator= of kernel-install(8), from install.conf in its directories and
 * the files in install.conf.d; "" if none is set. Freed by the caller; NULL without
 * memory.
 */
char *kernel_install_generator(int root_fd);

#endif
