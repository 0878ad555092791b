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

static size_t word_length(const char *at)
{
	bool quoted = false;
	size_t length = 0;

	for (; at[length] && (quoted || !strchr(" \t", at[length])); length++)
		if (at[length] == '"')
			quoted = !quoted;
	return length;
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
	*ret = (struct wordlist){ 0 };
	for (line += strspn(line, " \t"); *line; line += strspn(line, " \t")) {
		size_t length = word_length(line);
		char *word = strndup(line, length);
		int r = word ? wordlist_insert(ret, ret->count, word) : -ENOMEM;

		free(word);
		if (r < 0) {
			wordlist_free(ret);
			return r;
		}
		line += length;
	}
	return 0;
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
	size_t size;
	FILE *file;

	free(wordlist->joined);
	wordlist->joined = NULL;
	file = open_memstream(&wordlist->joined, &size);
	if (!file)
		return -ENOMEM;
	for (size_t i = from; i < wordlist->count; i++)
		fprintf(file, "%s%s", i > from ? " " : "", wordlist->items[i]);
	return fclose(file) == 0 ? 0 : -ENOMEM;
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
