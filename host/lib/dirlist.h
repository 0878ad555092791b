/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LIB_DIRLIST_H
#define PASSTHRU_LIB_DIRLIST_H

/*
 * The names in a directory that end with this text, except those that begin with a dot.
 * They are sorted by byte, as shells, dracut and modprobe do. NULL-terminated; one block,
 * freed by the caller. Empty if the directory cannot be read; NULL without memory.
 */
char **dirlist_read(int root_fd, const char *directory, const char *end);

#endif
