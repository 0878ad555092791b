/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_EDIT_INTERNAL_H
#define PASSTHRU_EDIT_INTERNAL_H

#include "edit/edit.h"

/* What only the files of this folder share. Paths are relative to the root. */

/* -- files --------------------------------------------------------------------------- */

/* What a file must be before it is replaced or removed: else the result is -ESTALE. */
struct expected {
	const char *text; /* NULL: there is none */
};

/* Makes the directories above the path. Follows no link out of the root: -EXDEV. */
int files_make_directories(int root_fd, const char *path);

/* Whether the file is as expected: 0 or a negative errno. */
int files_check(int root_fd, const char *path, const struct expected *expected);

/*
 * Replaces the file, or creates it, as a whole; it gets the metadata of the file model,
 * if there is one. expected may be NULL.
 */
int files_write(int root_fd, const char *path, const char *text, const char *model,
		const struct expected *expected);
int files_remove(int root_fd, const char *path, const struct expected *expected);

/* Removes what is left of a files_write() that was killed. */
void files_remove_leftover(int root_fd, const char *path);

/* Why the file could not be written, for a person. Static, or strerror()'s. */
const char *files_error(int root_fd, const char *path, int error);

#endif
