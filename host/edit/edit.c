/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "edit/internal.h"
#include "lib/lib.h"

static int split(struct edit *edit)
{
	size_t length = strlen(edit->text), count = 1;

	for (const char *at = edit->text; *at; at++)
		count += *at == '\n';
	edit->lines = calloc(count + 1, sizeof(edit->lines[0]));
	if (!edit->lines)
		return -ENOMEM;
	edit->has_end = length == 0 || edit->text[length - 1] == '\n';
	for (char *at = edit->text; *at;) {
		char *end = at + strcspn(at, "\n");

		edit->lines[edit->count++] = (struct edit_line){ at, at };
		at = *end ? end + 1 : end;
		*end = '\0';
	}
	return 0;
}

int edit_open(int root_fd, const char *path, struct edit *ret)
{
	struct change change;
	int r = change_open(root_fd, path, &change);

	*ret = (struct edit){ 0 };
	if (r < 0) {
		change_free(&change);
		return r;
	}
	strcpy(ret->path, path);
	ret->old = change.old;
	ret->text = change.new;
	r = split(ret);
	if (r < 0)
		edit_free(ret);
	return r;
}

void edit_free(struct edit *edit)
{
	for (size_t i = 0; i < edit->count; i++)
		if (edit->lines[i].new != edit->lines[i].old)
			free(edit->lines[i].new);
	free(edit->lines);
	free(edit->text);
	free(edit->old);
	*edit = (struct edit){ 0 };
}

int edit_set(struct edit *edit, size_t line, const char *text)
{
	struct edit_line *target = &edit->lines[line];
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		return -ENOMEM;
	if (target->new != target->old)
		free(target->new);
	target->new = copy;
	if (copy && strcmp(copy, target->old) == 0) {
		free(copy);
		target->new = target->old;
	}
	return 0;
}

static bool is_line_changed(const struct edit_line *line)
{
	return line->new != line->old;
}

bool edit_is_changed(const struct edit *edit)
{
	if (edit->is_deleted)
		return true;
	for (size_t i = 0; i < edit->count; i++)
		if (is_line_changed(&edit->lines[i]))
			return true;
	return false;
}

char *edit_result(const struct edit *edit)
{
	struct text_file text;
	FILE *file = text_file_open(&text);

	if (!file)
		return NULL;
	for (size_t i = 0; i < edit->count; i++)
		if (edit->lines[i].new)
			fprintf(file, "%s%s", edit->lines[i].new,
				i + 1 < edit->count || edit->has_end ? "\n" : "");
	return text_file_close(&text);
}

int edit_change(const struct edit *edit, struct change *ret)
{
	*ret = (struct change){ 0 };
	strcpy(ret->path, edit->path);
	ret->old = strdup(edit->old);
	ret->new = edit->is_deleted ? NULL : edit_result(edit);
	return ret->old && (ret->new || edit->is_deleted) ? 0 : -ENOMEM;
}
