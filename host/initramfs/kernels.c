/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdio.h>

#include "base/base.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"

/* A kernel without modules only has the list of what is built in (kernel's Makefile). */
static bool is_installed(int root_fd, const char *name)
{
	static const char *const files[] = { "modules.dep", "modules.builtin" };
	char path[512];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (path_format(path, sizeof(path), "lib/modules/%s/%s", name,
				files[i]) == 0 &&
		    beneath_exists(root_fd, path))
			return true;
	return false;
}

char **kernels_list(int root_fd, size_t *ret_count)
{
	char **names = dirlist_read(root_fd, "lib/modules", "");
	size_t count = 0;

	for (size_t i = 0; names && names[i]; i++)
		if (is_installed(root_fd, names[i]))
			names[count++] = names[i];
	if (names)
		names[count] = NULL;
	*ret_count = count;
	return names;
}
