/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

#define LINE_SIZE 480

static int root = -1;
static bool to_stderr;
static bool is_verbose;

void log_open(int root_fd, bool also_stderr, bool verbose)
{
	root = root_fd;
	to_stderr = also_stderr;
	is_verbose = verbose;
}

void log_set_verbose(void)
{
	is_verbose = true;
}

/* Returns whether all of it was written. */
static bool write_line(int fd, const char *line, size_t length)
{
	return write(fd, line, length) == (ssize_t)length;
}

/*
 * Opens the file again for every line: devkmsg_write() in kernel/printk/printk.c accepts
 * ten lines in five seconds per open file, so a machine with many functions would lose
 * the summary.
 */
static bool write_kmsg(const char *line, size_t length)
{
	_cleanup_close_ int fd =
		openat(root, "dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY | O_APPEND);

	return fd >= 0 && write_line(fd, line, length);
}

static void log_write(enum log_level level, const char *format, va_list arguments)
{
	/* 24 is the daemon facility of syslog(3); the default is "user". */
	char line[LINE_SIZE];
	int prefix = snprintf(line, sizeof(line), "<%d>", 24 + level);
	int name = snprintf(line + prefix, sizeof(line) - (size_t)prefix, "passthru: ");
	size_t start = (size_t)(prefix + name), length;

	vsnprintf(line + start, sizeof(line) - start - 1, format, arguments);
	length = strlen(line);
	for (size_t i = 0; i < length; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '?';
	line[length++] = '\n';
	if (!write_kmsg(line, length) || to_stderr)
		write_line(STDERR_FILENO, line + prefix, length - (size_t)prefix);
}

void log_line(enum log_level level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_write(level, format, arguments);
	va_end(arguments);
}

void log_debug(const char *format, ...)
{
	va_list arguments;

	if (!is_verbose)
		return;
	va_start(arguments, format);
	log_write(LOG_LEVEL_INFO, format, arguments);
	va_end(arguments);
}
