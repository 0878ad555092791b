/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_DUMP_DUMP_H
#define PASSTHRU_DUMP_DUMP_H

#include "host.h"

/*
 * A dump is a tar archive for bug reports, compressed according to its suffix (.tar,
 * .tar.gz, .tar.zst). It contains the files in /sys, /proc, /etc and /run that this
 * program and passthru-early read. Private data is redacted, see redact.h.
 */

/* Returns 0, or a negative errno after a message. */
int dump_write(const struct host *host, const char *file);

#endif
