/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

static size_t word_length(const char *at)
{
	bool quoted = false;
	size_t length = 0;

	for (; at[length] && (quoted || !strchr(" \t", at[length])); length++)
		if (at[length] == '"')
			quoted = !quoted;
	return length;
}

int words_insert(struct words *words, size_t index, const char *word)
{
	char **larger = realloc(words->items, (words->count + 1) * sizeof(larger[0]));
	char *copy = strdup(word);

	if (larger)
		words->items = larger;
	if (!larger || !copy) {
		free(copy);
		return -ENOMEM;
	}
	memmove(&larger[index + 1], &larger[index],
		(words->count - index) * sizeof(larger[0]));
	larger[index] = copy;
	words->count++;
	return 0;
}

int words_split(const char *line, struct words *ret)
{
	*ret = (struct words){ 0 };
	for (line += strspn(line, " \t"); *line; line += strspn(line, " \t")) {
		size_t length = word_length(line);
		char *word = strndup(line, length);
		int r = word ? words_insert(ret, ret->count, word) : -ENOMEM;

		free(word);
		if (r < 0) {
			words_free(ret);
			return r;
		}
		line += length;
	}
	return 0;
}

void words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
	free(words->joined);
	*words = (struct words){ 0 };
}

void words_remove(struct words *words, size_t index)
{
	free(words->items[index]);
	words->count--;
	memmove(&words->items[index], &words->items[index + 1],
		(words->count - index) * sizeof(words->items[0]));
}

int words_join(struct words *words, size_t from)
{
	size_t size;
	FILE *file;

	free(words->joined);
	words->joined = NULL;
	file = open_memstream(&words->joined, &size);
	if (!file)
		return -ENOMEM;
	for (size_t i = from; i < words->count; i++)
		fprintf(file, "%s%s", i > from ? " " : "", words->items[i]);
	return fclose(file) == 0 ? 0 : -ENOMEM;
}

static bool has_word(const struct words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->items[i], word) == 0)
			return true;
	return false;
}

bool words_contain(const char *line, const char *in)
{
	struct words wanted, there;
	bool all;

	if (words_split(line, &wanted) < 0)
		return false;
	if (words_split(in, &there) < 0) {
		words_free(&wanted);
		return false;
	}
	all = wanted.count > 0;
	for (size_t i = 0; all && i < wanted.count; i++)
		all = has_word(&there, wanted.items[i]);
	words_free(&wanted);
	words_free(&there);
	return all;
}

char *words_unquote(char *word)
{
	size_t length = strlen(word);

	if (length > 0 && word[length - 1] == '"')
		word[length - 1] = '\0';
	return word + (word[0] == '"');
}
