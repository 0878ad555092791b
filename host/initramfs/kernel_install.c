/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "initramfs/kernel_install.h"
#include "lib/beneath.h"
#include "lib/dirlist.h"
#include "lib/shell_vars.h"

/* The first one that has install.conf wins; of drop-ins, that of the first one. */
static const char *const directories[] = { "etc/kernel", "run/kernel",
					   "usr/local/lib/kernel", "usr/lib/kernel" };

/* Replaces *value, unless there is no memory. */
static void apply(int root_fd, const char *path, char **value)
{
	_cleanup_free_ char *text = NULL;
	bool plain = true;
	char *next;

	if (beneath_read(root_fd, path, &text) < 0)
		return;
	next = shell_vars_resolve(text, "initrd_generator", *value, &plain);
	if (!next)
		return;
	free(*value);
	*value = next;
}

static void apply_main(int root_fd, char **value)
{
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		_cleanup_free_ char *text = NULL;

		snprintf(path, sizeof(path), "%s/install.conf", directories[i]);
		if (beneath_read(root_fd, path, &text) < 0)
			continue;
		apply(root_fd, path, value);
		return;
	}
}

char *kernel_install_generator(int root_fd)
{
	char *value = strdup(""), directory[64], path[512];

	if (!value)
		return NULL;
	apply_main(root_fd, &value);
	for (size_t i = ARRAY_SIZE(directories); i-- > 0;) {
		_cleanup_free_ char **names = NULL;

		snprintf(directory, sizeof(directory), "%s/install.conf.d",
			 directories[i]);
		names = dirlist_read(root_fd, directory, ".conf");
		for (size_t j = 0; names && names[j]; j++) {
			snprintf(path, sizeof(path), "%s/%s", directory, names[j]);
			apply(root_fd, path, &value);
		}
	}
	return value;
}
