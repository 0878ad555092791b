/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LVM_H
#define PASSTHRU_LVM_H

#include "content.h"

/*
 * Which volume group an LVM physical volume belongs to, which libblkid does not tell.
 * Reads the open device fd and fills in group_uuid and group_name, or leaves them empty
 * where the volume does not say. The disk is not trusted: nothing it says leads to more
 * than a few short reads. Source: lib/format_text/layout.h and lib/label/label.h of LVM2.
 */
void lvm_read_group(int fd, struct content *content);

/*
 * The same for the beginning of the metadata's text: NAME {, then id = "UUID". Returns 0
 * or -EINVAL.
 */
int lvm_parse_group(const char *text, struct content *content);

#endif
