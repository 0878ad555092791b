/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BASE_SHELL_VARS_H
#define PASSTHRU_BASE_SHELL_VARS_H

#include "base/text.h"

/*
 * Files of shell assignments, such as initramfs.conf, /etc/default/grub and dracut.conf.
 * Anything but plain assignments is not understood, and reported as such. The language of
 * grub.cfg is another one: see boot/grub_script.h.
 */
struct shell_assignment {
	struct span name;
	struct span raw; /* the value as written, with quotes */
	bool appends;	 /* += */
	/*
	 * It uses no commands and no variables but its own, its quotes are closed, and
	 * nothing follows on the line.
	 */
	bool is_plain;
	bool is_closed; /* its quotes are, and nothing follows on the line */
};

/*
 * Finds the next assignment: at the beginning of a line, after "export", or after another
 * one. Returns false at the end.
 */
bool shell_vars_next(const char **text, struct shell_assignment *ret);

/*
 * The value without quotes; old replaces $name and ${name} of the assigned variable
 * itself. Freed by the caller; NULL without memory.
 */
char *shell_vars_value(const struct shell_assignment *assignment, const char *old);

/*
 * The value of a variable after the file, if it was old ("" for none) before. Sets
 * *ret_plain to false if an assignment is not plain. Freed by the caller; NULL without
 * memory.
 */
char *shell_vars_resolve(const char *text, const char *name, const char *old,
			 bool *ret_plain);

#endif
