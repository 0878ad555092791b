/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BASE_TEXT_H
#define PASSTHRU_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A piece of text without a NUL at its end, such as a part of the kernel command line. A
 * span does not own its text.
 */
struct span {
	const char *at;
	size_t length;
};

/* The rest of a span that is being read. */
struct text_cursor {
	const char *at;
	const char *end;
};

/* White space for the kernel's command line parser, except NUL. */
bool text_is_space(char c);

/*
 * Reads one to max_digits (at most 8) hex digits. Returns 0, or -EINVAL if there is no
 * digit: then the cursor stays. klibc's strtoul() does not report overflow, and sscanf()
 * accepts signs and spaces.
 */
int text_read_hex(struct text_cursor *cursor, unsigned max_digits, uint32_t *ret);

/* Steps over the byte c if it comes next. Returns whether it does. */
bool text_skip(struct text_cursor *cursor, char c);

/* Steps over the word if it comes next. Returns whether it does. */
bool text_skip_word(struct text_cursor *cursor, const char *word);

struct span span_of(const char *string);
struct span span_trim(struct span span);
bool span_equals(struct span span, const char *string);

/* Whether it equals one of the words. */
bool span_is_one_of(struct span span, const char *const *words, size_t count);

/* The same as span_equals(), but "-" equals "_", as in all kernel parameters. */
bool span_equals_name(struct span span, const char *name);

/* The same for two strings: a driver and its module differ only in this. */
bool text_equals_name(const char *a, const char *b);

/* Steps over the prefix if the span begins with it. Returns whether it does. */
bool span_skip_prefix(struct span *span, const char *prefix);

/* The beginning of the span up to the first c, or all of it. */
struct span span_until(struct span span, char c);

/*
 * Takes the next item from *list, which begins as the whole comma-separated list. The
 * item is trimmed and may be empty. Returns false after the last one; then list->at is
 * NULL.
 */
bool span_next_item(struct span *list, struct span *ret_item);

/*
 * Reads "MAJOR:MINOR" at the beginning of the text. Returns whether it is there. Nothing
 * else would need sscanf(), which is 1,800 bytes of klibc.
 */
bool text_read_pair(const char *text, unsigned *ret_first, unsigned *ret_second);

/*
 * Takes the next line from *text, without the newline, which the last one may lack.
 * Returns false at the end.
 */
bool text_next_line(const char **text, struct text_cursor *ret_line);

/* Takes the next word: up to a blank or a tab. It is empty at the end. */
struct span text_next_word(struct text_cursor *line);

/*
 * The number of insertions, deletions and replacements that turn a into b; SIZE_MAX if
 * one of them is longer than 32 bytes.
 */
size_t text_distance(struct span a, struct span b);

#endif
