/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are replaced as a whole, and never outside of the root. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/base.h"
#include "edit/internal.h"
#include "lib/lib.h"

/* After the name of a file that replaces another one. */
#define NEW ".passthru-new"

static int make_directory(int root_fd, const char *path)
{
	_cleanup_close_ int parent_fd = beneath_open_parent(root_fd, path);

	if (parent_fd < 0)
		return parent_fd;
	if (mkdirat(parent_fd, beneath_name(path), 0755) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

int files_make_directories(int root_fd, const char *path)
{
	_cleanup_free_ char *directory = strdup(path);
	int r = directory ? 0 : -ENOMEM;

	for (char *slash = directory ? strchr(directory, '/') : NULL; r == 0 && slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		r = make_directory(root_fd, directory);
		*slash = '/';
	}
	return r;
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

/* Whether the file is what it must be; nobody else locks it. Returns 0 or -ESTALE. */
static int check(int directory_fd, const char *name, const struct expected *expected)
{
	_cleanup_close_ int fd = openat(directory_fd, name,
					O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	struct stat st;
	int r;

	if (fd < 0 && errno == ENOENT)
		return expected->text ? -ESTALE : 0;
	if (fd < 0)
		return errno == ELOOP ? -ESTALE : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!expected->text || !S_ISREG(st.st_mode) || st.st_nlink > 1)
		return -ESTALE;
	r = file_read_fd(fd, &text);
	if (r == 0 && strcmp(text, expected->text) != 0)
		r = -ESTALE;
	return r;
}

/* A name that is as long as any loses its end. */
static void make_new_name(const char *name, char ret[static NAME_MAX + 1])
{
	snprintf(ret, NAME_MAX + 1, "%.*s" NEW, (int)(NAME_MAX - strlen(NEW)), name);
}

/* Writes a file in a directory, with the metadata of an open file, or with -1. */
static int write_in(int directory_fd, const char *name, const char *text, int model,
		    const struct expected *expected)
{
	char new_name[NAME_MAX + 1];
	int fd, r;

	make_new_name(name, new_name);
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
	if (r == 0 && expected)
		r = check(directory_fd, name, expected);
	if (r == 0 && renameat(directory_fd, new_name, directory_fd, name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(directory_fd, new_name, 0);
	else if (fsync(directory_fd) < 0)
		r = -errno;
	return r;
}

int files_check(int root_fd, const char *path, const struct expected *expected)
{
	_cleanup_close_ int directory_fd = beneath_open_parent(root_fd, path);

	/* Directories that are missing are made. */
	if (directory_fd == -ENOENT && !expected->text)
		return 0;
	return directory_fd < 0 ? directory_fd
				: check(directory_fd, beneath_name(path), expected);
}

int files_write(int root_fd, const char *path, const char *text, const char *model,
		const struct expected *expected)
{
	_cleanup_close_ int directory_fd = -1;
	_cleanup_close_ int model_fd =
		model ? openat(root_fd, model, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	int r;

	if (model && model_fd < 0)
		return -errno;
	r = files_make_directories(root_fd, path);
	if (r < 0)
		return r;
	directory_fd = beneath_open_parent(root_fd, path);
	if (directory_fd < 0)
		return directory_fd;
	return write_in(directory_fd, beneath_name(path), text, model_fd, expected);
}

int files_remove(int root_fd, const char *path, const struct expected *expected)
{
	_cleanup_close_ int directory_fd = beneath_open_parent(root_fd, path);
	int r;

	if (directory_fd < 0)
		return directory_fd;
	r = expected ? check(directory_fd, beneath_name(path), expected) : 0;
	if (r < 0)
		return r;
	if (unlinkat(directory_fd, beneath_name(path), 0) < 0 || fsync(directory_fd) < 0)
		return -errno;
	return 0;
}

int edit_remove(int root_fd, const char *path)
{
	_cleanup_close_ int directory_fd = beneath_open_parent(root_fd, path);
	const char *name = beneath_name(path);

	if (directory_fd < 0)
		return directory_fd == -ENOENT ? 0 : directory_fd;
	if (unlinkat(directory_fd, name, 0) < 0 && errno != ENOENT &&
	    unlinkat(directory_fd, name, AT_REMOVEDIR) < 0)
		return -errno;
	return 0;
}

void files_remove_leftover(int root_fd, const char *path)
{
	_cleanup_close_ int directory_fd = beneath_open_parent(root_fd, path);
	char new_name[NAME_MAX + 1];

	make_new_name(beneath_name(path), new_name);
	if (directory_fd >= 0)
		unlinkat(directory_fd, new_name, 0);
}

static bool is_immutable(int root_fd, const char *path)
{
	_cleanup_close_ int fd = beneath_open(root_fd, path);
	int flags = 0;

	return fd >= 0 && ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 &&
	       (flags & (FS_IMMUTABLE_FL | FS_APPEND_FL));
}

const char *files_error(int root_fd, const char *path, int error)
{
	if (error == -ESTALE)
		return "it has changed since it was read; run the command again";
	if (error == -EXDEV)
		return "a link on its path leads out of the root";
	if (error == -EPERM && is_immutable(root_fd, path))
		return "it is immutable; chattr -i allows changes";
	return strerror(-error);
}
