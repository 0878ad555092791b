/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where boot partitions are, and the files that boot loaders name by a path on one. */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

#define PLACE(path)                                                               \
	{                                                                         \
		path, BLS_ENTRIES(path), path "/EFI/Linux", path "/loader/addons" \
	}

const struct bls_place bls_places[] = {
	PLACE("efi"),
	PLACE("boot/efi"),
	PLACE("boot"),
	{ 0 },
};

/* Below the root, or on a boot partition; freed by the caller, or NULL. */
static char *find_file(int root_fd, const char *name)
{
	char *path = beneath_find(root_fd, "%s", name);

	for (const struct bls_place *at = bls_places; !path && at->path; at++)
		path = beneath_find(root_fd, "%s/%s", at->path, name);
	return path;
}

/* Whether what is before a "/" can be a device or a subvolume, as in "/@/boot/name". */
static bool is_prefix(const char *name, const char *slash)
{
	const char *start = slash;

	while (start > name && start[-1] != '/')
		start--;
	return start == slash || *start == '@' || *start == '(' ||
	       strncmp(slash, "/boot/", 6) == 0;
}

char *boot_find_file(int root_fd, const char *name)
{
	char *found = name[0] == '/' ? NULL : find_file(root_fd, name);

	if (found)
		return found;
	for (const char *at = strchr(name, '/'); at; at = strchr(at + 1, '/')) {
		char *path = is_prefix(name, at) ? find_file(root_fd, at + 1) : NULL;

		if (path)
			return path;
	}
	return NULL;
}
