/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/base.h"
#include "lib/lib.h"

const char *beneath_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int format_path(char **ret_path, const char *format, va_list arguments)
{
	int length = vasprintf(ret_path, format, arguments);

	if (length < 0)
		*ret_path = NULL;
	return length < 0 ? -ENOMEM : length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int beneath_format(char **ret_path, const char *format, ...)
{
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = format_path(ret_path, format, arguments);
	va_end(arguments);
	return r;
}

/*
 * Whether the path also leads to that directory if nothing may leave the root, neither
 * ".." nor a symbolic link: 1, 0 or a negative errno.
 */
static int is_inside(int root_fd, const char *path, int fd)
{
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT };
	_cleanup_close_ int kept =
		(int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
	struct stat found, wanted;

	if (kept < 0 && (errno == ENOSYS || errno == EPERM))
		return 1;
	if (kept < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -errno;
	if (fstat(fd, &found) < 0 || fstat(kept, &wanted) < 0)
		return -errno;
	return found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino;
}

int beneath_open(int root_fd, const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT };
	int fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(root_fd, path, (int)how.flags);
	return fd < 0 ? -errno : fd;
}

bool beneath_exists(int root_fd, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	_cleanup_close_ int fd =
		(int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return faccessat(root_fd, path, F_OK, 0) == 0;
	return fd >= 0;
}

char *beneath_find(int root_fd, const char *format, ...)
{
	_cleanup_free_ char *path = NULL;
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = format_path(&path, format, arguments);
	va_end(arguments);
	return r == 0 && beneath_exists(root_fd, path) ? take_pointer(path) : NULL;
}

int beneath_read(int root_fd, const char *path, char **ret_text)
{
	_cleanup_close_ int fd = beneath_open(root_fd, path);
	struct stat st;

	*ret_text = NULL;
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	return file_read_fd(fd, ret_text);
}

int beneath_readf(int root_fd, char **ret_text, const char *format, ...)
{
	_cleanup_free_ char *path = NULL;
	va_list arguments;
	int r;

	*ret_text = NULL;
	va_start(arguments, format);
	r = format_path(&path, format, arguments);
	va_end(arguments);
	return r < 0 ? r : beneath_read(root_fd, path, ret_text);
}

int beneath_open_parent(int root_fd, const char *path)
{
	_cleanup_free_ char *parent = NULL;
	int fd, r = beneath_format(&parent, "%.*s.", (int)(beneath_name(path) - path),
				   path);

	if (r < 0)
		return r;
	fd = openat(root_fd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = is_inside(root_fd, parent, fd);
	if (r > 0)
		return fd;
	close(fd);
	return r < 0 ? r : -EXDEV;
}

/* -- the files of a directory -------------------------------------------------------- */

/* Sets errno if it returns NULL. */
static DIR *open_directory(int root_fd, const char *path)
{
	int fd = beneath_open(root_fd, path);
	DIR *stream;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	stream = fdopendir(fd);
	if (!stream) {
		int error = errno;

		close(fd);
		errno = error;
	}
	return stream;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_wanted(const char *name, const char *end)
{
	size_t length = strlen(name), end_length = strlen(end);

	return name[0] != '.' && length > end_length &&
	       strcmp(name + length - end_length, end) == 0;
}

/* errno is 0 at the end of the directory. */
static struct dirent *read_entry(DIR *stream)
{
	errno = 0;
	return readdir(stream);
}

/* The size of all entries, terminators included. Sets *ret_error after an error. */
static size_t measure(DIR *stream, const char *prefix, const char *end, int *ret_error)
{
	struct dirent *entry;
	size_t size = 0;

	while ((entry = read_entry(stream)))
		if (is_wanted(entry->d_name, end))
			size += strlen(prefix) + strlen(entry->d_name) + 1;
	if (errno)
		*ret_error = -errno;
	rewinddir(stream);
	return size;
}

/* What is collected, and the room that is left for names. */
struct collected {
	char **names, *room;
	size_t size, count;
};

/* Skips files that were created since measure(), which do not fit. */
static void collect(DIR *stream, const char *prefix, const char *end,
		    struct collected *ret, int *ret_error)
{
	struct dirent *entry;

	while ((entry = read_entry(stream))) {
		size_t length = strlen(prefix) + strlen(entry->d_name) + 1;

		if (!is_wanted(entry->d_name, end) || length > ret->size)
			continue;
		ret->names[ret->count++] = ret->room;
		ret->room = stpcpy(stpcpy(ret->room, prefix), entry->d_name) + 1;
		ret->size -= length;
	}
	if (errno)
		*ret_error = -errno;
}

static char **list(int root_fd, const char *directory, const char *prefix,
		   const char *end, int *ret_error)
{
	_cleanup_closedir_ DIR *stream = open_directory(root_fd, directory);
	struct collected collected = { 0 };
	size_t most;

	*ret_error = stream || errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	if (stream)
		collected.size = measure(stream, prefix, end, ret_error);
	/* A name takes two bytes or more, so there are never more than that. */
	most = collected.size / 2;
	collected.names =
		malloc((most + 1) * sizeof(collected.names[0]) + collected.size);
	if (!collected.names)
		return NULL;
	collected.room = (char *)(collected.names + most + 1);
	if (stream)
		collect(stream, prefix, end, &collected, ret_error);
	collected.names[collected.count] = NULL;
	if (collected.count)
		qsort(collected.names, collected.count, sizeof(collected.names[0]),
		      compare_names);
	return collected.names;
}

char **dirlist_read(int root_fd, const char *directory, const char *end)
{
	int error;

	return list(root_fd, directory, "", end, &error);
}

char **dirlist_paths(int root_fd, const char *directory, const char *end)
{
	int error;

	return dirlist_try_paths(root_fd, directory, end, &error);
}

char **dirlist_try_paths(int root_fd, const char *directory, const char *end,
			 int *ret_error)
{
	_cleanup_free_ char *prefix = NULL;

	*ret_error = 0;
	if (asprintf(&prefix, "%s/", directory) < 0)
		return NULL;
	return list(root_fd, directory, prefix, end, ret_error);
}
