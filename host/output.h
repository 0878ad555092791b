/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_OUTPUT_H
#define PASSTHRU_OUTPUT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "util.h"

enum style { STYLE_PLAIN, STYLE_TITLE, STYLE_DIM, STYLE_GOOD, STYLE_NOTE, STYLE_BAD };

/* How a stream is written to. */
struct output {
	FILE *file; /* standard output or standard error */
	bool is_coloured;
	unsigned width; /* columns; 0 where lines may be of any length */
};

/*
 * Colours only on a terminal that has them and where NO_COLOR is not set; the width is
 * what COLUMNS says or that of the terminal, 80 where neither is known; none where the
 * file is no terminal.
 */
void output_open(FILE *file, struct output *ret);

/* Prints the text in that style; what could command a terminal becomes "?". */
void output_styled(const struct output *output, enum style style, const char *text);

/* The text, to be freed by the caller; NULL where there is no memory for it. */
char *output_format(const char *format, va_list arguments) _printf_(1, 0);

/*
 * Prints the text broken at blanks, every line after the first one indented by so many
 * columns; column says where the cursor is. Ends with a newline.
 */
void output_wrapped(const struct output *output, enum style style, unsigned column,
		    unsigned indent, const char *format, ...) _printf_(5, 6);

#endif
