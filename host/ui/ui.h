/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_UI_H
#define PASSTHRU_UI_H

#include <json-c/json.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/base.h"

/* What people and programs read: messages, styled output, JSON. */

/* -- json ---------------------------------------------------------------------------- */

/*
 * The output of --json. Missing values are null, so that all objects of a kind have the
 * same keys.
 *
 * Returns a new object with the keys "format" and "command".
 */
struct json_object *json_begin(const char *command);

/* Prints the object and frees it. Returns 0 or a negative errno. */
int json_end(struct json_object *object);

/*
 * With --json there is always one object. If a command has printed none, json_finish()
 * prints one with "command", which may be NULL, and "errors": what warn() has said since
 * the start, which json_note() collects.
 */
void json_finish(const char *command, bool is_wanted);
void json_note(const char *text);

/* "" and NULL become null, bytes that are not UTF-8 "?". */
void json_add_text(struct json_object *object, const char *key, const char *text);
void json_add_bool(struct json_object *object, const char *key, bool value);
void json_add_number(struct json_object *object, const char *key, int64_t value);
/* An IOMMU group; a negative number becomes null. */
void json_add_group(struct json_object *object, int group);
struct json_object *json_add_array(struct json_object *object, const char *key);

/* Returns a new object at the end of the array. */
struct json_object *json_append(struct json_object *array);
void json_append_text(struct json_object *array, const char *text);

/* -- message ------------------------------------------------------------------------- */

/*
 * Prints a line on standard error: what happened and what to do. A terminal gets it
 * wrapped; control characters become "?".
 */
void warn(const char *format, ...) _printf_(1, 2);

/*
 * The same, followed by what the negative errno r means, and by the advice to be root if
 * that is what was missing.
 */
void warn_error(int r, const char *format, ...) _printf_(2, 3);

/* The same without the name of the program, for progress and questions. */
void info(const char *format, ...) _printf_(1, 2);

/* -- output -------------------------------------------------------------------------- */

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
