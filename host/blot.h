/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BLOT_H
#define PASSTHRU_BLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/*
 * What is private in a dump, and what is put in its place: all that could tell whose
 * machine it is, and nothing that this program goes by.
 */
#define BLOT_UUIDS_MAX 64
#define BLOT_REMOVED   "removed"

struct blot {
	char host_name[65];		/* "" where it is not known */
	char uuids[BLOT_UUIDS_MAX][37]; /* those seen so far, in small letters */
	size_t count;
};

/* Finds out the name of the machine below the root. There is nothing to release. */
void blot_open(int root_fd, struct blot *ret);

/*
 * Blots out, in place and without a change in length: MAC addresses; the host's name in
 * the names of volume groups that are made from it (HOST-vg); the values of parameters
 * and variables that look like secrets. UUIDs become numbers, the same ones each time.
 */
void blot_text(struct blot *blot, char *text);

/* The same for a kernel command line, where quotes are the kernel's. */
void blot_cmdline(struct blot *blot, char *text);

/*
 * What of mountinfo is about disks and about the root, without the names of directories
 * that only some people have. To be freed by the caller; NULL without memory.
 */
char *blot_mounts(const char *mountinfo);

/* A report, passthru-report(5), and /proc/swaps without such names. The same. */
char *blot_report(const char *report);
char *blot_swaps(const char *swaps);

/* The kind of a device-mapper device stays, and what tells LVM's groups apart. In place.
 */
void blot_dm_uuid(char *uuid);

#endif
