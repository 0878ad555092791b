/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TEXT_H
#define PASSTHRU_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Pieces of text that are not NUL-terminated: parts of the kernel command line, which
 * is kept whole in one buffer. A span never owns what it points to.
 */
struct span {
	const char *at;
	size_t length;
};

/* What is still to be read of a span. */
struct text_cursor {
	const char *at;
	const char *end;
};

/* White space as the kernel's command line parser sees it, the NUL excepted. */
bool text_is_space(char c);

/*
 * Reads one to max_digits (at most 8) hex digits. Returns 0, or -EINVAL where there is
 * no digit, with the cursor left where it was. Our own, since klibc's strtoul() never
 * reports a number that is too large, and sscanf() swallows signs and blanks.
 */
int text_read_hex(struct text_cursor *cursor, unsigned max_digits, uint32_t *ret);

/* Steps over the byte c if it comes next. */
bool text_skip(struct text_cursor *cursor, char c);

/* Steps over the word if it comes next. */
bool text_skip_word(struct text_cursor *cursor, const char *word);

struct span span_of(const char *string);
struct span span_trim(struct span span);
bool span_equals(struct span span, const char *string);

/* As span_equals(), but "-" and "_" are the same, as in all kernel parameters. */
bool span_equals_name(struct span span, const char *name);

/* The same for two strings: a driver and its module differ in nothing else. */
bool text_equals_name(const char *a, const char *b);

/*
 * Splits the next item off a comma-separated list: returns false at its end. The
 * item is what stands between the commas, blanks around it removed; it may be empty.
 * Start with *list being the whole; afterwards list->at is NULL.
 */
bool span_next_item(struct span *list, struct span *ret_item);

/*
 * The number of insertions, deletions and replacements between the two. Texts over 32
 * bytes are as far away as can be (SIZE_MAX).
 */
size_t text_distance(struct span a, struct span b);

#endif
