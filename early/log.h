/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LOG_H
#define PASSTHRU_LOG_H

#include <stdbool.h>

#include "util.h"

/* Severities of syslog(3). */
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6 };

/*
 * Lines go to root_fd's dev/kmsg, which must stay open, and with also_stderr (or where
 * there is no kmsg) to standard error. With verbose, log_debug() speaks too.
 */
void log_open(int root_fd, bool also_stderr, bool verbose);

/* Turns verbose on, once the command line has been read. */
void log_set_verbose(void);

/*
 * One line, "passthru: " before it, no newline at its end. The kernel cuts records, and
 * this cuts with it, at 480 bytes. Bytes that are no printable ASCII become "?".
 */
void log_line(enum log_level level, const char *format, ...) _printf_(2, 3);
void log_debug(const char *format, ...) _printf_(1, 2);

#endif
