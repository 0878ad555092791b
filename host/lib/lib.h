/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LIB_H
#define PASSTHRU_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/base.h"

/* Helpers: files below a root, texts in memory, words of a line. */

/* -- beneath ------------------------------------------------------------------------- */

/*
 * Everything that is read of the machine below a root is opened here, but for sysfs and
 * the classes of devices, whose links the kernel makes.
 *
 * Opens a file to read it. A link that is absolute or leads up leads to what has that
 * name below the root. Does not wait for the writer of a FIFO. Returns a descriptor or a
 * negative errno. Kernels before 5.6 have no openat2(2); there, links lead anywhere.
 */
int beneath_open(int root_fd, const char *path);

/*
 * Formats a path. Returns 0; -ENAMETOOLONG if it is longer than any path can be, with all
 * of it in *ret_path, so that a message can name it; or -ENOMEM. The caller frees
 * *ret_path in any case.
 */
int beneath_format(char **ret_path, const char *format, ...) _must_check_ _printf_(2, 3);

/* Whether a file is there for beneath_open(), readable or not. */
bool beneath_exists(int root_fd, const char *path);

/* The path that is formatted if there is such a file, freed by the caller; else NULL. */
char *beneath_find(int root_fd, const char *format, ...) _must_check_ _printf_(2, 3);

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

/* The same for a path that is formatted. */
int beneath_readf(int root_fd, char **ret_text, const char *format, ...) _printf_(3, 4);

/* The last component of the path. Points into path. */
const char *beneath_name(const char *path);

/*
 * The names in a directory that end with this text, except those that begin with a dot.
 * They are sorted by byte, as shells, dracut and modprobe do. NULL-terminated; one block,
 * freed by the caller. Empty if the directory cannot be read; NULL without memory.
 */
char **dirlist_read(int root_fd, const char *directory, const char *end);

/* The same as paths: each name after the directory and a slash. */
char **dirlist_paths(int root_fd, const char *directory, const char *end);

/* The same. *ret_error is a negative errno if it is there and was not read to its end. */
char **dirlist_try_paths(int root_fd, const char *directory, const char *end,
			 int *ret_error);

/* -- programs ------------------------------------------------------------------------ */

/*
 * Programs that are run from now on, and those that they run, are found in the
 * directories of the system, too: after su(1) without "-", PATH lacks those for root.
 */
void programs_set_path(void);

/* -- text file ----------------------------------------------------------------------- */

/* Text in memory that is written like a file. */
struct text_file {
	FILE *file;
	char *text;
	size_t size;
};

/* Opens an empty one. Returns what to write to; NULL without memory. */
FILE *text_file_open(struct text_file *ret);

/*
 * Closes it, in whatever state. Returns the text, freed by the caller; NULL if there was
 * not enough memory for all of it, or if it is not open.
 */
char *text_file_close(struct text_file *text);

/* -- wordlist ------------------------------------------------------------------------ */

/* The words of a line. Double quotes protect blanks and remain in the words. */
struct wordlist {
	char **items;
	size_t count;
	char *joined; /* by wordlist_join() */
};

/*
 * Read the next word, or the blanks before it, and advance rest. Either is empty if there
 * is none.
 */
struct span wordlist_next(struct text_cursor *rest);
struct span wordlist_next_blanks(struct text_cursor *rest);

/* Returns 0 or -ENOMEM; release with wordlist_free() if 0. */
int wordlist_split(const char *line, struct wordlist *ret);
void wordlist_free(struct wordlist *wordlist);

void wordlist_remove(struct wordlist *wordlist, size_t index);
int wordlist_insert(struct wordlist *wordlist, size_t index, const char *word);

/* Joins the words from that index on, in wordlist->joined. Returns 0 or -ENOMEM. */
int wordlist_join(struct wordlist *wordlist, size_t from);

/* Whether the line has any words, and all of them are in the other one as well. */
bool wordlist_contains(const char *line, const char *in);

/* Removes the double quotes around a word, in place. */
char *wordlist_unquote(char *word);

#endif
