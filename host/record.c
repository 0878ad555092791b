/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "record.h"

bool record_next(const char **text, struct record *ret)
{
	while (**text == '\n')
		(*text)++;
	if (!**text)
		return false;
	ret->line = (struct span){ *text, strcspn(*text, "\n") };
	*text += ret->line.length;
	return true;
}

bool record_is(const struct record *record, const char *kind)
{
	size_t length = strlen(kind);

	return record->line.length > length &&
	       memcmp(record->line.at, kind, length) == 0 &&
	       record->line.at[length] == '=';
}

static void decode(struct text_cursor cursor, char *value, size_t size)
{
	size_t length = 0;

	while (cursor.at < cursor.end && *cursor.at != ' ' && length + 1 < size) {
		struct text_cursor code = { cursor.at + 1, cursor.end };
		uint32_t byte;

		if (*cursor.at == '%' && text_read_hex(&code, 2, &byte) == 0) {
			value[length++] = (char)byte;
			cursor.at = code.at;
		} else {
			value[length++] = *cursor.at++;
		}
	}
	value[length] = '\0';
}

bool record_get(const struct record *record, const char *key, char *value, size_t size)
{
	struct text_cursor cursor = { record->line.at,
				      record->line.at + record->line.length };

	value[0] = '\0';
	while (cursor.at < cursor.end) {
		struct text_cursor word = cursor;

		if (text_skip_word(&word, key) && text_skip(&word, '=')) {
			decode(word, value, size);
			return true;
		}
		while (cursor.at < cursor.end && *cursor.at++ != ' ')
			;
	}
	return false;
}
