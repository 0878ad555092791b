/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LIB_BENEATH_H
#define PASSTHRU_LIB_BENEATH_H

/*
 * Opens the directory that path names a file in, to change that file. Returns its
 * descriptor; -EXDEV where the directory is not below the root but elsewhere through
 * "..", a "/" at the beginning or a symbolic link on the way; or another negative errno.
 * Kernels before 5.6 have no openat2(2), and nothing is -EXDEV.
 */
int beneath_open_parent(int root_fd, const char *path);

/* The last part of the path: the file's name in that directory. Points into path. */
const char *beneath_name(const char *path);

#endif
