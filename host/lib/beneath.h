/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LIB_BENEATH_H
#define PASSTHRU_LIB_BENEATH_H

#include <dirent.h>
#include <stdbool.h>

/*
 * Everything that is read of the machine below a root is opened here, but for sysfs and
 * the classes of devices, whose links the kernel makes.
 *
 * Opens a file to read it. A link that is absolute or leads up leads to what has that
 * name below the root. Does not wait for the writer of a FIFO. Returns a descriptor or a
 * negative errno. Kernels before 5.6 have no openat2(2); there, links lead anywhere.
 */
int beneath_open(int root_fd, const char *path);

/* Whether a file is there for beneath_open(), readable or not. */
bool beneath_exists(int root_fd, const char *path);

/*
 * Opens the directory of the file that path names, to change that file. Returns a
 * descriptor; -EXDEV if the path leaves the root through "..", a leading "/" or a
 * symbolic link; or another negative errno. Kernels before 5.6 have no openat2(2); there,
 * the result is never -EXDEV.
 */
int beneath_open_parent(int root_fd, const char *path);

/*
 * Reads a text file that beneath_open() opens, as file_read(). What is not a regular file
 * is refused with -EINVAL.
 */
int beneath_read(int root_fd, const char *path, char **ret_text);

/* Opens a directory in the same way. Returns NULL on any error. */
DIR *beneath_open_directory(int root_fd, const char *path);

/* The last component of the path. Points into path. */
const char *beneath_name(const char *path);

#endif
