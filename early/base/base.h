/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BASE_H
#define PASSTHRU_BASE_H

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

/* Helpers for everything else: text, files, arrays, clocks, the log. */

/* -- array --------------------------------------------------------------------------- */

/*
 * Growing arrays: a pointer to the items, NULL at first, and their count. The memory is
 * always enough for the count rounded up to a power of two, so there is no separate
 * capacity, and the count may be lowered at any time. The caller frees the items.
 */

/*
 * Appends a zeroed item to an array; items and count are lvalues. Returns a pointer to
 * the item, valid until the next one is appended, or NULL if out of memory: then the
 * array is unchanged.
 */
#define array_append(items, count)                                        \
	({                                                                \
		__typeof__(items) grown_ =                                \
			array_grow((items), (count), sizeof((items)[0])); \
                                                                          \
		if (grown_)                                               \
			(items) = grown_;                                 \
		grown_ ? &(items)[(count)++] : NULL;                      \
	})

/* For array_append(): returns the items with a zeroed one after the last, or NULL. */
void *array_grow(void *items, size_t count, size_t size);

/* -- clock --------------------------------------------------------------------------- */

/*
 * Microseconds, for durations that the user sees. With klibc, which lacks
 * clock_gettime(), this is the wall clock: never use it for a deadline.
 */
uint64_t clock_us(void);

/* Milliseconds of a monotonic clock, for deadlines; with klibc in steps of 10. */
uint64_t clock_ms(void);

/* -- file ---------------------------------------------------------------------------- */

/*
 * Reads a whole file, even one in /proc, whose length stat(2) does not tell. path is
 * relative to the directory fd. Returns 0 and in *ret_text a NUL-terminated string for
 * the caller to free, or a negative errno.
 */
int file_read(int fd, const char *path, char **ret_text);

/* The same for an open file, from where it is. */
int file_read_fd(int file, char **ret_text);

/*
 * From now on the path of each file that is read or written is put into that memory,
 * where another process may see which one hangs; NULL for no more.
 */
#define FILE_NOTE_SIZE 128
void file_note_to(char *note);

/* Notes it. */
void file_note(const char *path);

/* Whether it is there. path is relative to the directory fd. */
bool file_exists(int fd, const char *path);

/* Makes the directory that the path is in, unless it is there. Returns 0 or a negative
 * errno. */
int file_make_directory(int fd, const char *path);

/*
 * Replaces a file as a whole: put() writes the new content to PATH.new, which is then
 * renamed. Returns 0 or a negative errno.
 */
int file_replace(int fd, const char *path, void (*put)(FILE *file, const void *data),
		 const void *data);

/* -- util ---------------------------------------------------------------------------- */

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define _must_check_	  __attribute__((warn_unused_result))
#define _printf_(fmt, at) __attribute__((format(printf, fmt, at)))

/* Releases variables that go out of scope; errno stays as it is. */
static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_close(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void cleanup_closedir(DIR **dir)
{
	int saved = errno;

	if (*dir)
		closedir(*dir);
	errno = saved;
}

#define _cleanup_free_	   __attribute__((cleanup(cleanup_free)))
#define _cleanup_close_	   __attribute__((cleanup(cleanup_close)))
#define _cleanup_closedir_ __attribute__((cleanup(cleanup_closedir)))

/* Passes the ownership of a _cleanup_ variable to the caller. */
#define take_pointer(pointer)                          \
	({                                             \
		__typeof__(pointer) taken = (pointer); \
		(pointer) = NULL;                      \
		taken;                                 \
	})

/* -- log ----------------------------------------------------------------------------- */

/* Severities of syslog(3). */
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6 };

/*
 * Writes lines to dev/kmsg below root_fd, which must stay open, and with also_stderr or
 * without kmsg to standard error. log_debug() is silent unless verbose is set.
 */
void log_open(int root_fd, bool also_stderr, bool verbose);

/* Sets verbose, once the command line has been read. */
void log_set_verbose(void);

/*
 * Writes one line that begins with "passthru: "; format has no newline. Longer lines are
 * truncated to 480 bytes, since the kernel limits a record. Bytes other than printable
 * ASCII become "?".
 */
void log_line(enum log_level level, const char *format, ...) _printf_(2, 3);
void log_debug(const char *format, ...) _printf_(1, 2);

/* -- modules ------------------------------------------------------------------------- */

/*
 * Where a kernel's modules are, in a directory with the name of its release, relative to
 * the root. An addon to a unified kernel image brings its own, which do not mix with
 * those of the image: dracut/50passthru/addon-initrd.
 */
#define MODULES_OF_ADDON "usr/lib/passthru/modules"
#define MODULES		 "lib/modules"

/*
 * The directories of modprobe.d(5), relative to the root: the administrator's, then those
 * of the system and of packages. A file overrides those of its name in the later ones.
 */
#define MODPROBE_ETC "etc/modprobe.d"
#define MODPROBE_OTHERS(row)                                    \
	row("run/modprobe.d"), row("usr/local/lib/modprobe.d"), \
		row("usr/lib/modprobe.d"), row("lib/modprobe.d")

/* -- path ---------------------------------------------------------------------------- */

/*
 * Writes a path of any length into a buffer of that size, which the arguments may not be
 * in. Returns 0; or -ENAMETOOLONG if it does not fit: then the buffer has "", never a
 * part of the path, which may be the path of another file.
 *
 * snprintf() is enough for a buffer whose size is the sum of its parts' sizes.
 */
int path_format(char *path, size_t size, const char *format, ...) _must_check_
	_printf_(3, 4);

/* The same with a list of arguments. */
int path_vformat(char *path, size_t size, const char *format,
		 va_list arguments) _must_check_ _printf_(3, 0);

/* -- text ---------------------------------------------------------------------------- */

/*
 * A piece of text without a NUL at its end, such as a part of the kernel command line. A
 * span does not own its text.
 */
struct span {
	const char *at;
	size_t length;
};

/* The rest of a span that is being read. */
struct text_cursor {
	const char *at;
	const char *end;
};

/* White space for the kernel's command line parser, except NUL. */
bool text_is_space(char c);

/*
 * Reads one to max_digits (at most 8) hex digits. Returns 0, or -EINVAL if there is no
 * digit: then the cursor stays. klibc's strtoul() does not report overflow, and sscanf()
 * accepts signs and spaces.
 */
int text_read_hex(struct text_cursor *cursor, unsigned max_digits, uint32_t *ret);

/* Steps over the byte c if it comes next. Returns whether it does. */
bool text_skip(struct text_cursor *cursor, char c);

/* Steps over the word if it comes next. Returns whether it does. */
bool text_skip_word(struct text_cursor *cursor, const char *word);

struct span span_of(const char *string);
struct span span_trim(struct span span);
bool span_equals(struct span span, const char *string);

/* Whether the list, with blanks between its words, has the word. */
bool span_is_in(struct span word, const char *list);

/* Whether it equals one of the words. */
bool span_is_one_of(struct span span, const char *const *words, size_t count);

/* The same as span_equals(), but "-" equals "_", as in all kernel parameters. */
bool span_equals_name(struct span span, const char *name);

/* The same for two strings: a driver and its module differ only in this. */
bool text_equals_name(const char *a, const char *b);

/* Steps over the prefix if the span begins with it. Returns whether it does. */
bool span_skip_prefix(struct span *span, const char *prefix);

/* The beginning of the span up to the first c, or all of it. */
struct span span_until(struct span span, char c);

/*
 * Takes the next item from *list, which begins as the whole comma-separated list. The
 * item is trimmed and may be empty. Returns false after the last one; then list->at is
 * NULL.
 */
bool span_next_item(struct span *list, struct span *ret_item);

/*
 * Reads "MAJOR:MINOR" at the beginning of the text. Returns whether it is there. Nothing
 * else would need sscanf(), which is 1,800 bytes of klibc.
 */
bool text_read_pair(const char *text, unsigned *ret_first, unsigned *ret_second);

/*
 * Takes the next line from *text, without the newline, which the last one may lack.
 * Returns false at the end.
 */
bool text_next_line(const char **text, struct text_cursor *ret_line);

/* Takes the next word: up to a blank or a tab. It is empty at the end. */
struct span text_next_word(struct text_cursor *line);

/*
 * The number of letters to insert, delete or replace, or neighbours to exchange, to turn
 * a into b, whatever the case; SIZE_MAX if they are too many for a slip: more than 2, or
 * than a third of the longer one.
 */
size_t text_slips(struct span a, struct span b);

/* -- shell vars ---------------------------------------------------------------------- */

/*
 * Files of shell assignments, such as initramfs.conf, /etc/default/grub and dracut.conf.
 * Anything but plain assignments is not understood, and reported as such. The language of
 * grub.cfg is another one: see boot/grub_script.h.
 */
struct shell_assignment {
	struct span name;
	struct span raw; /* the value as written, with quotes */
	bool appends;	 /* += */
	/*
	 * It uses no commands and no variables but its own, its quotes are closed, and
	 * nothing follows on the line.
	 */
	bool is_plain;
	bool is_closed; /* its quotes are, and nothing follows on the line */
};

/*
 * Finds the next assignment: at the beginning of a line, after "export", or after another
 * one. Returns false at the end.
 */
bool shell_vars_next(const char **text, struct shell_assignment *ret);

/*
 * The value without quotes; old replaces $name and ${name} of the assigned variable
 * itself. Freed by the caller; NULL without memory.
 */
char *shell_vars_value(const struct shell_assignment *assignment, const char *old);

/*
 * The value of a variable after the file, if it was old ("" for none) before. Sets
 * *ret_plain to false if an assignment is not plain. Freed by the caller; NULL without
 * memory.
 */
char *shell_vars_resolve(const char *text, const char *name, const char *old,
			 bool *ret_plain);

/* -- sysfs --------------------------------------------------------------------------- */

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

/*
 * Opens an attribute and waits until no other process of passthru has it locked. Returns
 * a file descriptor, whose end unlocks it, or a negative errno.
 */
int sysfs_lock(int fd, const char *path) _must_check_;

#endif
