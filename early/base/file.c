/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"

#define STEP 4096

static char *note_at;

void file_note_to(char *note)
{
	note_at = note;
}

void file_note(const char *path)
{
	if (note_at)
		strncpy(note_at, path, FILE_NOTE_SIZE - 1);
}

int file_read(int fd, const char *path, char **ret_text)
{
	_cleanup_close_ int file = -1;

	file_note(path);
	file = openat(fd, path, O_RDONLY | O_CLOEXEC);
	return file < 0 ? -errno : file_read_fd(file, ret_text);
}

int file_read_fd(int file, char **ret_text)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0, length = 0;

	for (;;) {
		ssize_t got;

		if (size - length < 2) {
			char *larger = realloc(text, size + STEP);

			if (!larger)
				return -ENOMEM;
			text = larger;
			size += STEP;
		}
		got = read(file, text + length, size - length - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	text[length] = '\0';
	*ret_text = take_pointer(text);
	return 0;
}

bool file_exists(int fd, const char *path)
{
	return faccessat(fd, path, F_OK, 0) == 0;
}

int file_make_directory(int fd, const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int r;

	if (!slash || slash == path)
		return 0;
	r = path_format(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	if (r < 0)
		return r;
	if (mkdirat(fd, directory, 0755) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

static int write_new(int fd, const char *path, void (*put)(FILE *file, const void *data),
		     const void *data)
{
	int file_fd = openat(fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	FILE *file;
	int r = 0;

	if (file_fd < 0)
		return -errno;
	file = fdopen(file_fd, "w");
	if (!file) {
		close(file_fd);
		return -ENOMEM;
	}
	put(file, data);
	if (fflush(file) != 0 || ferror(file))
		r = -EIO;
	if (fclose(file) != 0)
		r = -EIO;
	return r;
}

int file_replace(int fd, const char *path, void (*put)(FILE *file, const void *data),
		 const void *data)
{
	char new_path[PATH_MAX];
	int r = path_format(new_path, sizeof(new_path), "%s.new", path);

	if (r < 0)
		return r;
	r = write_new(fd, new_path, put, data);
	if (r == 0 && renameat(fd, new_path, fd, path) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(fd, new_path, 0);
	return r;
}
