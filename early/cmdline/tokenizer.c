/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmdline/cmdline.h"

/* The end of the word that begins at from: the first space outside quotes. */
static const char *find_word_end(const char *from, const char *end)
{
	bool quoted = false;

	for (; from < end; from++) {
		if (*from == '"')
			quoted = !quoted;
		else if (text_is_space(*from) && !quoted)
			break;
	}
	return from;
}

/*
 * The kernel strips only an outer pair of quotes, around the word or around the value,
 * and for both only one quote at the end. An inner quote stays, so the item is malformed
 * and the user is told. A "=" at the beginning is part of the name.
 */
static struct parameter split_word(const char *at, const char *end)
{
	bool word_quoted = at < end && *at == '"', value_quoted;
	const char *equals = NULL, *value;

	at += word_quoted;
	if (end - at > 1)
		equals = memchr(at + 1, '=', (size_t)(end - at) - 1);
	if (!equals) {
		if (word_quoted && end > at && end[-1] == '"')
			end--;
		return (struct parameter){ .name = { at, (size_t)(end - at) } };
	}
	value = equals + 1;
	value_quoted = value < end && *value == '"';
	value += value_quoted;
	if ((word_quoted || value_quoted) && end > value && end[-1] == '"')
		end--;
	return (struct parameter){ .name = { at, (size_t)(equals - at) },
				   .value = { value, (size_t)(end - value) } };
}

bool tokenizer_next(struct text_cursor *rest, struct parameter *ret)
{
	const char *end;

	while (rest->at < rest->end && text_is_space(*rest->at))
		rest->at++;
	if (rest->at == rest->end)
		return false;
	end = find_word_end(rest->at, rest->end);
	*ret = split_word(rest->at, end);
	rest->at = end;
	return ret->value.at || !span_equals(ret->name, "--");
}
