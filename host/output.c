/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "output.h"

#define WIDTH_MIN 40

static const char *const sequences[] = {
	[STYLE_PLAIN] = "",	   [STYLE_TITLE] = "\033[1m", [STYLE_DIM] = "\033[2m",
	[STYLE_GOOD] = "\033[32m", [STYLE_NOTE] = "\033[33m", [STYLE_BAD] = "\033[31m",
};

static unsigned terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int width = columns ? atoi(columns) : 0;

	if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width <= 0)
		width = 80;
	return width < WIDTH_MIN ? WIDTH_MIN : (unsigned)width;
}

void output_open(struct output *ret)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	*ret = (struct output){ 0 };
	if (!isatty(STDOUT_FILENO))
		return;
	ret->width = terminal_width();
	ret->is_coloured =
		!(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0;
}

static void put_plain(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		putchar((c < ' ' && c != '\t') || c == 0x7f ? '?' : c);
	}
}

static void put_styled(const struct output *output, enum style style, const char *text,
		       size_t length)
{
	bool styled = output->is_coloured && style != STYLE_PLAIN;

	if (styled)
		fputs(sequences[style], stdout);
	put_plain(text, length);
	if (styled)
		fputs("\033[0m", stdout);
}

void output_styled(const struct output *output, enum style style, const char *text)
{
	put_styled(output, style, text, strlen(text));
}

/* As many bytes as fit into so many columns, up to a blank if there is one. */
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

void output_wrapped(const struct output *output, enum style style, unsigned column,
		    unsigned indent, const char *format, ...)
{
	char buffer[2048];
	const char *text = buffer;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(buffer, sizeof(buffer), format, arguments);
	va_end(arguments);
	for (;;) {
		unsigned room = output->width > column + 8 ? output->width - column : 8;
		size_t length = output->width ? find_break(text, room) : strlen(text);

		put_styled(output, style, text, length);
		putchar('\n');
		text += length;
		while (*text == ' ')
			text++;
		if (!*text)
			return;
		printf("%*s", (int)indent, "");
		column = indent;
	}
}
