/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "lib/lib.h"

bool cmdline_has_item(const char *cmdline, const char *name, const char *item)
{
	struct text_cursor rest = { .at = cmdline, .end = cmdline + strlen(cmdline) };
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter)) {
		struct span found, list = parameter.value;

		if (!span_equals_name(parameter.name, name))
			continue;
		while (span_next_item(&list, &found))
			if (found.length == strlen(item) &&
			    strncasecmp(found.at, item, found.length) == 0)
				return true;
	}
	return false;
}

struct joined {
	int root_fd;
	const struct change *change; /* NULL once it is part of the file */
	FILE *file;
};

static int compare_change(const struct joined *joined, const char *path)
{
	return joined->change ? strcmp(joined->change->path, path) : 1;
}

static void put_change(struct joined *joined)
{
	if (joined->change && joined->change->new)
		fprintf(joined->file, "%s\n", joined->change->new);
	joined->change = NULL;
}

static int copy_file(struct joined *joined, const char *path)
{
	_cleanup_free_ char *text = NULL;
	int r, order = compare_change(joined, path);

	if (order <= 0)
		put_change(joined);
	if (order == 0)
		return 0;
	r = beneath_read(joined->root_fd, path, &text);
	if (r == 0)
		fprintf(joined->file, "%s\n", text);
	/* The hooks skip it, too. */
	return r == -EISDIR || r == -ENOENT ? 0 : r;
}

/* 0 if the directory can be read or is not there. */
static int check_directory(int root_fd)
{
	_cleanup_close_ int fd = beneath_open(root_fd, CONFIGURATION_DIRECTORY);

	return fd >= 0 || fd == -ENOENT || fd == -ENOTDIR ? 0 : fd;
}

int configuration_read(int root_fd, const struct change *change, char **ret_text)
{
	_cleanup_free_ char **paths =
		dirlist_paths(root_fd, CONFIGURATION_DIRECTORY, ".conf");
	struct text_file text;
	struct joined joined = { root_fd, change, text_file_open(&text) };
	int r = paths && joined.file ? check_directory(root_fd) : -ENOMEM;

	for (size_t i = 0; r == 0 && paths[i]; i++)
		r = copy_file(&joined, paths[i]);
	if (r == 0)
		put_change(&joined);
	*ret_text = text_file_close(&text);
	return r < 0 || *ret_text ? r : -ENOMEM;
}

int configuration_append(struct change *change, const char *lines)
{
	const char *old = change->old ? change->old : "";
	size_t length = strlen(old);
	char *both;

	if (!lines[0])
		return 0;
	if (asprintf(&both, "%s%s%s", old, length && old[length - 1] != '\n' ? "\n" : "",
		     lines) < 0)
		return -ENOMEM;
	free(change->new);
	change->new = both;
	return 0;
}

static void note_ignored(void *data, struct span word)
{
	FILE *file = data;

	fprintf(file, "%s\"%.*s\"", ftell(file) ? ", " : "", (int)word.length, word.at);
}

int whole_cmdline_make(const char *configuration, const char *cmdline,
		       struct whole_cmdline *ret)
{
	_cleanup_free_ char *filtered = NULL;
	struct text_file ignored;
	FILE *file = text_file_open(&ignored);
	int r = file ? config_filter(configuration, note_ignored, file, &filtered)
		     : -ENOMEM;

	*ret = (struct whole_cmdline){ .rescue = config_find_rescue(cmdline),
				       .ignored = text_file_close(&ignored) };
	if (r < 0 || !ret->ignored)
		return -ENOMEM;
	ret->has_config = filtered[0] && !ret->rescue.length;
	/* Without parameters it does not matter what the boot is for. */
	if (!filtered[0])
		ret->rescue.length = 0;
	if (asprintf(&ret->text, "%s%s", ret->has_config ? filtered : "", cmdline) < 0)
		ret->text = NULL;
	return ret->text ? 0 : -ENOMEM;
}

void whole_cmdline_free(struct whole_cmdline *whole)
{
	free(whole->text);
	free(whole->ignored);
	*whole = (struct whole_cmdline){ 0 };
}
