/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LIB_DIRLIST_H
#define PASSTHRU_LIB_DIRLIST_H

/*
 * Names of the files in a directory that end so, without those that begin with a dot,
 * sorted by their bytes, which is the order that shells, dracut and modprobe read files
 * in; NULL-terminated, one block to be freed by the caller. None where the directory
 * cannot be read; NULL where there is no memory.
 */
char **dirlist_read(int root_fd, const char *directory, const char *end);

#endif
