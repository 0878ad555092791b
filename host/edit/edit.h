/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_EDIT_EDIT_H
#define PASSTHRU_EDIT_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "edit/change.h"

/* A text file, line by line, and its new lines. */
struct edit_line {
	char *old; /* without the newline */
	char *new; /* NULL: the line is removed; old itself: it is unchanged */
};

struct edit {
	char path[256]; /* relative to the root, without a leading "/" */
	char *old;	/* as it was */
	char *text;	/* the lines point into it */
	struct edit_line *lines;
	size_t count;
	bool is_deleted; /* the whole file is removed */
	bool has_end;	 /* its last line ends with a newline */
};

/*
 * Reads a file. Returns 0; -ENOENT; -ELOOP if it must not be edited, because it is not a
 * regular file, has several names or is not below the root; or another negative errno. If
 * 0, release with edit_free().
 */
int edit_open(int root_fd, const char *path, struct edit *ret);
void edit_free(struct edit *edit);

/* Copies the text; NULL removes the line. Returns 0 or -ENOMEM. */
int edit_set(struct edit *edit, size_t line, const char *text);

bool edit_is_changed(const struct edit *edit);

/* The new content of the file, freed by the caller; NULL without memory. */
char *edit_result(const struct edit *edit);

/* The edit as a change of the whole file. Returns 0 or -ENOMEM; release in either case.
 */
int edit_change(const struct edit *edit, struct change *ret);

#endif
