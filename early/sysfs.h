/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_SYSFS_H
#define PASSTHRU_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util.h"

/*
 * All reading and writing of sysfs. Paths are relative to the directory fd. Every write
 * of the program goes through sysfs_write(), so that a test can put another sysfs.c in
 * its place, record the order and answer with any errno.
 */

/*
 * Reads an attribute, at most size - 1 bytes of it, without the newline at its end, and
 * NUL-terminates. Returns the length or a negative errno.
 */
ssize_t sysfs_read(int fd, const char *path, char *buffer, size_t size) _must_check_;

/* The same for binary attributes: no newline is removed and no NUL added. */
ssize_t sysfs_read_bytes(int fd, const char *path, void *buffer,
			 size_t size) _must_check_;

/* Writes the whole value in one write(2). Returns 0 or a negative errno. */
int sysfs_write(int fd, const char *path, const char *value) _must_check_;

/*
 * The last component of what a symbolic link points to: the name of a driver or the
 * number of a group. Returns 0; -ENOENT where there is no link; -ENAMETOOLONG.
 */
int sysfs_read_link(int fd, const char *path, char *name, size_t size) _must_check_;

/* A directory for readdir(3), or NULL with errno set. */
DIR *sysfs_open_directory(int fd, const char *path) _must_check_;

bool sysfs_exists(int fd, const char *path);

#endif
