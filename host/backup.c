/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "backup.h"
#include "boot.h"
#include "complain.h"
#include "file.h"
#include "sysfs.h"

/* -- files --------------------------------------------------------------------------- */

static int make_directories(int root_fd, const char *path)
{
	char directory[PATH_MAX];

	snprintf(directory, sizeof(directory), "%s", path);
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

/* As a whole or not at all, with the owner and the mode of model, if there is one. */
static int write_file(int root_fd, const char *path, const char *text, const char *model)
{
	char new_path[PATH_MAX];
	struct stat info = { .st_mode = 0600 };
	int fd, r;

	snprintf(new_path, sizeof(new_path), "%s.passthru-new", path);
	if (model && fstatat(root_fd, model, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	r = make_directories(root_fd, path);
	if (r < 0)
		return r;
	unlinkat(root_fd, new_path, 0);
	fd = openat(root_fd, new_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, text);
	if (r == 0 && model &&
	    (fchown(fd, info.st_uid, info.st_gid) < 0 ||
	     fchmod(fd, info.st_mode & 07777) < 0))
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(root_fd, new_path, root_fd, path) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(root_fd, new_path, 0);
	return r;
}

/* Whether the file has exactly that text; "absent" stands for a file that is not there.
 */
static bool has_text(int root_fd, const char *path, const char *text)
{
	_cleanup_free_ char *found = NULL;
	int r = file_read(root_fd, path, &found);

	if (!text)
		return r == -ENOENT;
	return r == 0 && strcmp(found, text) == 0;
}

static void format_path(char path[static PATH_MAX], const char *backup, const char *kind,
			const char *file)
{
	snprintf(path, PATH_MAX, "%s/%s/%s", backup, kind, file);
}

/* -- applying ------------------------------------------------------------------------ */

/* The highest number with that ending, or 0. */
static unsigned find_last(int root_fd, const char *end)
{
	_cleanup_free_ char **names = boot_list(root_fd, BACKUP_DIRECTORY, end);
	unsigned last = 0;

	for (size_t i = 0; names && names[i]; i++) {
		char *rest;
		unsigned long number = strtoul(names[i], &rest, 10);

		if (strcmp(rest, end) == 0 && number > last && number < 10000)
			last = (unsigned)number;
	}
	return last;
}

static int save(int root_fd, const struct edit *edit, const char *backup)
{
	_cleanup_free_ char *old = NULL;
	_cleanup_free_ char *new = edit->is_deleted ? NULL : edit_result(edit);
	char path[PATH_MAX];
	int r = file_read(root_fd, edit->path, &old);

	if (r < 0)
		return r;
	if (!new && !edit->is_deleted)
		return -ENOMEM;
	format_path(path, backup, "old", edit->path);
	r = write_file(root_fd, path, old, edit->path);
	if (r < 0 || !new)
		return r;
	format_path(path, backup, "new", edit->path);
	return write_file(root_fd, path, new, edit->path);
}

static int save_all(int root_fd, const struct edit *edits, size_t count,
		    const char *backup)
{
	_cleanup_free_ char *list = NULL;
	char path[PATH_MAX];
	size_t size;
	FILE *file = open_memstream(&list, &size);
	int r = file ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++) {
		fprintf(file, "%s\n", edits[i].path);
		r = save(root_fd, &edits[i], backup);
		if (r < 0)
			complain("cannot save /%s in /%s: %s", edits[i].path, backup,
				 strerror(-r));
	}
	if (file && fclose(file) != 0)
		r = -ENOMEM;
	if (r < 0)
		return r;
	/* The list comes last: a backup with it is complete. */
	snprintf(path, sizeof(path), "%s/files", backup);
	return write_file(root_fd, path, list, NULL);
}

/* Makes the file what old or new has for it; without one it is removed. */
static int put_file(int root_fd, const char *backup, const char *kind, const char *file)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX];
	int r;

	format_path(path, backup, kind, file);
	r = file_read(root_fd, path, &text);
	if (r == -ENOENT)
		return unlinkat(root_fd, file, 0) < 0 ? -errno : 0;
	return r < 0 ? r : write_file(root_fd, file, text, path);
}

int backup_apply(int root_fd, const struct edit *edits, size_t count,
		 char ret_path[static BACKUP_PATH_SIZE])
{
	unsigned last = find_last(root_fd, ""), undone = find_last(root_fd, ".undone");
	size_t done = 0;
	int r;

	snprintf(ret_path, BACKUP_PATH_SIZE, BACKUP_DIRECTORY "/%u",
		 (last > undone ? last : undone) + 1);
	r = save_all(root_fd, edits, count, ret_path);
	if (r < 0) {
		complain("nothing is changed; run this as root, with room in /var");
		return r;
	}
	for (; r == 0 && done < count; done++)
		r = put_file(root_fd, ret_path, "new", edits[done].path);
	if (r == 0)
		return 0;
	complain("cannot write /%s: %s; what was changed before it is changed back",
		 edits[done - 1].path, strerror(-r));
	while (done-- > 0)
		if (put_file(root_fd, ret_path, "old", edits[done].path) < 0)
			complain("cannot write /%s back; it is in /%s/old",
				 edits[done].path, ret_path);
	return r;
}

/* -- undoing ------------------------------------------------------------------------- */

static bool is_as_written(int root_fd, const char *backup, const char *file)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX];
	int r;

	format_path(path, backup, "new", file);
	r = file_read(root_fd, path, &text);
	if (r < 0 && r != -ENOENT)
		return false;
	if (has_text(root_fd, file, text))
		return true;
	complain("/%s has been changed since, so nothing is restored; what it was before "
		 "is in /%s/old/%s",
		 file, backup, file);
	return false;
}

static int restore(int root_fd, const char *backup, const char *list,
		   void (*each)(void *data, const char *path), void *data)
{
	for (const char *at = list; *at; at += strcspn(at, "\n") + 1) {
		char file[PATH_MAX];
		int r;

		snprintf(file, sizeof(file), "%.*s", (int)strcspn(at, "\n"), at);
		r = put_file(root_fd, backup, "old", file);
		if (r < 0) {
			complain("cannot restore /%s: %s; it is in /%s/old", file,
				 strerror(-r), backup);
			return r;
		}
		each(data, file);
	}
	return 0;
}

static int retire(int root_fd, const char *backup)
{
	char undone[BACKUP_PATH_SIZE + 16];

	snprintf(undone, sizeof(undone), "%s.undone", backup);
	return renameat(root_fd, backup, root_fd, undone) < 0 ? -errno : 0;
}

int backup_undo(int root_fd, void (*each)(void *data, const char *path), void *data)
{
	_cleanup_free_ char *list = NULL;
	char backup[BACKUP_PATH_SIZE], path[PATH_MAX];
	unsigned last = find_last(root_fd, "");
	bool unchanged = true;
	int r;

	snprintf(backup, sizeof(backup), BACKUP_DIRECTORY "/%u", last);
	snprintf(path, sizeof(path), "%s/files", backup);
	r = last ? file_read(root_fd, path, &list) : -ENOENT;
	if (r < 0) {
		complain("there is nothing to undo in /%s", BACKUP_DIRECTORY);
		return r;
	}
	for (const char *at = list; *at; at += strcspn(at, "\n") + 1) {
		snprintf(path, sizeof(path), "%.*s", (int)strcspn(at, "\n"), at);
		unchanged = is_as_written(root_fd, backup, path) && unchanged;
	}
	if (!unchanged)
		return -ESTALE;
	r = restore(root_fd, backup, list, each, data);
	return r < 0 ? r : retire(root_fd, backup);
}
