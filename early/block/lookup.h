/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BLOCK_LOOKUP_H
#define PASSTHRU_BLOCK_LOOKUP_H

#include "base/base.h"
#include "block/block.h"

/* Finds a block device in the list. All of these return NULL if there is none. */

/* By its name in sysfs. */
struct block *block_find_name(const struct block_list *list, struct span name);

/* By MAJOR:MINOR. */
struct block *block_find_number(const struct block_list *list, const char *number);

/*
 * By its path below /dev: its name, the name that device mapper or LVM gave it, or a
 * symbolic link. Paths of BLOCK_PATH_SIZE and more bytes are not tried as links.
 */
#define BLOCK_PATH_SIZE 256
struct block *block_find_path(int root_fd, const struct block_list *list,
			      const char *path);

/* Whether the path below /dev is that of a logical volume in the LVM volume group. */
bool block_is_in_group(const char *path, const char *group);

#endif
