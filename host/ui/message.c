/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/ui.h"

static void print_message(const char *prefix, const char *format, va_list arguments)
{
	struct output output;
	char *text;

	fflush(stdout);
	output_open(stderr, &output);
	text = output_format(format, arguments);
	output_wrapped(&output, STYLE_PLAIN, 0, 2, "%s%s", prefix, text ? text : format);
	free(text);
}

void warn(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_message("passthru: ", format, arguments);
	va_end(arguments);
}

void warn_error(int r, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = output_format(format, arguments);
	va_end(arguments);
	warn("%s: %s%s", text ? text : format, strerror(-r),
	     r == -EACCES || r == -EPERM ? "; run this as root" : "");
}

void info(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_message("", format, arguments);
	va_end(arguments);
}
