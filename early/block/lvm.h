/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BLOCK_LVM_H
#define PASSTHRU_BLOCK_LVM_H

#include "block/superblock.h"

/*
 * Finds the volume group of an LVM physical volume, which libblkid does not report. Reads
 * the open device fd and sets group_uuid and group_name, or leaves them empty if the
 * volume does not name a group. The disk is untrusted: whatever it contains, there are
 * only a few short reads. Source: lib/format_text/layout.h and lib/label/label.h of LVM2.
 */
void lvm_read_group(int fd, struct superblock *superblock);

/*
 * Parses the beginning of the metadata text: NAME {, then id = "UUID". Returns 0 or
 * -EINVAL.
 */
int lvm_parse_group(const char *text, struct superblock *superblock);

#endif
