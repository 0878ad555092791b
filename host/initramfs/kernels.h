/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_INITRAMFS_KERNELS_H
#define PASSTHRU_INITRAMFS_KERNELS_H

#include <stddef.h>

/*
 * The installed kernels: names of directories in lib/modules that have a modules.dep or
 * modules.builtin, since the directory of a removed kernel may stay. Sorted by byte.
 * NULL-terminated; one block, freed by the caller; NULL without memory. *ret_count is 0
 * then.
 */
char **kernels_list(int root_fd, size_t *ret_count);

#endif
