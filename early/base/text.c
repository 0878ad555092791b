/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

bool text_is_space(char c)
{
	/* With Latin-1's no-break space: _ctype[] in lib/ctype.c. */
	return c == ' ' || (c >= '\t' && c <= '\r') || (unsigned char)c == 0xa0;
}

static int hex_digit(char c)
{
	unsigned digit = (unsigned char)c - (unsigned)'0';

	if (digit < 10)
		return (int)digit;
	digit = ((unsigned char)c | 0x20u) - 'a';
	return digit < 6 ? (int)digit + 10 : -1;
}

int text_read_hex(struct text_cursor *cursor, unsigned max_digits, uint32_t *ret)
{
	const char *at = cursor->at;
	const char *end =
		cursor->end - at > (ptrdiff_t)max_digits ? at + max_digits : cursor->end;
	uint32_t value = 0;
	int digit;

	for (; at < end && (digit = hex_digit(*at)) >= 0; at++)
		value = value << 4 | (uint32_t)digit;
	if (at == cursor->at)
		return -EINVAL;
	cursor->at = at;
	*ret = value;
	return 0;
}

bool text_skip(struct text_cursor *cursor, char c)
{
	if (cursor->at == cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

bool text_skip_word(struct text_cursor *cursor, const char *word)
{
	const char *at = cursor->at;

	for (; *word; word++, at++)
		if (at == cursor->end || *at != *word)
			return false;
	cursor->at = at;
	return true;
}

struct span span_of(const char *string)
{
	return (struct span){ .at = string, .length = strlen(string) };
}

struct span span_trim(struct span span)
{
	while (span.length > 0 && text_is_space(span.at[0])) {
		span.at++;
		span.length--;
	}
	while (span.length > 0 && text_is_space(span.at[span.length - 1]))
		span.length--;
	return span;
}

bool span_equals(struct span span, const char *string)
{
	return span.length == strlen(string) && memcmp(span.at, string, span.length) == 0;
}

static char fold_dash(char c)
{
	return c == '-' ? '_' : c;
}

bool span_is_in(struct span word, const char *list)
{
	struct text_cursor rest = { list, list + strlen(list) };
	struct span item;

	while ((item = text_next_word(&rest)).length)
		if (item.length == word.length &&
		    memcmp(item.at, word.at, word.length) == 0)
			return true;
	return false;
}

bool span_is_one_of(struct span span, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_equals(span, words[i]))
			return true;
	return false;
}

bool span_equals_name(struct span span, const char *name)
{
	if (span.length != strlen(name))
		return false;
	for (size_t i = 0; i < span.length; i++)
		if (fold_dash(span.at[i]) != fold_dash(name[i]))
			return false;
	return true;
}

bool text_equals_name(const char *a, const char *b)
{
	return span_equals_name(span_of(a), b);
}

bool span_skip_prefix(struct span *span, const char *prefix)
{
	struct text_cursor cursor = { span->at, span->at + span->length };

	if (!text_skip_word(&cursor, prefix))
		return false;
	*span = (struct span){ cursor.at, (size_t)(cursor.end - cursor.at) };
	return true;
}

struct span span_until(struct span span, char c)
{
	const char *at = memchr(span.at, c, span.length);

	if (at)
		span.length = (size_t)(at - span.at);
	return span;
}

bool span_next_item(struct span *list, struct span *ret_item)
{
	const char *comma;
	size_t length;

	if (!list->at)
		return false;
	comma = memchr(list->at, ',', list->length);
	length = comma ? (size_t)(comma - list->at) : list->length;
	*ret_item = span_trim((struct span){ .at = list->at, .length = length });
	if (comma) {
		list->at = comma + 1;
		list->length -= length + 1;
	} else {
		list->at = NULL;
	}
	return true;
}

bool text_read_pair(const char *text, unsigned *ret_first, unsigned *ret_second)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	*ret_first = (unsigned)strtoul(text, &end, 10);
	if (end[0] != ':' || !isdigit((unsigned char)end[1]))
		return false;
	*ret_second = (unsigned)strtoul(end + 1, NULL, 10);
	return true;
}

bool text_next_line(const char **text, struct text_cursor *ret_line)
{
	size_t length = strcspn(*text, "\n");

	if (!**text)
		return false;
	*ret_line = (struct text_cursor){ *text, *text + length };
	*text += length;
	*text += **text == '\n';
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct span text_next_word(struct text_cursor *line)
{
	struct span word;

	while (line->at < line->end && is_blank(*line->at))
		line->at++;
	word = (struct span){ line->at, 0 };
	while (line->at < line->end && !is_blank(*line->at))
		line->at++;
	word.length = (size_t)(line->at - word.at);
	return word;
}

/* No name of ours is longer. */
#define DISTANCE_MAX 32

static bool is_same_letter(struct span a, size_t i, struct span b, size_t j)
{
	return tolower((unsigned char)a.at[i]) == tolower((unsigned char)b.at[j]);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The optimal string alignment distance. */
static size_t count_changes(struct span a, struct span b)
{
	size_t rows[3][DISTANCE_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b.length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.length; i++) {
		size_t *free_row = before;

		before = last;
		last = row;
		row = free_row;
		row[0] = i;
		for (size_t j = 1; j <= b.length; j++) {
			row[j] = smaller(last[j], row[j - 1]) + 1;
			row[j] = smaller(row[j], last[j - 1] + !is_same_letter(a, i - 1,
									       b, j - 1));
			if (i > 1 && j > 1 && is_same_letter(a, i - 1, b, j - 2) &&
			    is_same_letter(a, i - 2, b, j - 1))
				row[j] = smaller(row[j], before[j - 2] + 1);
		}
	}
	return row[b.length];
}

size_t text_slips(struct span a, struct span b)
{
	size_t longer = a.length > b.length ? a.length : b.length;
	size_t changes;

	if (longer > DISTANCE_MAX)
		return SIZE_MAX;
	changes = count_changes(a, b);
	return changes > 2 || changes > longer / 3 ? SIZE_MAX : changes;
}
