/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files in which people write to sysfs: scripts, rules, units. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "commands/internal.h"
#include "lib/lib.h"

static bool is_comment(struct text_cursor line)
{
	while (line.at < line.end && text_is_space(*line.at))
		line.at++;
	return line.at < line.end && strchr("#;", *line.at);
}

size_t scripts_find_line(const char *text, const char *word, struct text_cursor *ret)
{
	for (size_t number = 1; text_next_line(&text, ret); number++)
		if (!is_comment(*ret) &&
		    memmem(ret->at, (size_t)(ret->end - ret->at), word, strlen(word)))
			return number;
	return 0;
}

/* Scripts are short, and not all that is in their directories is one. */
#define READ_MAX 65536

char *scripts_read(int root_fd, const char *path)
{
	_cleanup_close_ int fd = beneath_open(root_fd, path);
	struct stat st;
	char *text;
	ssize_t length;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	text = malloc(READ_MAX + 1);
	length = text ? read(fd, text, READ_MAX) : 0;
	if (text)
		text[length < 0 ? 0 : length] = '\0';
	return text;
}

void scripts_each(int root_fd, const char *path, const char *suffix,
		  void (*each)(void *data, const char *path), void *data)
{
	_cleanup_free_ char **paths = NULL;

	if (!suffix) {
		each(data, path);
		return;
	}
	paths = dirlist_paths(root_fd, path, suffix);
	for (size_t i = 0; paths && paths[i]; i++) {
		_cleanup_free_ char **inside = dirlist_paths(root_fd, paths[i], "");

		each(data, paths[i]);
		for (size_t j = 0; inside && inside[j]; j++)
			each(data, inside[j]);
	}
}
