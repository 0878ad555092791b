/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_GRUB_SCRIPT_H
#define PASSTHRU_BOOT_GRUB_SCRIPT_H

#include <stdbool.h>

#include "lib/lib.h"

/*
 * GRUB's own language, which looks like that of a shell: "set" assigns, menus and
 * functions have blocks, and variables are replaced in commands. base/shell_vars.h reads
 * the assignments of real shells.
 */

/* The variables of a GRUB script. */
struct grub_variables {
	struct grub_variable {
		char *name, *value;
	} * items;
	size_t count;
};

/* Returns NULL if the variable is not set. */
const char *grub_variable(const struct grub_variables *variables, const char *name);

/*
 * Copies both. Values are truncated to 8191 bytes; after 1024 variables, new ones are
 * ignored. Returns 0 or -ENOMEM.
 */
int grub_variable_set(struct grub_variables *variables, const char *name,
		      const char *value);
void grub_variables_free(struct grub_variables *variables);

/*
 * Reads the next command of a GRUB script and advances *text: the words without quotes,
 * with variables replaced by their values. "{" is the last word of its command; "}",
 * "then", "else" and "do" are commands by themselves. *ret_unset tells whether the
 * command uses a variable without a known value. Returns 1; 0 at the end; or -ENOMEM. If
 * 1, release with wordlist_free().
 */
int grub_script_next(const char **text, const struct grub_variables *variables,
		     struct wordlist *ret, bool *ret_unset);

/*
 * Joins the words from that index on, as the kernel gets them: words with blanks are in
 * double quotes. Freed by the caller; NULL without memory.
 */
char *grub_script_join(const struct wordlist *wordlist, size_t from);

#endif
