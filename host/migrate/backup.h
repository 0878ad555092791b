/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_BACKUP_H
#define PASSTHRU_MIGRATE_BACKUP_H

#include "migrate/edit.h"

/*
 * Changes to files that can be undone. The directories old and new in
 * /var/lib/passthru/migrate/N have the files before and after the change; the file
 * "files" lists their paths. N increases with each change.
 */
#define BACKUP_DIRECTORY "var/lib/passthru/migrate"
#define BACKUP_PATH_SIZE 64

/*
 * Makes all the edits or none: if one fails, those before it are undone. The last edit is
 * made first: edits that remove legacy settings come before the ones that add the
 * parameter, so a machine has the parameter before the legacy settings go, even if the
 * program is killed in between.
 *
 * ret_path is the directory with the backup. Returns 0, or a negative errno after a
 * message.
 */
int backup_apply(int root_fd, const struct edit *edits, size_t count,
		 char ret_path[static BACKUP_PATH_SIZE]);

/*
 * Restores what the last backup_apply() changed, and calls back for each file. Nothing is
 * restored if one of the files has changed since, or has no backup. Returns 0, or after a
 * message -ENOENT if there is nothing to undo, or another negative errno.
 */
int backup_undo(int root_fd, void (*each)(void *data, const char *path), void *data);

#endif
