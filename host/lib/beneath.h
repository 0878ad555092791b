/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LIB_BENEATH_H
#define PASSTHRU_LIB_BENEATH_H

#include <dirent.h>

/*
 * Opens the directory of the file that path names, to change that file. Returns a
 * descriptor; -EXDEV if the path leaves the root through "..", a leading "/" or a
 * symbolic link; or another negative errno. Kernels before 5.6 have no openat2(2); there,
 * the result is never -EXDEV.
 */
int beneath_open_parent(int root_fd, const char *path);

/*
 * Reads a text file, as file_read(), but links lead nowhere outside the root, and what is
 * not a regular file is refused with -EINVAL: reading a FIFO would wait.
 */
int beneath_read(int root_fd, const char *path, char **ret_text);

/* Opens a directory in the same way. Returns NULL on any error. */
DIR *beneath_open_directory(int root_fd, const char *path);

/* The last component of the path. Points into path. */
const char *beneath_name(const char *path);

#endif
