/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LIB_SHELL_VARS_H
#define PASSTHRU_LIB_SHELL_VARS_H

#include "base/text.h"

/*
 * Files that a shell reads for the variables they set: /etc/default/grub, dracut.conf.
 * What is more than plain assignments is not understood, and said not to be.
 */
struct shell_assignment {
	struct span name;
	struct span raw; /* the value as written, quotes and all */
	bool appends;	 /* += */
	/*
	 * No commands and no variables in it but its own, its quotes end, and nothing
	 * follows in its line.
	 */
	bool is_plain;
};

/*
 * Takes the next assignment at the beginning of a line off *text. Returns false at the
 * end.
 */
bool shell_vars_next(const char **text, struct shell_assignment *ret);

/*
 * The value without its quotes, with $name and ${name} replaced by old where name is the
 * assignment's own. To be freed by the caller; NULL without memory.
 */
char *shell_vars_value(const struct shell_assignment *assignment, const char *old);

/* Whether the value that the variable had before is part of the new one. */
bool shell_vars_keeps_old(const struct shell_assignment *assignment);

/*
 * What a file makes of a variable that had the value old ("" for none) before. *ret_plain
 * becomes false where it is not understood. To be freed by the caller.
 */
char *shell_vars_resolve(const char *text, const char *name, const char *old,
			 bool *ret_plain);

#endif
