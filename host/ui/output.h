/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_UI_OUTPUT_H
#define PASSTHRU_UI_OUTPUT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/base.h"

enum style { STYLE_PLAIN, STYLE_TITLE, STYLE_DIM, STYLE_GOOD, STYLE_NOTE, STYLE_BAD };

struct output {
	FILE *file; /* standard output or standard error */
	bool is_coloured;
	unsigned width; /* columns; 0: lines are not wrapped */
};

/*
 * If the file is a terminal, the width is COLUMNS, that of the terminal or 80, and there
 * are colours unless NO_COLOR is set or the terminal has none. Otherwise there are no
 * colours and the width is 0.
 */
void output_open(FILE *file, struct output *ret);

/* Prints the text in a style; control characters become "?". */
void output_styled(const struct output *output, enum style style, const char *text);

/* Returns the text, freed by the caller; NULL without memory. */
char *output_format(const char *format, va_list arguments) _printf_(1, 0);

/*
 * Prints the text wrapped at blanks, and a newline. The first line begins in this column,
 * where the cursor is; the others are indented by so many columns.
 */
void output_wrapped(const struct output *output, enum style style, unsigned column,
		    unsigned indent, const char *format, ...) _printf_(5, 6);

#endif
