/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_DUMP_H
#define PASSTHRU_DUMP_H

#include "host.h"

/*
 * A dump is a tar archive, compressed as its name ends (.tar, .tar.gz, .tar.zst), of the
 * files below /sys, /proc, /etc and /run that this program and passthru-early read: what
 * a report about a machine needs. There are no serial numbers in it. The one file that
 * knows libarchive.
 */

/* Returns 0, or a negative errno after having said what is wrong. */
int dump_write(const struct host *host, const char *file);

/*
 * Unpacks a dump into the directory. Only plain files, directories and symbolic links
 * that stay inside are taken; anything else is -EINVAL. Returns 0 or a negative errno.
 */
int dump_unpack(const char *file, int directory_fd);

#endif
