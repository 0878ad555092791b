/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_DUMP_INTERNAL_H
#define PASSTHRU_DUMP_INTERNAL_H

#include <stddef.h>

#include "base/base.h"
#include "dump/dump.h"

/* What only the files of this folder share. */

/* -- redact -------------------------------------------------------------------------- */

/*
 * Redacts what identifies the machine or its owner, and keeps everything that this
 * program evaluates.
 */
#define REDACT_UUIDS_MAX 64
#define REDACT_REMOVED	 "removed"

struct redaction {
	char host_name[65];		  /* "" if unknown */
	char uuids[REDACT_UUIDS_MAX][37]; /* those seen so far, in lower case */
	size_t count;
};

/* Reads the host name of the machine below the root. There is nothing to free. */
void redact_open(int root_fd, struct redaction *ret);

/*
 * Redacts in place, without changing the length: MAC addresses; the host name in names of
 * volume groups (HOST-vg); the values of parameters and variables that look like secrets.
 * UUIDs become numbers, equal ones the same number.
 */
void redact_text(struct redaction *redaction, char *text);

/* The same for a kernel command line, which has the quoting of the kernel. */
void redact_cmdline(struct redaction *redaction, char *text);

/*
 * The lines of mountinfo about disks and the root, without the names of directories other
 * than the usual ones. Freed by the caller; NULL without memory.
 */
char *redact_mounts(const char *mountinfo);

/* A report, passthru-report(5), and /proc/swaps without such names, likewise. */
char *redact_report(const char *report);
char *redact_swaps(const char *swaps);

/* In place; keeps the type of a device-mapper device and the IDs of volume groups. */
void redact_dm_uuid(char *uuid);

/* -- unpack -------------------------------------------------------------------------- */

/* Limits of a dump, well above what any machine needs. */
#define UNPACK_MEMBER_MAX  (1 << 20) /* bytes of one file */
#define UNPACK_TOTAL_MAX   (64 << 20)
#define UNPACK_MEMBERS_MAX 100000

/*
 * Whether a member of an archive may be unpacked: a regular file that is not too large, a
 * directory, or a symbolic link that stays inside, whatever other links are on its way.
 */
bool unpack_accepts(struct archive_entry *entry);

#endif
