/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/base.h"
#include "edit/edit.h"
#include "lib/lib.h"
#include "ui/ui.h"

/* Before the path of a file that was created. No path in /etc begins like this. */
#define CREATED "+"

/* After the name of a file that replaces another one. */
#define NEW ".passthru-new"

/* -- files --------------------------------------------------------------------------- */

static int make_directories(int root_fd, const char *path)
{
	_cleanup_free_ char *directory = strdup(path);

	if (!directory)
		return -ENOMEM;
	for (char *slash = strchr(directory, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdirat(root_fd, directory, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

static int write_all(int fd, const char *text)
{
	size_t length = strlen(text);

	while (length > 0) {
		ssize_t written = write(fd, text, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		text += written;
		length -= (size_t)written;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* ACLs and labels of security modules are extended attributes; see acl(5), xattr(7). */
static int copy_attributes(int from, int to)
{
	char names[4096], value[4096];
	ssize_t size = flistxattr(from, names, sizeof(names));

	/* Not every file system has them. */
	if (size < 0)
		return errno == ENOTSUP ? 0 : -errno;
	for (const char *name = names; name < names + size; name += strlen(name) + 1) {
		ssize_t length = fgetxattr(from, name, value, sizeof(value));

		if (length < 0 || (fsetxattr(to, name, value, (size_t)length, 0) < 0 &&
				   errno != ENOTSUP))
			return -errno;
	}
	return 0;
}

/* The owner, the mode and the attributes of the model; without one, those of a new file.
 */
static int copy_metadata(int model, int fd)
{
	struct stat st;

	if (model < 0)
		return fchmod(fd, 0644) < 0 ? -errno : 0;
	if (fstat(model, &st) < 0 || fchown(fd, st.st_uid, st.st_gid) < 0 ||
	    fchmod(fd, st.st_mode & 07777) < 0)
		return -errno;
	return copy_attributes(model, fd);
}

/* Writes a file in a directory, with the metadata of an open file, or with -1. */
static int write_in(int directory_fd, const char *name, const char *text, int model)
{
	char new_name[NAME_MAX + 1];
	int fd, r;

	/* A name that is as long as any loses its end. */
	snprintf(new_name, sizeof(new_name), "%.*s" NEW, (int)(NAME_MAX - strlen(NEW)),
		 name);
	unlinkat(directory_fd, new_name, 0);
	fd = openat(directory_fd, new_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, text);
	if (r == 0)
		r = copy_metadata(model, fd);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(directory_fd, new_name, directory_fd, name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(directory_fd, new_name, 0);
	else if (fsync(directory_fd) < 0)
		r = -errno;
	return r;
}

/* Atomic; the file gets the metadata of the file model, if there is one. */
static int write_file(int root_fd, const char *path, const char *text, const char *model)
{
	_cleanup_close_ int directory_fd = -1;
	_cleanup_close_ int model_fd =
		model ? openat(root_fd, model, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	int r;

	if (model && model_fd < 0)
		return -errno;
	r = make_directories(root_fd, path);
	if (r < 0)
		return r;
	directory_fd = beneath_open_parent(root_fd, path);
	if (directory_fd < 0)
		return directory_fd;
	return write_in(directory_fd, beneath_name(path), text, model_fd);
}

static int remove_file(int root_fd, const char *path)
{
	_cleanup_close_ int directory_fd = beneath_open_parent(root_fd, path);

	if (directory_fd < 0)
		return directory_fd;
	if (unlinkat(directory_fd, beneath_name(path), 0) < 0 || fsync(directory_fd) < 0)
		return -errno;
	return 0;
}

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

	return r == 0 && text ? write_file(root_fd, path, text, model) : r;
}

/* Writes the file as its copy is. */
static int put(int root_fd, const char *backup, const char *kind, const char *file)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *text = NULL;
	int r = beneath_format(&path, "%s/%s/%s", backup, kind, file);

	if (r == 0)
		r = beneath_read(root_fd, path, &text);
	return r < 0 ? r : write_file(root_fd, file, text, path);
}

/* Whether the file equals its copy. One that is not in new was removed. */
static bool is_same(int root_fd, const char *backup, const char *kind,
		    const struct saved *saved)
{
	_cleanup_free_ char *wanted = NULL;
	_cleanup_free_ char *found = NULL;
	int r = beneath_readf(root_fd, &wanted, "%s/%s/%s", backup, kind, saved->path);
	int s = beneath_read(root_fd, saved->path, &found);

	if (r < 0 || s < 0)
		return (strcmp(kind, "new") == 0 || saved->is_created) && r == -ENOENT &&
		       s == -ENOENT;
	return strcmp(wanted, found) == 0;
}

/* Restores the copy in old, unless the file is unchanged; removes it if it was created.
 */
static int put_old(int root_fd, const char *backup, const struct saved *saved)
{
	if (is_same(root_fd, backup, "old", saved))
		return 0;
	return saved->is_created ? remove_file(root_fd, saved->path)
				 : put(root_fd, backup, "old", saved->path);
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
	int r;

	do {
		r = path_format(ret_path, BACKUP_PATH_SIZE, "%s/%u", directory, ++number);
		if (r == 0)
			r = make_directories(root_fd, ret_path);
		if (r == 0 && mkdirat(root_fd, ret_path, 0755) < 0)
			r = -errno;
	} while (r == -EEXIST);
	return r;
}

/* Marks the backup as undone, so that it is not undone again. */
static int retire(int root_fd, const char *backup)
{
	char undone[BACKUP_PATH_SIZE + sizeof(".undone")];

	snprintf(undone, sizeof(undone), "%s.undone", backup);
	return renameat(root_fd, backup, root_fd, undone) < 0 ? -errno : 0;
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
	return write_file(root_fd, path, list, NULL);
}

/* Undoes the changes from that index on; those before it were not made yet. */
static void roll_back(int root_fd, const struct change *changes, size_t from,
		      size_t count, const char *backup)
{
	bool complete = true;

	for (size_t i = from; i < count; i++) {
		struct saved saved = { changes[i].path, !changes[i].old };

		if (put_old(root_fd, backup, &saved) == 0)
			continue;
		complete = false;
		warn("cannot restore /%s; its backup is in /%s/old", changes[i].path,
		     backup);
	}
	if (complete)
		(void)retire(root_fd, backup);
}

bool backup_apply(int root_fd, const char *directory, const struct change *changes,
		  size_t count, char ret_path[static BACKUP_PATH_SIZE])
{
	size_t at = count;
	int r = make_backup(root_fd, directory, ret_path);

	if (r == 0)
		r = save_all(root_fd, changes, count, ret_path);
	if (r < 0) {
		warn_error(r, "nothing was changed: cannot write a backup in /%s",
			   directory);
		return false;
	}
	while (r == 0 && at > 0) {
		const struct change *change = &changes[--at];

		r = change->new ? put(root_fd, ret_path, "new", change->path)
				: remove_file(root_fd, change->path);
	}
	if (r == 0)
		return true;
	warn("cannot write /%s: %s; restoring the files changed so far", changes[at].path,
	     strerror(-r));
	roll_back(root_fd, changes, at, count, ret_path);
	return false;
}

/* -- undoing ------------------------------------------------------------------------- */

/* The last backup that can be undone. */
struct backup {
	char path[BACKUP_PATH_SIZE];
	char *list; /* the paths of the files point into it */
	struct saved *files;
	size_t count;
};

/* Returns 0, -ENOENT if there is none, or another negative errno; free it in any case. */
static int backup_read(int root_fd, const char *directory, struct backup *ret)
{
	unsigned last = find_last(root_fd, directory, true);
	int r = last ? path_format(ret->path, sizeof(ret->path), "%s/%u", directory, last)
		     : -ENOENT;
	char *rest;

	if (r == 0)
		r = beneath_readf(root_fd, &ret->list, "%s/files", ret->path);
	if (r < 0)
		return r;
	for (char *line = strtok_r(ret->list, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		size_t mark = strlen(CREATED);
		bool is_created = strncmp(line, CREATED, mark) == 0;
		struct saved *saved = array_append(ret->files, ret->count);

		if (!saved)
			return -ENOMEM;
		*saved = (struct saved){ line + (is_created ? mark : 0), is_created };
	}
	return 0;
}

static void backup_free(struct backup *backup)
{
	free(backup->files);
	free(backup->list);
}

/* Whether the file is as the backup has it in new, or restored already; warns if not. */
static bool can_restore(int root_fd, const char *backup, const struct saved *saved)
{
	_cleanup_close_ int directory_fd = beneath_open_parent(root_fd, saved->path);
	_cleanup_free_ char *copy =
		beneath_find(root_fd, "%s/old/%s", backup, saved->path);

	if (directory_fd == -EXDEV) {
		warn("nothing was restored: /%s is not below the root", saved->path);
		return false;
	}
	if (!saved->is_created && !copy) {
		warn("nothing was restored: /%s/old/%s is missing", backup, saved->path);
		return false;
	}
	if (is_same(root_fd, backup, "new", saved) ||
	    is_same(root_fd, backup, "old", saved))
		return true;
	warn("nothing was restored: /%s has changed since; its backup is /%s",
	     saved->path, backup);
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
			warn_error(r, "cannot restore /%s from its backup in /%s/old",
				   backup->files[i].path, backup->path);
			return false;
		}
		info("Restored /%s", backup->files[i].path);
		if (each)
			each(data, backup->files[i].path);
	}
	if (possible)
		r = retire(root_fd, backup->path);
	if (r < 0)
		warn_error(r, "cannot rename /%s, which was restored", backup->path);
	return possible && r == 0;
}

bool backup_undo(int root_fd, const char *directory,
		 void (*each)(void *data, const char *path), void *data)
{
	struct backup backup = { 0 };
	int r = backup_read(root_fd, directory, &backup);
	bool good = false;

	if (r == -ENOENT)
		warn("nothing to undo in /%s", directory);
	else if (r < 0)
		warn_error(r, "cannot read the backup in /%s", directory);
	else
		good = restore(root_fd, &backup, each, data);
	backup_free(&backup);
	return good;
}
