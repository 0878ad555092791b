/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "initramfs/internal.h"
#include "lib/lib.h"

/* The first one that has install.conf wins, and of drop-ins the one that is read last. */
static const char *const directories[] = { "etc/kernel", "run/kernel",
					   "usr/local/lib/kernel", "usr/lib/kernel" };

/* Replaces *value, unless there is no memory. Returns whether the file can be read. */
static bool apply(int root_fd, const char *path, char **value)
{
	_cleanup_free_ char *text = NULL;
	bool plain = true;
	char *next;

	if (beneath_read(root_fd, path, &text) < 0)
		return false;
	next = shell_vars_resolve(text, "initrd_generator", *value, &plain);
	if (next) {
		free(*value);
		*value = next;
	}
	return true;
}

char *kernel_install_generator(int root_fd)
{
	char *value = strdup(""), directory[64], path[512];
	bool found = false;

	if (!value)
		return NULL;
	for (size_t i = 0; !found && i < ARRAY_SIZE(directories); i++) {
		found = path_format(path, sizeof(path), "%s/install.conf",
				    directories[i]) == 0 &&
			apply(root_fd, path, &value);
	}
	for (size_t i = ARRAY_SIZE(directories); i-- > 0;) {
		_cleanup_free_ char **names = NULL;

		if (path_format(directory, sizeof(directory), "%s/install.conf.d",
				directories[i]) == 0)
			names = dirlist_read(root_fd, directory, ".conf");
		for (size_t j = 0; names && names[j]; j++)
			if (path_format(path, sizeof(path), "%s/%s", directory,
					names[j]) == 0)
				apply(root_fd, path, &value);
	}
	return value;
}
