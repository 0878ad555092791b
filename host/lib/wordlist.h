/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LIB_WORDLIST_H
#define PASSTHRU_LIB_WORDLIST_H

#include <stdbool.h>
#include <stddef.h>

/* A line taken apart at its blanks; double quotes protect them, and stay. */
struct wordlist {
	char **items;
	size_t count;
	char *joined; /* by wordlist_join() */
};

/* Returns 0 or -ENOMEM; release with wordlist_free() if 0. */
int wordlist_split(const char *line, struct wordlist *ret);
void wordlist_free(struct wordlist *wordlist);

void wordlist_remove(struct wordlist *wordlist, size_t index);
int wordlist_insert(struct wordlist *wordlist, size_t index, const char *word);

/* Joins the words from there on with blanks, into words->joined. */
int wordlist_join(struct wordlist *wordlist, size_t from);

/* Whether all the words of a line, one at least, are in another one, too. */
bool wordlist_contains(const char *line, const char *in);

/* Takes a pair of double quotes off, in place. */
char *wordlist_unquote(char *word);

#endif
