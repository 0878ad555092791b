/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_UNPACK_H
#define PASSTHRU_UNPACK_H

#include <stdbool.h>
#include <archive_entry.h>

/* The most that a dump may have in it: one machine's worth, with room. */
#define UNPACK_MEMBER_MAX  (1 << 20) /* bytes of one file */
#define UNPACK_TOTAL_MAX   (64 << 20)
#define UNPACK_MEMBERS_MAX 100000

/*
 * Whether a member of an archive may be unpacked: a plain file, not too large, a
 * directory, or a symbolic link that stays inside, whatever other links there are on its
 * way.
 */
bool unpack_accepts(struct archive_entry *entry);

/*
 * Unpacks a dump, which may be a stranger's, into the directory. Returns 0; -EINVAL where
 * it is no archive, or has a member that is not accepted; -EFBIG where it is too large;
 * or another negative errno.
 */
int unpack_dump(const char *file, int directory_fd);

#endif
