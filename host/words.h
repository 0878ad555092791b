/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_WORDS_H
#define PASSTHRU_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* A line taken apart at its blanks; double quotes protect them, and stay. */
struct words {
	char **items;
	size_t count;
	char *joined; /* by words_join() */
};

/* Returns 0 or -ENOMEM; release with words_free() if 0. */
int words_split(const char *line, struct words *ret);
void words_free(struct words *words);

void words_remove(struct words *words, size_t index);
int words_insert(struct words *words, size_t index, const char *word);

/* Joins the words from there on with blanks, into words->joined. */
int words_join(struct words *words, size_t from);

/* Whether all the words of a line, one at least, are in another one, too. */
bool words_contain(const char *line, const char *in);

/* Takes a pair of double quotes off, in place. */
char *words_unquote(char *word);

#endif
