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
 * program and passthru-early read. Private data is redacted, see redact.h.
 */

/* Returns 0, or a negative errno after a message. */
int dump_write(const struct host *host, const char *file);

/* -- unpack -------------------------------------------------------------------------- */

/*
 * Unpacks an untrusted dump into the directory. Returns 0; -EINVAL if it is no archive or
 * has a member that is not accepted; -EFBIG if it is too large; or another negative
 * errno.
 */
int unpack_dump(const char *file, int directory_fd);

#endif
