/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ui/ui.h"

#define WIDTH_MIN 40

static const char *const sequences[] = {
	[STYLE_PLAIN] = "",	   [STYLE_TITLE] = "\033[1m", [STYLE_DIM] = "\033[2m",
	[STYLE_GOOD] = "\033[32m", [STYLE_NOTE] = "\033[33m", [STYLE_BAD] = "\033[31m",
};

static unsigned terminal_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int width = columns ? atoi(columns) : 0;

	if (width <= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width <= 0)
		width = 80;
	return width < WIDTH_MIN ? WIDTH_MIN : (unsigned)width;
}

void output_open(FILE *file, struct output *ret)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	*ret = (struct output){ .file = file };
	if (!isatty(fileno(file)))
		return;
	ret->width = terminal_width(fileno(file));
	ret->is_coloured =
		!(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0;
}

/* Control characters: those of ASCII except the tab, and U+0080 to U+009F in UTF-8. */
static bool is_control(const char *at)
{
	unsigned char c = (unsigned char)at[0];

	if (c == 0xc2)
		return ((unsigned char)at[1] & 0xe0) == 0x80;
	return (c < ' ' && c != '\t') || c == 0x7f;
}

static void put_plain(FILE *file, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!is_control(text + i)) {
			putc(text[i], file);
			continue;
		}
		putc('?', file);
		i += (unsigned char)text[i] == 0xc2;
	}
}

static void put_styled(const struct output *output, enum style style, const char *text,
		       size_t length)
{
	bool styled = output->is_coloured && style != STYLE_PLAIN;

	if (styled)
		fputs(sequences[style], output->file);
	put_plain(output->file, text, length);
	if (styled)
		fputs("\033[0m", output->file);
}

void output_styled(const struct output *output, enum style style, const char *text)
{
	put_styled(output, style, text, strlen(text));
}

/* The number of bytes that fit into so many columns, up to a blank if there is one. */
static size_t find_break(const char *text, size_t room)
{
	size_t columns = 0, last = 0, i;

	for (i = 0; text[i]; i++) {
		if (text[i] == ' ')
			last = i;
		if (((unsigned char)text[i] & 0xc0) != 0x80 && ++columns > room)
			return last ? last : i + strcspn(text + i, " ");
	}
	return i;
}

static void put_wrapped(const struct output *output, enum style style, unsigned column,
			unsigned indent, const char *text)
{
	for (;;) {
		unsigned room = output->width > column + 8 ? output->width - column : 8;
		size_t length = output->width ? find_break(text, room) : strlen(text);

		put_styled(output, style, text, length);
		putc('\n', output->file);
		text += length;
		while (*text == ' ')
			text++;
		if (!*text)
			return;
		fprintf(output->file, "%*s", (int)indent, "");
		column = indent;
	}
}

char *output_format(const char *format, va_list arguments)
{
	char *text;

	return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

void output_wrapped(const struct output *output, enum style style, unsigned column,
		    unsigned indent, const char *format, ...)
{
	char *text;
	va_list arguments;

	va_start(arguments, format);
	text = output_format(format, arguments);
	va_end(arguments);
	put_wrapped(output, style, column, indent, text ? text : format);
	free(text);
}

/* -- messages ------------------------------------------------------------------------ */

static void print_message(const char *prefix, const char *text)
{
	struct output output;

	fflush(stdout);
	output_open(stderr, &output);
	output_wrapped(&output, STYLE_PLAIN, 0, 2, "%s%s", prefix, text);
}

void warn(const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = output_format(format, arguments);
	va_end(arguments);
	print_message("passthru: ", text ? text : format);
	json_note(text ? text : format);
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
	_cleanup_free_ char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = output_format(format, arguments);
	va_end(arguments);
	print_message("", text ? text : format);
}
