/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>

#include "base/base.h"
#include "guard/internal.h"

bool virtio_shares_files(int root_fd, const struct pci_address *address)
{
	/* net/9p/trans_virtio.c, fs/fuse/virtio_fs.c */
	static const char *const drivers[] = { "sys/bus/virtio/drivers/9pnet_virtio",
					       "sys/bus/virtio/drivers/virtiofs" };

	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		_cleanup_closedir_ DIR *directory =
			sysfs_open_directory(root_fd, drivers[i]);
		struct dirent *entry;
		char target[PATH_MAX];

		while (directory && (entry = readdir(directory)))
			if (sysfs_read_target(dirfd(directory), entry->d_name, target,
					      sizeof(target)) == 0 &&
			    address_is_in_path(address, target))
				return true;
	}
	return false;
}
