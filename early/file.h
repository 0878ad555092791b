/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_FILE_H
#define PASSTHRU_FILE_H

/*
 * Reads a file to its end, whatever its length (files in /proc do not tell theirs). path
 * is relative to the directory fd. Returns 0 with *ret_text a NUL-terminated string to be
 * freed by the caller, or a negative errno.
 */
int file_read(int fd, const char *path, char **ret_text);

#endif
