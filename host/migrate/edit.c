/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "lib/beneath.h"
#include "migrate/edit.h"

#define CONTEXT 3

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
	_cleanup_close_ int directory_fd = beneath_open_parent(root_fd, path);
	struct stat st;
	int r;

	*ret = (struct edit){ 0 };
	if (fstatat(root_fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || directory_fd == -EXDEV)
		return -ELOOP;
	if (strlen(path) >= sizeof(ret->path))
		return -ENAMETOOLONG;
	/* The list in a backup has one path per line. */
	if (strchr(path, '\n'))
		return -EINVAL;
	strcpy(ret->path, path);
	r = file_read(root_fd, path, &ret->text);
	/* A file with a NUL byte is not a text file. */
	if (r == 0 && strlen(ret->text) != (size_t)st.st_size)
		r = -EILSEQ;
	if (r == 0)
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
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	for (size_t i = 0; i < edit->count; i++)
		if (edit->lines[i].new)
			fprintf(file, "%s%s", edit->lines[i].new,
				i + 1 < edit->count || edit->has_end ? "\n" : "");
	return fclose(file) == 0 ? text : NULL;
}

static void put(const struct output *output, enum style style, char sign,
		const char *line)
{
	char *text = NULL;

	if (asprintf(&text, "%c%s", sign, line) < 0)
		return;
	output_styled(output, style, text);
	putchar('\n');
	free(text);
}

static void put_end(const struct edit *edit, size_t line)
{
	if (line + 1 == edit->count && !edit->has_end)
		puts("\\ No newline at end of file");
}

/* The end of the hunk that begins with this line: CONTEXT lines after its last change. */
static size_t find_end(const struct edit *edit, size_t first)
{
	size_t last = first;

	for (size_t i = first; i < edit->count && i <= last + 2 * CONTEXT; i++)
		if (edit->is_deleted || is_line_changed(&edit->lines[i]))
			last = i;
	return last + CONTEXT + 1 < edit->count ? last + CONTEXT + 1 : edit->count;
}

static void put_lines(const struct output *output, const struct edit *edit, size_t from,
		      size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct edit_line *line = &edit->lines[i];

		if (!edit->is_deleted && !is_line_changed(line)) {
			put(output, STYLE_PLAIN, ' ', line->old);
			put_end(edit, i);
			continue;
		}
		put(output, STYLE_BAD, '-', line->old);
		put_end(edit, i);
		if (!line->new || edit->is_deleted)
			continue;
		put(output, STYLE_GOOD, '+', line->new);
		put_end(edit, i);
	}
}

static size_t count_new(const struct edit *edit, size_t from, size_t to)
{
	size_t count = 0;

	for (size_t i = from; i < to; i++)
		count += !edit->is_deleted && edit->lines[i].new != NULL;
	return count;
}

void edit_print(const struct output *output, const struct edit *edit)
{
	size_t done = 0;
	char title[320];

	snprintf(title, sizeof(title), "--- a/%s", edit->path);
	output_styled(output, STYLE_TITLE, title);
	snprintf(title, sizeof(title), "+++ %s%s", edit->is_deleted ? "/dev/null" : "b/",
		 edit->is_deleted ? "" : edit->path);
	putchar('\n');
	output_styled(output, STYLE_TITLE, title);
	putchar('\n');
	for (size_t i = 0; i < edit->count; i++) {
		size_t from = i > CONTEXT && !edit->is_deleted ? i - CONTEXT : 0, to;
		size_t before;

		if (!edit->is_deleted && !is_line_changed(&edit->lines[i]))
			continue;
		from = from < done ? done : from;
		to = find_end(edit, i);
		before = count_new(edit, 0, from);
		printf("@@ -%zu,%zu +%zu,%zu @@\n", from + 1, to - from,
		       before + (count_new(edit, from, to) > 0),
		       count_new(edit, from, to));
		put_lines(output, edit, from, to);
		done = to;
		i = to - 1;
	}
}
