/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/internal.h"

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_wanted(const char *name, const char *end)
{
	size_t length = strlen(name), end_length = strlen(end);

	return name[0] != '.' && length > end_length &&
	       strcmp(name + length - end_length, end) == 0;
}

/* The size of all names, terminators included. */
static size_t measure(DIR *stream, const char *end)
{
	struct dirent *entry;
	size_t size = 0;

	while ((entry = readdir(stream)))
		if (is_wanted(entry->d_name, end))
			size += strlen(entry->d_name) + 1;
	rewinddir(stream);
	return size;
}

/* Skips files that were created since measure(), which do not fit. */
static size_t collect(DIR *stream, const char *end, char **names, char *room, size_t size)
{
	struct dirent *entry;
	size_t count = 0;

	while ((entry = readdir(stream))) {
		size_t length = strlen(entry->d_name) + 1;

		if (!is_wanted(entry->d_name, end) || length > size)
			continue;
		names[count++] = memcpy(room, entry->d_name, length);
		room += length;
		size -= length;
	}
	return count;
}

char **dirlist_read(int root_fd, const char *directory, const char *end)
{
	_cleanup_closedir_ DIR *stream = beneath_open_directory(root_fd, directory);
	size_t size = stream ? measure(stream, end) : 0, count = 0;
	/* A name takes two bytes or more, so there are never more than that. */
	size_t most = size / 2;
	char **names = malloc((most + 1) * sizeof(names[0]) + size);

	if (!names)
		return NULL;
	if (stream)
		count = collect(stream, end, names, (char *)(names + most + 1), size);
	names[count] = NULL;
	if (count)
		qsort(names, count, sizeof(names[0]), compare_names);
	return names;
}
