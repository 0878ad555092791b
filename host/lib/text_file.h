/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LIB_TEXT_FILE_H
#define PASSTHRU_LIB_TEXT_FILE_H

#include <stdio.h>

/* Text in memory that is written like a file. */
struct text_file {
	FILE *file;
	char *text;
	size_t size;
};

/* Opens an empty one. Returns what to write to; NULL without memory. */
FILE *text_file_open(struct text_file *ret);

/*
 * Closes it, in whatever state. Returns the text, freed by the caller; NULL if there was
 * not enough memory for all of it, or if it is not open.
 */
char *text_file_close(struct text_file *text);

#endif
