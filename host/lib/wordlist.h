/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LIB_WORDLIST_H
#define PASSTHRU_LIB_WORDLIST_H

#include <stdbool.h>
#include <stddef.h>

/* The words of a line. Double quotes protect blanks and remain in the words. */
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

/* Joins the words from that index on, in wordlist->joined. Returns 0 or -ENOMEM. */
int wordlist_join(struct wordlist *wordlist, size_t from);

/* Whether the line has any words, and all of them are in the other one as well. */
bool wordlist_contains(const char *line, const char *in);

/* Removes the double quotes around a word, in place. */
char *wordlist_unquote(char *word);

#endif
