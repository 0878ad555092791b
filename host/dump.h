/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_DUMP_H
#define PASSTHRU_DUMP_H

#include "host.h"

/*
 * A dump is a tar archive, compressed as its name ends (.tar, .tar.gz, .tar.zst), of the
 * files below /sys, /proc, /etc and /run that this program and passthru-early read: what
 * a report about a machine needs. What is private is blotted out, see blot.h.
 */

/* Returns 0, or a negative errno after having said what is wrong. */
int dump_write(const struct host *host, const char *file);

#endif
