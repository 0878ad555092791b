/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/base.h"

ssize_t sysfs_read_bytes(int fd, const char *path, void *buffer, size_t size)
{
	_cleanup_close_ int file = -1;
	ssize_t got;

	file_note(path);
	file = openat(fd, path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	do
		got = read(file, buffer, size);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

ssize_t sysfs_read(int fd, const char *path, char *buffer, size_t size)
{
	ssize_t got = sysfs_read_bytes(fd, path, buffer, size - 1);

	if (got < 0)
		return got;
	if (got > 0 && buffer[got - 1] == '\n')
		got--;
	buffer[got] = '\0';
	return got;
}

int sysfs_write(int fd, const char *path, const char *value)
{
	_cleanup_close_ int file = -1;
	size_t length = strlen(value);
	ssize_t written;

	file_note(path);
	file = openat(fd, path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	/* No retry on EINTR: the write may have had an effect already. */
	written = write(file, value, length);
	if (written < 0)
		return -errno;
	return (size_t)written == length ? 0 : -EIO;
}

int sysfs_read_target(int fd, const char *path, char *target, size_t size)
{
	ssize_t length = readlinkat(fd, path, target, size);

	if (length < 0)
		return -errno;
	if ((size_t)length == size)
		return -ENAMETOOLONG;
	target[length] = '\0';
	return 0;
}

int sysfs_read_link(int fd, const char *path, char *name, size_t size)
{
	char target[PATH_MAX];
	int r = sysfs_read_target(fd, path, target, sizeof(target));
	const char *slash;

	if (r < 0)
		return r;
	slash = strrchr(target, '/');
	slash = slash ? slash + 1 : target;
	if (strlen(slash) >= size)
		return -ENAMETOOLONG;
	strcpy(name, slash);
	return 0;
}

DIR *sysfs_open_directory(int fd, const char *path)
{
	int directory_fd = openat(fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory;

	if (directory_fd < 0)
		return NULL;
	directory = fdopendir(directory_fd);
	if (!directory) {
		close(directory_fd);
		errno = ENOMEM;
	}
	return directory;
}

bool sysfs_exists(int fd, const char *path)
{
	return file_exists(fd, path);
}

int sysfs_lock(int fd, const char *path)
{
	int file = openat(fd, path, O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return -errno;
	(void)flock(file, LOCK_EX);
	return file;
}
