/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_DUMP_H
#define PASSTHRU_DUMP_H

#include <archive_entry.h>
#include <stdbool.h>

#include "host.h"

/* Dumps of machines. */

/* -- dump ---------------------------------------------------------------------------- */

/*
 * A dump is a tar archive for bug reports, compressed according to its suffix (.tar,
 * .tar.gz, .tar.zst). It contains the files in /sys, /proc, /etc and /run that this
 * program and passthru-early read. Private data is redacted, see redact_text().
 */

/*
 * Returns 0; -EINVAL if the name of the file does not end in .tar, .tar.gz or the like;
 * or another negative errno. Says what is left out.
 */
int dump_write(const struct host *host, const char *file);

/* -- unpack -------------------------------------------------------------------------- */

/*
 * Unpacks an untrusted dump into the directory. Returns 0; -EINVAL if it is no archive or
 * has a member that is not accepted; -EFBIG if it is too large; or another negative
 * errno.
 */
int unpack_dump(const char *file, int directory_fd);

#endif
