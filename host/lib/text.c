/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"

FILE *text_file_open(struct text_file *ret)
{
	*ret = (struct text_file){ 0 };
	ret->file = open_memstream(&ret->text, &ret->size);
	return ret->file;
}

char *text_file_close(struct text_file *text)
{
	_cleanup_free_ char *written = NULL;
	bool good = text->file && !ferror(text->file);

	/* The text is there to be freed even if closing fails. */
	if (text->file && fclose(text->file) != 0)
		good = false;
	written = text->text;
	*text = (struct text_file){ 0 };
	return good ? take_pointer(written) : NULL;
}

/* -- words --------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct span wordlist_next_blanks(struct text_cursor *rest)
{
	const char *start = rest->at;

	while (rest->at < rest->end && is_blank(*rest->at))
		rest->at++;
	return (struct span){ start, (size_t)(rest->at - start) };
}

struct span wordlist_next(struct text_cursor *rest)
{
	const char *start = rest->at;
	bool quoted = false;

	for (; rest->at < rest->end && (quoted || !is_blank(*rest->at)); rest->at++)
		if (*rest->at == '"')
			quoted = !quoted;
	return (struct span){ start, (size_t)(rest->at - start) };
}

int wordlist_insert(struct wordlist *wordlist, size_t index, const char *word)
{
	char *copy = strdup(word);
	char **added = copy ? array_append(wordlist->items, wordlist->count) : NULL;

	if (!added) {
		free(copy);
		return -ENOMEM;
	}
	memmove(&wordlist->items[index + 1], &wordlist->items[index],
		(wordlist->count - 1 - index) * sizeof(wordlist->items[0]));
	wordlist->items[index] = copy;
	return 0;
}

int wordlist_split(const char *line, struct wordlist *ret)
{
	struct text_cursor rest = { line, line + strlen(line) };

	*ret = (struct wordlist){ 0 };
	for (;;) {
		_cleanup_free_ char *copy = NULL;
		struct span word;

		wordlist_next_blanks(&rest);
		word = wordlist_next(&rest);
		if (!word.length)
			return 0;
		copy = strndup(word.at, word.length);
		if (!copy || wordlist_insert(ret, ret->count, copy) < 0) {
			wordlist_free(ret);
			return -ENOMEM;
		}
	}
}

void wordlist_free(struct wordlist *wordlist)
{
	for (size_t i = 0; i < wordlist->count; i++)
		free(wordlist->items[i]);
	free(wordlist->items);
	free(wordlist->joined);
	*wordlist = (struct wordlist){ 0 };
}

void wordlist_remove(struct wordlist *wordlist, size_t index)
{
	free(wordlist->items[index]);
	wordlist->count--;
	memmove(&wordlist->items[index], &wordlist->items[index + 1],
		(wordlist->count - index) * sizeof(wordlist->items[0]));
}

int wordlist_join(struct wordlist *wordlist, size_t from)
{
	struct text_file text;
	FILE *file = text_file_open(&text);

	free(wordlist->joined);
	for (size_t i = from; file && i < wordlist->count; i++)
		fprintf(file, "%s%s", i > from ? " " : "", wordlist->items[i]);
	wordlist->joined = text_file_close(&text);
	return wordlist->joined ? 0 : -ENOMEM;
}

static bool has_word(const struct wordlist *wordlist, const char *word)
{
	for (size_t i = 0; i < wordlist->count; i++)
		if (strcmp(wordlist->items[i], word) == 0)
			return true;
	return false;
}

bool wordlist_contains(const char *line, const char *in)
{
	struct wordlist wanted, there;
	bool all;

	if (wordlist_split(line, &wanted) < 0)
		return false;
	if (wordlist_split(in, &there) < 0) {
		wordlist_free(&wanted);
		return false;
	}
	all = wanted.count > 0;
	for (size_t i = 0; all && i < wanted.count; i++)
		all = has_word(&there, wanted.items[i]);
	wordlist_free(&wanted);
	wordlist_free(&there);
	return all;
}

char *wordlist_unquote(char *word)
{
	size_t length = strlen(word);

	if (length > 0 && word[length - 1] == '"')
		word[length - 1] = '\0';
	return word + (word[0] == '"');
}
