/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BASE_LOG_H
#define PASSTHRU_BASE_LOG_H

#include <stdbool.h>

#include "base/util.h"

/* Severities of syslog(3). */
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6 };

/*
 * Writes lines to dev/kmsg below root_fd, which must stay open, and with also_stderr or
 * without kmsg to standard error. log_debug() is silent unless verbose is set.
 */
void log_open(int root_fd, bool also_stderr, bool verbose);

/* Sets verbose, once the command line has been read. */
void log_set_verbose(void);

/*
 * Writes one line that begins with "passthru: "; format has no newline. Longer lines are
 * truncated to 480 bytes, since the kernel limits a record. Bytes other than printable
 * ASCII become "?".
 */
void log_line(enum log_level level, const char *format, ...) _printf_(2, 3);
void log_debug(const char *format, ...) _printf_(1, 2);

#endif
