/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/base.h"
#include "lib/internal.h"

const char *beneath_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * Whether the path also leads to that directory if nothing may leave the root, neither
 * ".." nor a symbolic link.
 */
static bool is_inside(int root_fd, const char *path, int fd)
{
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT };
	_cleanup_close_ int kept =
		(int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
	struct stat found, wanted;

	if (kept < 0)
		return errno == ENOSYS || errno == EPERM;
	return fstat(fd, &found) == 0 && fstat(kept, &wanted) == 0 &&
	       found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino;
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

DIR *beneath_open_directory(int root_fd, const char *path)
{
	int fd = beneath_open(root_fd, path);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (!stream && fd >= 0)
		close(fd);
	return stream;
}

int beneath_open_parent(int root_fd, const char *path)
{
	char parent[PATH_MAX];
	int fd, r = path_format(parent, sizeof(parent), "%.*s.",
				(int)(beneath_name(path) - path), path);

	if (r < 0)
		return r;
	fd = openat(root_fd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (is_inside(root_fd, parent, fd))
		return fd;
	close(fd);
	return -EXDEV;
}
