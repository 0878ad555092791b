/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
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

static bool next_word(struct text_cursor *rest, struct parameter *ret)
{
	const char *end;

	*ret = (struct parameter){ 0 };
	while (rest->at < rest->end && text_is_space(*rest->at))
		rest->at++;
	if (rest->at == rest->end)
		return false;
	end = find_word_end(rest->at, rest->end);
	*ret = split_word(rest->at, end);
	rest->at = end;
	return true;
}

static bool is_end(const struct parameter *word)
{
	return !word->value.at && span_equals(word->name, "--");
}

bool tokenizer_next(struct text_cursor *rest, struct parameter *ret)
{
	return next_word(rest, ret) && !is_end(ret);
}

static int add_word(struct cmdline *cmdline, const struct parameter *word)
{
	struct parameter *added = array_append(cmdline->words, cmdline->total);

	if (!added)
		return -ENOMEM;
	*added = *word;
	return 0;
}

int cmdline_split(const char *text, struct cmdline *ret)
{
	struct text_cursor rest = { .at = text, .end = text + strlen(text) };
	struct parameter word;
	bool is_for_init = false;
	int r = 0;

	*ret = (struct cmdline){ 0 };
	while (r == 0 && next_word(&rest, &word)) {
		is_for_init |= is_end(&word);
		r = add_word(ret, &word);
		if (!is_for_init)
			ret->count = ret->total;
	}
	return r;
}

int cmdline_append(struct cmdline *cmdline, const struct parameter *words, size_t count)
{
	int r = 0;

	cmdline->total = cmdline->count;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_word(cmdline, &words[i]);
	cmdline->count = cmdline->total;
	return r;
}

bool cmdline_has(const struct cmdline *cmdline, const char *name)
{
	return cmdline_find(cmdline, name);
}

const struct parameter *cmdline_find(const struct cmdline *cmdline, const char *name)
{
	for (size_t i = cmdline->count; i-- > 0;)
		if (span_equals(cmdline->words[i].name, name))
			return &cmdline->words[i];
	return NULL;
}

bool name_is_plain(struct span name, size_t size)
{
	for (size_t i = 0; i < name.length; i++) {
		char c = name.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return name.length > 0 && name.length < size;
}

void cmdline_free(struct cmdline *cmdline)
{
	free(cmdline->words);
	free(cmdline->config);
	*cmdline = (struct cmdline){ 0 };
}
