/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replaces early/base/log_kmsg.c: in this program the shared stages write neither to the
 * kernel log nor to the terminal. A command can capture their messages.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "ui/log_capture.h"

static FILE *file;
static char *text;
static size_t size;

void log_open(int root_fd, bool also_stderr, bool verbose)
{
	(void)root_fd;
	(void)also_stderr;
	(void)verbose;
}

void log_set_verbose(void)
{
}

void log_line(enum log_level level, const char *format, ...)
{
	va_list arguments;

	(void)level;
	if (!file)
		return;
	va_start(arguments, format);
	vfprintf(file, format, arguments);
	va_end(arguments);
	fputc('\n', file);
}

void log_debug(const char *format, ...)
{
	(void)format;
}

void log_capture_begin(void)
{
	file = open_memstream(&text, &size);
}

char *log_capture_end(void)
{
	char *taken = NULL;

	if (file && fclose(file) == 0)
		taken = take_pointer(text);
	file = NULL;
	return taken;
}
