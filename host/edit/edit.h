/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_EDIT_H
#define PASSTHRU_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/ui.h"

/* Changes of files, their differences and backups. */

/* -- guard --------------------------------------------------------------------------- */

/*
 * Waits for another passthru that changes files below the root, for 10 seconds at most,
 * and keeps others from that until edit_end() or the end of the program. Call it
 * before reading what will change; a second call does nothing. Returns whether that
 * worked; says why not.
 */
bool edit_lock(int root_fd);

/*
 * The same, and from now on SIGHUP, SIGINT, SIGTERM and SIGPIPE do not end the program,
 * so that what was begun is finished or undone. backup_apply() and backup_undo() call it
 * themselves. Programs that are run get the signals; their PATH has the directories for
 * root.
 */
bool edit_begin(int root_fd);

/* The signal that came since edit_begin(), or 0. */
int edit_interrupted(void);

/* Ends both. A signal that came meanwhile then ends the program. */
void edit_end(void);

/* -- change -------------------------------------------------------------------------- */

/* Enough for a file of any name in the directories that are changed. */
#define CHANGE_PATH_SIZE 512

/* A text file, and what becomes of it. Both texts are owned. */
struct change {
	char path[CHANGE_PATH_SIZE]; /* relative to the root, without a leading "/" */
	char *old;		     /* NULL: the file is new */
	char *new;		     /* NULL: the file is removed */
};

/*
 * Reads a file that may be changed, with old and new as it is. Returns 0; -ENOENT if
 * there is none, which leaves both NULL; -ELOOP, -EMLINK or -EILSEQ if it must not be
 * changed: it is not a regular file below the root, has several names, or a NUL byte; or
 * another negative errno. Release with change_free() in any case.
 */
int change_open(int root_fd, const char *path, struct change *ret);

/* What is wrong with the file, a phrase. */
const char *change_error(int error);
void change_free(struct change *change);

/* Whether the old and the new text differ. */
bool change_is_any(const struct change *change);

/*
 * Prints it as diff -u does, for patch -p1, before it is made. Returns whether that
 * worked; says why not, and that nothing was changed.
 */
bool change_print(const struct output *output, const struct change *change);

/* -- backup -------------------------------------------------------------------------- */

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
 * A file that is not as it was read is not replaced: that fails. ret_path is the
 * directory with the backup, or "". Returns whether they are made; says why not.
 */
bool backup_apply(int root_fd, const char *directory, const struct change *changes,
		  size_t count, char ret_path[static BACKUP_PATH_SIZE]);

/*
 * Restores what the last backup_apply() changed, says so for each file, and calls back
 * unless each is NULL. Nothing is restored if one of the files has changed since, its
 * mode and owner included, or has no backup. If one cannot be restored, a second call
 * restores the rest. Returns whether there was something to undo and all of it is
 * restored; says why not.
 */
bool backup_undo(int root_fd, const char *directory,
		 void (*each)(void *data, const char *path), void *data);

/* -- files --------------------------------------------------------------------------- */

/*
 * Removes a file, or an empty directory, of which nobody needs a backup. Follows no link
 * out of the root. Returns 0, also if there is none, or a negative errno.
 */
int edit_remove(int root_fd, const char *path);

#endif
