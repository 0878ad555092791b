/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of file systems and volumes: the image's copies, and the files. */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "initramfs/internal.h"
#include "lib/lib.h"

/* Those of copy_tables() in early/initramfs/functions.sh. */
const char *const image_table_names[IMAGE_TABLE_COUNT] = { "fstab", "crypttab",
							   "veritytab", "integritytab" };

static bool is_left_out(struct text_cursor line)
{
	struct span first = text_next_word(&line);

	return !first.length || first.at[0] == '#';
}

/* Whether the text before "=" is the name of an option with a secret; sets its end. */
static bool is_secret(const char *text, size_t *length)
{
	static const char *const names[] = { "pass",	    "password", "cred",
					     "credentials", "user",	"username" };
	size_t end = *length;

	while (end > 0 && text[end - 1] >= '0' && text[end - 1] <= '9')
		end--;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t size = strlen(names[i]);

		if (end < size || memcmp(text + end - size, names[i], size) != 0)
			continue;
		*length = end;
		return true;
	}
	return false;
}

/* Appends the line to the text without the values of its secrets. */
static size_t put_line(char *text, size_t length, struct text_cursor line)
{
	bool is_hidden = false;

	for (; line.at < line.end; line.at++) {
		if (*line.at == ',' || text_is_space(*line.at))
			is_hidden = false;
		if (is_hidden)
			continue;
		if (*line.at == '=')
			is_hidden = is_secret(text, &length);
		text[length++] = *line.at;
	}
	text[length++] = '\n';
	return length;
}

/* What a copy has of the text; freed by the caller, NULL without memory. */
static char *copy_of(const char *text)
{
	char *copy = calloc(strlen(text) + 2, 1);
	struct text_cursor line;
	size_t length = 0;

	while (copy && text && text_next_line(&text, &line))
		if (!is_left_out(line))
			length = put_line(copy, length, line);
	return copy;
}

static bool is_same(const char *text, const char *copy)
{
	_cleanup_free_ char *own = copy_of(text), *other = copy_of(copy);

	return !own || !other || strcmp(own, other) == 0;
}

const char *initramfs_find_outdated(int root_fd, const struct initramfs *initramfs)
{
	char *const *copies = initramfs->image.tables;
	bool has_any = false;

	for (size_t i = 0; i < IMAGE_TABLE_COUNT; i++)
		has_any |= copies[i] != NULL;
	for (size_t i = 0; has_any && i < IMAGE_TABLE_COUNT; i++) {
		_cleanup_free_ char *text = NULL;
		int r = beneath_readf(root_fd, &text, "etc/%s", image_table_names[i]);

		if ((r == 0 || r == -ENOENT) &&
		    !is_same(text ? text : "", copies[i] ? copies[i] : ""))
			return image_table_names[i];
	}
	return NULL;
}
