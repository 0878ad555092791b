/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "edit/internal.h"
#include "lib/lib.h"
#include "ui/ui.h"

/* Before the path of a file that was created. No path in /etc begins like this. */
#define CREATED "+"

/* -- backups ------------------------------------------------------------------------- */

/* A file in the list of a backup: old has its copy unless it was created. */
struct saved {
	const char *path;
	bool is_created;
};

/* Writes a copy into the directory old or new, unless there is no text. */
static int save(int root_fd, const char *backup, const char *kind, const char *file,
		const char *text, const char *model)
{
	_cleanup_free_ char *path = NULL;
	int r = text ? beneath_format(&path, "%s/%s/%s", backup, kind, file) : 0;

	return r == 0 && text ? files_write(root_fd, path, text, model, NULL) : r;
}

/* Writes the file as its copy is, if it is as expected. */
static int put(int root_fd, const char *backup, const char *kind, const char *file,
	       const struct expected *expected)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *text = NULL;
	int r = beneath_format(&path, "%s/%s/%s", backup, kind, file);

	if (r == 0)
		r = beneath_read(root_fd, path, &text);
	return r < 0 ? r : files_write(root_fd, file, text, path, expected);
}

/* Both are regular files. */
static bool has_same_metadata(const struct stat *a, const struct stat *b)
{
	return (a->st_mode & 07777) == (b->st_mode & 07777) && a->st_uid == b->st_uid &&
	       a->st_gid == b->st_gid;
}

static int stat_file(int root_fd, const char *path, struct stat *ret)
{
	_cleanup_close_ int directory_fd = beneath_open_parent(root_fd, path);

	if (directory_fd < 0)
		return directory_fd;
	return fstatat(directory_fd, beneath_name(path), ret, AT_SYMLINK_NOFOLLOW) < 0
		       ? -errno
		       : 0;
}

/* How the file differs from a copy that is there, a phrase, or NULL. */
static const char *compare(int root_fd, const char *copy, const char *path)
{
	_cleanup_free_ char *wanted = NULL, *found = NULL;
	struct stat copied, st;

	if (stat_file(root_fd, copy, &copied) < 0 ||
	    beneath_read(root_fd, copy, &wanted) < 0)
		return "cannot be compared with its copy";
	if (stat_file(root_fd, path, &st) < 0)
		return "is missing now";
	if (!S_ISREG(st.st_mode) || st.st_nlink > 1)
		return "is a link now, or has several names";
	if (beneath_read(root_fd, path, &found) < 0 || strcmp(wanted, found) != 0)
		return "has changed since";
	return has_same_metadata(&copied, &st) ? NULL : "has another mode or owner now";
}

/* The same for the copy in old or new. One that is not in new was removed. */
static const char *find_difference(int root_fd, const char *backup, const char *kind,
				   const struct saved *saved)
{
	_cleanup_free_ char *copy = NULL;
	struct stat st;
	int r = beneath_format(&copy, "%s/%s/%s", backup, kind, saved->path);

	if (r == 0)
		r = stat_file(root_fd, copy, &st);
	if (r == 0)
		return compare(root_fd, copy, saved->path);
	if (r == -ENOENT && (saved->is_created || strcmp(kind, "new") == 0) &&
	    stat_file(root_fd, saved->path, &st) == -ENOENT)
		return NULL;
	return "has changed since";
}

/* Restores the copy in old, unless the file is unchanged; removes it if it was created.
 */
static int put_old(int root_fd, const char *backup, const struct saved *saved)
{
	if (!find_difference(root_fd, backup, "old", saved))
		return 0;
	return saved->is_created ? files_remove(root_fd, saved->path, NULL)
				 : put(root_fd, backup, "old", saved->path, NULL);
}

/* The highest number in use, or that can be undone; 0 for none. */
static unsigned find_last(int root_fd, const char *directory, bool can_be_undone)
{
	_cleanup_free_ char **names = dirlist_read(root_fd, directory, "");
	unsigned last = 0;

	for (size_t i = 0; names && names[i]; i++) {
		_cleanup_free_ char *list =
			beneath_find(root_fd, "%s/%s/files", directory, names[i]);
		char *rest;
		unsigned long number = strtoul(names[i], &rest, 10);

		if (number > last && number < INT_MAX &&
		    (!can_be_undone || (!*rest && list)))
			last = (unsigned)number;
	}
	return last;
}

/* Existing backups are never overwritten. */
static int make_backup(int root_fd, const char *directory,
		       char ret_path[static BACKUP_PATH_SIZE])
{
	unsigned number = find_last(root_fd, directory, false);
	_cleanup_close_ int parent_fd = -1;
	int r = path_format(ret_path, BACKUP_PATH_SIZE, "%s/%u", directory, ++number);

	if (r == 0)
		r = files_make_directories(root_fd, ret_path);
	if (r == 0)
		r = parent_fd = beneath_open_parent(root_fd, ret_path);
	while (r >= 0 && mkdirat(parent_fd, beneath_name(ret_path), 0755) < 0)
		r = errno != EEXIST ? -errno
				    : path_format(ret_path, BACKUP_PATH_SIZE, "%s/%u",
						  directory, ++number);
	return r < 0 ? r : 0;
}

/* Marks the backup as undone, so that it is not undone again. */
static int retire(int root_fd, const char *backup)
{
	_cleanup_close_ int parent_fd = beneath_open_parent(root_fd, backup);
	const char *name = beneath_name(backup);
	char undone[BACKUP_PATH_SIZE + sizeof(".undone")];

	if (parent_fd < 0)
		return parent_fd;
	snprintf(undone, sizeof(undone), "%s.undone", name);
	return renameat(parent_fd, name, parent_fd, undone) < 0 ? -errno : 0;
}

/* A backup, and what is in its list. */
struct backup {
	char path[BACKUP_PATH_SIZE];
	char *list; /* the paths of the files point into it */
	struct saved *files;
	size_t count;
};

static int read_list(int root_fd, struct backup *backup)
{
	int r = beneath_readf(root_fd, &backup->list, "%s/files", backup->path);
	char *rest;

	if (r < 0)
		return r;
	for (char *line = strtok_r(backup->list, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		size_t mark = strlen(CREATED);
		bool is_created = strncmp(line, CREATED, mark) == 0;
		struct saved *saved = array_append(backup->files, backup->count);

		if (!saved)
			return -ENOMEM;
		*saved = (struct saved){ line + (is_created ? mark : 0), is_created };
	}
	return 0;
}

/*
 * The last one that can be undone. Returns 0, -ENOENT if there is none, or another
 * negative errno; free it in any case.
 */
static int backup_read(int root_fd, const char *directory, struct backup *ret)
{
	unsigned last = find_last(root_fd, directory, true);
	int r = last ? path_format(ret->path, sizeof(ret->path), "%s/%u", directory, last)
		     : -ENOENT;

	return r < 0 ? r : read_list(root_fd, ret);
}

static void backup_free(struct backup *backup)
{
	free(backup->files);
	free(backup->list);
	*backup = (struct backup){ 0 };
}

/* A program that was killed may have left a file beside one of its last change. */
static void remove_leftovers(int root_fd, const char *directory)
{
	static const char *const ends[] = { "", ".undone" };
	unsigned last = find_last(root_fd, directory, false);

	for (size_t i = 0; last && i < ARRAY_SIZE(ends); i++) {
		struct backup backup = { 0 };

		if (path_format(backup.path, sizeof(backup.path), "%s/%u%s", directory,
				last, ends[i]) == 0 &&
		    read_list(root_fd, &backup) == 0)
			for (size_t j = 0; j < backup.count; j++)
				files_remove_leftover(root_fd, backup.files[j].path);
		backup_free(&backup);
	}
}

/* -- applying ------------------------------------------------------------------------ */

static int save_all(int root_fd, const struct change *changes, size_t count,
		    const char *backup)
{
	_cleanup_free_ char *list = NULL;
	_cleanup_free_ char *path = NULL;
	struct text_file text;
	FILE *file = text_file_open(&text);
	int r = beneath_format(&path, "%s/files", backup);

	for (size_t i = 0; file && r == 0 && i < count; i++) {
		const struct change *change = &changes[i];
		const char *model = change->old ? change->path : NULL;

		fprintf(file, "%s%s\n", change->old ? "" : CREATED, change->path);
		r = save(root_fd, backup, "old", change->path, change->old, model);
		if (r == 0)
			r = save(root_fd, backup, "new", change->path, change->new,
				 model);
	}
	list = text_file_close(&text);
	if (r < 0 || !list)
		return r < 0 ? r : -ENOMEM;
	/* The list comes last: a backup with it is complete. */
	return files_write(root_fd, path, list, NULL, NULL);
}

/*
 * Undoes the changes from that index on; those before it were not made yet. Returns
 * whether that worked; says why not.
 */
static bool roll_back(int root_fd, const struct change *changes, size_t from,
		      size_t count, const char *backup)
{
	bool complete = true;

	for (size_t i = from; i < count; i++) {
		struct saved saved = { changes[i].path, !changes[i].old };
		int r = put_old(root_fd, backup, &saved);

		if (r == 0)
			continue;
		complete = false;
		warn("cannot restore /%s: %s; its backup is in /%s/old, and --undo restores it",
		     changes[i].path, files_error(root_fd, changes[i].path, r), backup);
	}
	if (complete)
		(void)retire(root_fd, backup);
	return complete;
}

/* Returns the number of changes that are still to be made, and in *ret_error why. */
static size_t make_changes(int root_fd, const struct change *changes, size_t count,
			   const char *backup, int *ret_error)
{
	size_t left = count;
	int r = edit_interrupted() ? -EINTR : 0;

	while (r == 0 && left > 0) {
		const struct change *change = &changes[left - 1];
		const struct expected expected = { change->old };

		r = change->new ? put(root_fd, backup, "new", change->path, &expected)
				: files_remove(root_fd, change->path, &expected);
		/* After other errors, that one may be made. */
		if (r == 0 || r != -ESTALE)
			left--;
	}
	*ret_error = r;
	return left;
}

static bool apply(int root_fd, const struct change *changes, size_t count,
		  const char *backup)
{
	const char *why, *path;
	size_t left;
	int r;

	left = make_changes(root_fd, changes, count, backup, &r);
	if (r == 0)
		return true;
	path = changes[r == -ESTALE ? left - 1 : left < count ? left : count - 1].path;
	why = r == -EINTR ? "interrupted" : files_error(root_fd, path, r);
	warn("%s: cannot change /%s: %s",
	     roll_back(root_fd, changes, left, count, backup) ? "nothing was changed"
							      : "not all is as before",
	     path, why);
	return false;
}

/* Whether all files are as they were read; says which is not. */
static bool check_all(int root_fd, const struct change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct expected expected = { changes[i].old };
		int r = files_check(root_fd, changes[i].path, &expected);

		if (r == 0)
			continue;
		warn("nothing was changed: cannot change /%s: %s", changes[i].path,
		     files_error(root_fd, changes[i].path, r));
		return false;
	}
	return true;
}

static bool make_and_save(int root_fd, const char *directory,
			  const struct change *changes, size_t count,
			  char ret_path[static BACKUP_PATH_SIZE])
{
	int r = make_backup(root_fd, directory, ret_path);

	if (r == 0)
		r = save_all(root_fd, changes, count, ret_path);
	if (r < 0)
		warn("nothing was changed: cannot write a backup in /%s: %s%s", directory,
		     files_error(root_fd, directory, r),
		     r == -EACCES ? "; run this as root" : "");
	return r == 0;
}

bool backup_apply(int root_fd, const char *directory, const struct change *changes,
		  size_t count, char ret_path[static BACKUP_PATH_SIZE])
{
	ret_path[0] = '\0';
	if (!edit_begin(root_fd))
		return false;
	remove_leftovers(root_fd, directory);
	if (check_all(root_fd, changes, count) &&
	    make_and_save(root_fd, directory, changes, count, ret_path) &&
	    apply(root_fd, changes, count, ret_path))
		return true;
	ret_path[0] = '\0';
	return false;
}

/* -- undoing ------------------------------------------------------------------------- */

/* Whether the file is as the backup has it in new, or restored already; warns if not. */
static bool can_restore(int root_fd, const char *backup, const struct saved *saved)
{
	_cleanup_close_ int directory_fd = beneath_open_parent(root_fd, saved->path);
	_cleanup_free_ char *copy =
		beneath_find(root_fd, "%s/old/%s", backup, saved->path);
	const char *why;

	if (directory_fd == -EXDEV) {
		warn("nothing was restored: /%s is not below the root", saved->path);
		return false;
	}
	if (!saved->is_created && !copy) {
		warn("nothing was restored: /%s/old/%s is missing", backup, saved->path);
		return false;
	}
	why = find_difference(root_fd, backup, "new", saved);
	if (!why || !find_difference(root_fd, backup, "old", saved))
		return true;
	warn("nothing was restored: /%s %s; its backup is /%s", saved->path, why, backup);
	return false;
}

/* In the order of the list: the legacy settings return before the parameter goes. */
static bool restore(int root_fd, const struct backup *backup,
		    void (*each)(void *data, const char *path), void *data)
{
	bool possible = true;
	int r = 0;

	for (size_t i = 0; i < backup->count; i++)
		possible &= can_restore(root_fd, backup->path, &backup->files[i]);
	for (size_t i = 0; possible && i < backup->count; i++) {
		r = put_old(root_fd, backup->path, &backup->files[i]);
		if (r < 0) {
			warn("cannot restore /%s from its backup in /%s/old: %s; no image is rebuilt, and --undo a second time restores the rest",
			     backup->files[i].path, backup->path,
			     files_error(root_fd, backup->files[i].path, r));
			return false;
		}
		info("Restored /%s", backup->files[i].path);
		if (each)
			each(data, backup->files[i].path);
	}
	if (possible)
		r = retire(root_fd, backup->path);
	if (r < 0)
		warn_error(
			r,
			"all files are restored, but /%s cannot be renamed, and no image is rebuilt; run --undo a second time",
			backup->path);
	return possible && r == 0;
}

bool backup_undo(int root_fd, const char *directory,
		 void (*each)(void *data, const char *path), void *data)
{
	struct backup backup = { 0 };
	bool good = false;
	int r;

	if (!edit_begin(root_fd))
		return false;
	remove_leftovers(root_fd, directory);
	r = backup_read(root_fd, directory, &backup);
	if (r == -ENOENT)
		warn("nothing to undo in /%s", directory);
	else if (r < 0)
		warn_error(r, "cannot read the backup in /%s", directory);
	else
		good = restore(root_fd, &backup, each, data);
	backup_free(&backup);
	return good;
}
