/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_DUMP_UNPACK_H
#define PASSTHRU_DUMP_UNPACK_H

#include <archive_entry.h>
#include <stdbool.h>

/* Limits of a dump, well above what any machine needs. */
#define UNPACK_MEMBER_MAX  (1 << 20) /* bytes of one file */
#define UNPACK_TOTAL_MAX   (64 << 20)
#define UNPACK_MEMBERS_MAX 100000

/*
 * Whether a member of an archive may be unpacked: a regular file that is not too large, a
 * directory, or a symbolic link that stays inside, whatever other links are on its way.
 */
bool unpack_accepts(struct archive_entry *entry);

/*
 * Unpacks an untrusted dump into the directory. Returns 0; -EINVAL if it is no archive or
 * has a member that is not accepted; -EFBIG if it is too large; or another negative
 * errno.
 */
int unpack_dump(const char *file, int directory_fd);

#endif
