/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/sysfs.h"
#include "initramfs/kernels.h"
#include "lib/dirlist.h"

char **kernels_list(int root_fd, size_t *ret_count)
{
	char **names = dirlist_read(root_fd, "lib/modules", ""), path[512];
	size_t count = 0;

	for (size_t i = 0; names && names[i]; i++) {
		snprintf(path, sizeof(path), "lib/modules/%s/modules.dep", names[i]);
		if (sysfs_exists(root_fd, path))
			names[count++] = names[i];
	}
	if (names)
		names[count] = NULL;
	*ret_count = count;
	return names;
}
