/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_EDIT_BACKUP_H
#define PASSTHRU_EDIT_BACKUP_H

#include "edit/change.h"

/*
 * Changes that can be undone. A command keeps them in a directory of its own, in
 * directories N: old and new have the files before and after the change, and the file
 * "files" lists their paths, each with "+" before it if it was created. N increases with
 * each change.
 */
#define BACKUPS_OF_CONFIGURATION "var/lib/passthru/configuration"
#define BACKUPS_OF_MIGRATE	 "var/lib/passthru/migrate"
#define BACKUP_PATH_SIZE	 64

/*
 * Makes all the changes or none: if one fails, those before it are undone. The last one
 * is made first: changes that remove legacy settings come before the ones that add the
 * parameter, so a machine has the parameter before the legacy settings go, even if the
 * program is killed in between.
 *
 * ret_path is the directory with the backup. Returns 0, or a negative errno after a
 * message.
 */
int backup_apply(int root_fd, const char *directory, const struct change *changes,
		 size_t count, char ret_path[static BACKUP_PATH_SIZE]);

/*
 * Restores what the last backup_apply() changed, and calls back for each file. Nothing is
 * restored if one of the files has changed since, or has no backup. Returns 0, or after a
 * message -ENOENT if there is nothing to undo, or another negative errno.
 */
int backup_undo(int root_fd, const char *directory,
		void (*each)(void *data, const char *path), void *data);

#endif
