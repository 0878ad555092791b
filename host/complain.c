/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "complain.h"
#include "output.h"

static void say_after(const char *before, const char *format, va_list arguments)
{
	struct output output;
	char *text;

	fflush(stdout);
	output_open(stderr, &output);
	text = output_format(format, arguments);
	output_wrapped(&output, STYLE_PLAIN, 0, 2, "%s%s", before, text ? text : format);
	free(text);
}

void complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_after("passthru: ", format, arguments);
	va_end(arguments);
}

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_after("", format, arguments);
	va_end(arguments);
}
