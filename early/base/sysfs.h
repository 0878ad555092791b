/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BASE_SYSFS_H
#define PASSTHRU_BASE_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/util.h"

/*
 * Access to sysfs. Paths are relative to the directory fd. Every write of the program
 * goes through sysfs_write(), so that a test can replace sysfs.c, record the order of the
 * writes and return any errno.
 */

/*
 * Reads at most size - 1 bytes of an attribute, strips a newline at the end, and
 * NUL-terminates. Returns the length or a negative errno.
 */
ssize_t sysfs_read(int fd, const char *path, char *buffer, size_t size) _must_check_;

/* The same for binary attributes: strips no newline and adds no NUL. */
ssize_t sysfs_read_bytes(int fd, const char *path, void *buffer,
			 size_t size) _must_check_;

/* Writes the whole value in one write(2). Returns 0 or a negative errno. */
int sysfs_write(int fd, const char *path, const char *value) _must_check_;

/*
 * Reads the target of a symbolic link, NUL-terminated. Returns 0; -ENOENT if there is no
 * link; -ENAMETOOLONG.
 */
int sysfs_read_target(int fd, const char *path, char *target, size_t size) _must_check_;

/*
 * Reads the last component of the target of a symbolic link: the name of a driver or the
 * number of a group. Returns 0; -ENOENT if there is no link; -ENAMETOOLONG.
 */
int sysfs_read_link(int fd, const char *path, char *name, size_t size) _must_check_;

/* Opens a directory for readdir(3). Returns NULL with errno set on error. */
DIR *sysfs_open_directory(int fd, const char *path) _must_check_;

bool sysfs_exists(int fd, const char *path);

#endif
