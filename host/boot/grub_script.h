/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_GRUB_SCRIPT_H
#define PASSTHRU_BOOT_GRUB_SCRIPT_H

#include <stdbool.h>

#include "lib/wordlist.h"

/* GRUB's variables, which its menu and its commands are made with. */
struct grub_variables {
	struct grub_variable {
		char *name, *value;
	} * items;
	size_t count;
};

/* NULL where it is not set. */
const char *grub_variable(const struct grub_variables *variables, const char *name);

/*
 * Copies both. Of a value what is beyond 8191 bytes is cut off, as of a word, and beyond
 * 1024 variables no more are kept. Returns 0 or -ENOMEM.
 */
int grub_variable_set(struct grub_variables *variables, const char *name,
		      const char *value);
void grub_variables_free(struct grub_variables *variables);

/*
 * Takes the next command off a script in GRUB's language: its words without their quotes,
 * with the values of variables in them. What opens and closes a block is a word: "{" is
 * the last one of its command; "}", "then", "else" and "do" are commands of their own.
 * *ret_unset is whether there is a variable in it that has no value here. Returns 1; 0
 * at the end, with no words; or -ENOMEM. Release with wordlist_free() if 1.
 */
int grub_script_next(const char **text, const struct grub_variables *variables,
		     struct wordlist *ret, bool *ret_unset);

/*
 * The words from there on as the kernel gets them, those with blanks in double quotes; to
 * be freed by the caller, NULL without memory.
 */
char *grub_script_join(const struct wordlist *wordlist, size_t from);

#endif
