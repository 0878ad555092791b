/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_EDIT_H
#define PASSTHRU_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "output.h"

/* A text file, line by line, and what is to become of it. */
struct edit_line {
	char *old; /* without the newline */
	char *new; /* NULL: the line is taken out; old itself: it stays */
};

struct edit {
	char path[256]; /* below the root, without a "/" before it */
	char *text;	/* what the lines point into, as long as they stay */
	struct edit_line *lines;
	size_t count;
	bool is_deleted; /* the file goes away as a whole */
	bool has_end;	 /* its last line ends with a newline */
};

/*
 * Reads a file. Returns 0; -ENOENT; -ELOOP where it is no plain file of its own, or is
 * not below the root, and so is not for us to change; or another negative errno. Release
 * with edit_free() if 0.
 */
int edit_open(int root_fd, const char *path, struct edit *ret);
void edit_free(struct edit *edit);

/* text is copied; NULL takes the line out. Returns 0 or -ENOMEM. */
int edit_set(struct edit *edit, size_t line, const char *text);

bool edit_is_changed(const struct edit *edit);

/* What is to be written, to be freed by the caller; NULL without memory. */
char *edit_result(const struct edit *edit);

/* Prints the change as diff -u does, for patch -p1. */
void edit_print(const struct output *output, const struct edit *edit);

#endif
