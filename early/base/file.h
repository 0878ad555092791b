/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BASE_FILE_H
#define PASSTHRU_BASE_FILE_H

#include <stdio.h>

/*
 * Reads a whole file, even one in /proc, whose length stat(2) does not tell. path is
 * relative to the directory fd. Returns 0 and in *ret_text a NUL-terminated string for
 * the caller to free, or a negative errno.
 */
int file_read(int fd, const char *path, char **ret_text);

/* The same for an open file, from where it is. */
int file_read_fd(int file, char **ret_text);

/* Makes the directory that the path is in, unless it is there. Returns 0 or a negative
 * errno. */
int file_make_directory(int fd, const char *path);

/*
 * Replaces a file as a whole: put() writes the new content to PATH.new, which is then
 * renamed. Returns 0 or a negative errno.
 */
int file_replace(int fd, const char *path, void (*put)(FILE *file, const void *data),
		 const void *data);

#endif
