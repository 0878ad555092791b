/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BLOCK_INTERNAL_H
#define PASSTHRU_BLOCK_INTERNAL_H

#include "block/block.h"

/* What only the files of this folder share. */

/* -- lookup -------------------------------------------------------------------------- */

/* By its name in sysfs. */
struct block *block_find_name(const struct block_list *list, struct span name);

/* -- lvm ----------------------------------------------------------------------------- */

/*
 * Finds the volume group of an LVM physical volume, which libblkid does not report. Reads
 * the open device fd and sets group_uuid, group_name and members, or leaves them empty if
 * the volume does not name a group. The disk is untrusted: whatever it contains, there
 * are only a few short reads. Source: lib/format_text/layout.h and lib/label/label.h of
 * LVM2.
 */
void lvm_read_group(int fd, struct superblock *superblock);

/*
 * Parses the beginning of the metadata text: NAME {, then id = "UUID". Returns 0 or
 * -EINVAL.
 */
int lvm_parse_group(const char *text, struct superblock *superblock);

/* Returns whether all of the bytes could be read. */
bool block_read_at(int fd, void *buffer, size_t size, uint64_t offset);

/* The number of physical volumes in the metadata text. */
unsigned lvm_count_volumes(const char *text);

/* -- members ------------------------------------------------------------------------- */

/*
 * What libblkid does not report of a format with several devices: how many there are, and
 * which volume they belong to. magic is the offset of the format's magic number. Reads
 * the open device, which is not trusted: a few short reads, whatever it contains.
 */
void members_read(int fd, uint64_t magic, struct superblock *superblock);

/* -- sandbox ------------------------------------------------------------------------- */

/*
 * Gives up everything that reading an open device does not need: all descriptors but
 * these two, root, opening files, starting processes, unlimited memory, and, with
 * seccomp(2), all but a few system calls; the others fail with EPERM. Returns 0, or a
 * negative errno: then the process should exit. It is not an error if the kernel lacks
 * seccomp.
 */
int sandbox_enter(int fd, int other_fd) _must_check_;

#endif
