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
 * .tar.gz, .tar.zst). It contains what this program and passthru-early read of the files
 * in /sys, /proc, /etc and /run. What is not understood is replaced, see struct
 * redaction.
 */

/*
 * Makes the file, for its owner only. Returns 0; -EINVAL if its name does not end in
 * .tar, .tar.gz, .tar.zst or the like; -EEXIST if it is there, also as a link; or another
 * negative errno. Then there is no file that was not there before. Says what is left out.
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
