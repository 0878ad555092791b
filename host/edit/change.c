/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "edit/edit.h"
#include "lib/lib.h"
#include "ui/ui.h"

int change_open(int root_fd, const char *path, struct change *ret)
{
	_cleanup_close_ int directory_fd = beneath_open_parent(root_fd, path);
	struct stat st;
	int r;

	*ret = (struct change){ 0 };
	if (strlen(path) >= sizeof(ret->path))
		return -ENAMETOOLONG;
	/* The list in a backup has one path per line. */
	if (strchr(path, '\n'))
		return -EINVAL;
	strcpy(ret->path, path);
	if (directory_fd == -EXDEV)
		return -ELOOP;
	if (fstatat(root_fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ELOOP;
	/* Writing a new file would leave the other names with the old one. */
	if (st.st_nlink > 1)
		return -EMLINK;
	r = beneath_read(root_fd, path, &ret->old);
	/* A file with a NUL byte is not a text file. */
	if (r == 0 && strlen(ret->old) != (size_t)st.st_size)
		r = -EILSEQ;
	if (r == 0 && !(ret->new = strdup(ret->old)))
		r = -ENOMEM;
	return r;
}

const char *change_error(int error)
{
	switch (error) {
	case -ELOOP:
		return "it is not a regular file below the root, such as a link";
	case -EMLINK:
		return "the file has several names (hard links)";
	case -EILSEQ:
		return "it has a NUL byte, so it is no text";
	default:
		return strerror(-error);
	}
}

void change_free(struct change *change)
{
	free(change->old);
	free(change->new);
	*change = (struct change){ 0 };
}

bool change_is_any(const struct change *change)
{
	if (!change->old || !change->new)
		return change->old || change->new;
	return strcmp(change->old, change->new) != 0;
}

/* -- printing ------------------------------------------------------------------------ */

/* A file that a child process can open, or -1. */
static int make_file(const char *text)
{
	size_t size = text ? strlen(text) : 0;
	int fd = memfd_create("text", 0);

	if (fd >= 0 && write(fd, text ? text : "", size) != (ssize_t)size) {
		close(fd);
		return -1;
	}
	return fd;
}

static enum style style_of(const char *line)
{
	switch (line[0]) {
	case '+':
		return STYLE_GOOD;
	case '-':
		return STYLE_BAD;
	default:
		return STYLE_PLAIN;
	}
}

static void put_line(const struct output *output, enum style style, const char *line)
{
	output_styled(output, style, line);
	fputc('\n', output->file);
}

/* The lines of diff after its first two, which name its files. */
static void put_hunks(const struct output *output, FILE *diff)
{
	_cleanup_free_ char *line = NULL;
	size_t size = 0, number = 0;

	while (getline(&line, &size, diff) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (++number > 2)
			put_line(output, style_of(line), line);
	}
}

static void put_title(const struct output *output, const char *mark, const char *side,
		      const char *path, bool exists)
{
	char title[sizeof(((struct change *)0)->path) + 16];

	snprintf(title, sizeof(title), "%s %s%s", mark, exists ? side : "/dev/null",
		 exists ? path : "");
	put_line(output, STYLE_TITLE, title);
}

static void put_titles(const struct output *output, const struct change *change)
{
	put_title(output, "---", "a/", change->path, change->old);
	put_title(output, "+++", "b/", change->path, change->new);
}

/* The shell's exit status is 127 without the command; diff's is 1 for a difference. */
static int result_of(int status)
{
	if (status < 0 || !WIFEXITED(status))
		return -EIO;
	if (WEXITSTATUS(status) == 127)
		return -ENOENT;
	return WEXITSTATUS(status) > 1 ? -EIO : 0;
}

static int print(const struct output *output, const struct change *change)
{
	_cleanup_close_ int old_fd = make_file(change->old);
	_cleanup_close_ int new_fd = make_file(change->new);
	char command[128];
	FILE *diff;
	int c, r;

	if (old_fd < 0 || new_fd < 0)
		return -ENOMEM;
	/* Numbers only, and no other input. */
	snprintf(command, sizeof(command),
		 "LC_ALL=C diff -u /proc/self/fd/%d /proc/self/fd/%d 2>/dev/null", old_fd,
		 new_fd);
	fflush(NULL);
	diff = popen(command, "r");
	if (!diff)
		return -errno;
	/* An empty file that is created or deleted has no lines. */
	c = getc(diff);
	if (c != EOF) {
		ungetc(c, diff);
		put_titles(output, change);
		put_hunks(output, diff);
	}
	r = result_of(pclose(diff));
	if (c == EOF && r == 0)
		put_titles(output, change);
	return r;
}

bool change_print(const struct output *output, const struct change *change)
{
	int r = print(output, change);

	if (r == -ENOENT)
		warn("nothing was changed: there is no diff(1) to show the change; install diffutils");
	else if (r < 0)
		warn_error(r,
			   "nothing was changed: cannot run diff(1) to show the change");
	return r == 0;
}
