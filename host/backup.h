/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BACKUP_H
#define PASSTHRU_BACKUP_H

#include "edit.h"

/*
 * Changes to files that can be taken back. What was and what has been written is kept in
 * /var/lib/passthru/migrate/N, in the directories old and new and in a list, files; N is
 * larger for what came later.
 */
#define BACKUP_DIRECTORY "var/lib/passthru/migrate"
#define BACKUP_PATH_SIZE 64

/*
 * Makes all the edits or none: what has been written is written back when one fails. The
 * last one is made first, so that the edits come in the order in which they can be taken
 * back, should the program be killed in between: first what is taken out, then what
 * stands in its place.
 *
 * ret_path is the directory with the backup. Returns 0, or a negative errno after having
 * said what is wrong.
 */
int backup_apply(int root_fd, const struct edit *edits, size_t count,
		 char ret_path[static BACKUP_PATH_SIZE]);

/*
 * Restores what the last backup_apply() changed, calling back for each file. Nothing is
 * restored when one of them has been changed since, or has no backup. Returns 0, -ENOENT
 * where there is nothing to undo, or another negative errno, after having said what is
 * wrong.
 */
int backup_undo(int root_fd, void (*each)(void *data, const char *path), void *data);

#endif
