/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_EDIT_CHANGE_H
#define PASSTHRU_EDIT_CHANGE_H

#include <stdbool.h>

#include "ui/ui.h"

/* A text file, and what becomes of it. Both texts are owned. */
struct change {
	char path[256]; /* relative to the root, without a leading "/" */
	char *old;	/* NULL: the file is new */
	char *new;	/* NULL: the file is removed */
};

/*
 * Reads a file that may be changed, with old and new as it is. Returns 0; -ENOENT if
 * there is none, which leaves both NULL; -ELOOP if it must not be changed, because it is
 * not a regular file, has several names or is not below the root; or another negative
 * errno. Release with change_free() in any case.
 */
int change_open(int root_fd, const char *path, struct change *ret);
void change_free(struct change *change);

/* Whether the old and the new text differ. */
bool change_is_any(const struct change *change);

/*
 * Prints it as diff -u does, for patch -p1. Returns 0; -ENOENT if there is no diff(1); or
 * another negative errno.
 */
int change_print(const struct output *output, const struct change *change);

/* Says why change_print() failed; the command then changes nothing. */
void change_warn_unprinted(int r);

#endif
