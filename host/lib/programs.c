/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"

static bool has_directory(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	while (*path) {
		size_t part = strcspn(path, ":");

		if (part == length && memcmp(path, directory, length) == 0)
			return true;
		path += part + (path[part] == ':');
	}
	return false;
}

void programs_set_path(void)
{
	static const char *const directories[] = { "/usr/local/sbin", "/usr/local/bin",
						   "/usr/sbin",	      "/usr/bin",
						   "/sbin",	      "/bin" };
	const char *path = getenv("PATH");
	_cleanup_free_ char *longer = NULL;
	struct text_file text;
	FILE *file = text_file_open(&text);

	if (!file)
		return;
	fputs(path ? path : "", file);
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (!has_directory(path ? path : "", directories[i]))
			fprintf(file, "%s%s", ftell(file) ? ":" : "", directories[i]);
	longer = text_file_close(&text);
	if (longer)
		setenv("PATH", longer, 1);
}
