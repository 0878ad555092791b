/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BASE_FILE_H
#define PASSTHRU_BASE_FILE_H

/*
 * Reads a whole file, even one in /proc, whose length stat(2) does not tell. path is
 * relative to the directory fd. Returns 0 and in *ret_text a NUL-terminated string for
 * the caller to free, or a negative errno.
 */
int file_read(int fd, const char *path, char **ret_text);

#endif
