/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nodes with which programs open devices that VFIO's drivers have. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "machine/machine.h"

/*
 * vfio_group_devnode() in drivers/vfio/group.c. A kernel without CONFIG_VFIO_GROUP has no
 * such nodes.
 */
static void find_group(const struct host *host, int group,
		       char ret[static VFIO_NODE_SIZE])
{
	static const char *const prefixes[] = { "", "noiommu-" };
	char path[sizeof("sys/class/vfio/") + VFIO_NODE_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		snprintf(path, sizeof(path), "sys/class/vfio/%s%d", prefixes[i], group);
		if (file_exists(host->root_fd, path))
			snprintf(ret, VFIO_NODE_SIZE, "/dev/vfio/%s%d", prefixes[i],
				 group);
	}
}

/* Only with CONFIG_VFIO_DEVICE_CDEV the device in sysfs has a number: vfio_main.c there.
 */
static void find_device(const struct host *host, const struct device *device,
			char ret[static VFIO_NODE_SIZE])
{
	char path[DEVICE_PATH_SIZE + sizeof("sys/bus/pci/")], file[32];
	_cleanup_closedir_ DIR *stream = NULL;
	struct dirent *entry;

	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/vfio-dev", device->address);
	stream = sysfs_open_directory(host->root_fd, path);
	while (stream && (entry = readdir(stream))) {
		if (strncmp(entry->d_name, "vfio", 4) != 0 ||
		    strlen(entry->d_name) > sizeof("vfio4294967295") - 1)
			continue;
		snprintf(file, sizeof(file), "%.14s/dev", entry->d_name);
		if (file_exists(dirfd(stream), file))
			snprintf(ret, VFIO_NODE_SIZE, "/dev/vfio/devices/%.14s",
				 entry->d_name);
	}
}

void device_read_nodes(const struct host *host, const struct device *device,
		       struct vfio_nodes *ret)
{
	*ret = (struct vfio_nodes){ 0 };
	if (!pci_driver_is_vfio(device->pci->driver))
		return;
	if (device->pci->group != NO_GROUP)
		find_group(host, device->pci->group, ret->group);
	find_device(host, device, ret->device);
}
