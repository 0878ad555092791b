/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <string.h>

#include "base/base.h"
#include "guard/internal.h"
#include "pci/pci.h"

/* include/linux/pci_ids.h and the PCI Code and ID Assignment Specification. */
#define BASE_CLASS_OLD	   0x00 /* before classes were defined; virtio-9p, virtiofs */
#define BASE_CLASS_MEMORY  0x05
#define BASE_CLASS_OTHER   0xff
#define CLASS_NVME	   0x0108
#define CLASS_FIREWIRE	   0x0c00
#define CLASS_USB	   0x0c03
#define CLASS_USB4	   0x0c0340
#define CLASS_FIBRE	   0x0c04
#define CLASS_INFINIBAND   0x0c06
#define CLASS_SD	   0x0805
#define CLASS_SYSTEM_OTHER 0x0880 /* Thunderbolt before USB4, some SD hosts */
#define VENDOR_INTEL	   0x8086

bool guard_is_storage(const struct pci_id *id)
{
	switch (id->class >> 8) {
	case CLASS_FIREWIRE:
	case CLASS_USB:
	case CLASS_FIBRE:
	case CLASS_INFINIBAND:
	case CLASS_SD:
	case CLASS_SYSTEM_OTHER:
		return true;
	default:
		break;
	}
	switch (pci_base_class(id)) {
	case BASE_CLASS_OLD:
	case PCI_BASE_CLASS_STORAGE:
	case BASE_CLASS_MEMORY:
	case BASE_CLASS_OTHER:
		return true;
	default:
		return false;
	}
}

bool guard_is_fixed(const struct pci_id *id)
{
	return id->class >> 8 == CLASS_NVME;
}

bool guard_is_tunnel(const struct pci_id *id)
{
	return id->class == CLASS_USB4 ||
	       (id->class >> 8 == CLASS_SYSTEM_OTHER && id->vendor == VENDOR_INTEL);
}

bool guard_is_network(const struct pci_id *id)
{
	return pci_base_class(id) == PCI_BASE_CLASS_NETWORK ||
	       id->class >> 8 == CLASS_INFINIBAND;
}

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

bool cxl_has_region(int root_fd, const struct pci_address *address)
{
	_cleanup_closedir_ DIR *directory =
		sysfs_open_directory(root_fd, "sys/bus/cxl/devices");
	bool has_memory = false, has_region = false;
	struct dirent *entry;
	char target[PATH_MAX];

	while (directory && (entry = readdir(directory))) {
		has_region |= strncmp(entry->d_name, "region", 6) == 0;
		has_memory |= strncmp(entry->d_name, "mem", 3) == 0 &&
			      sysfs_read_target(dirfd(directory), entry->d_name, target,
						sizeof(target)) == 0 &&
			      address_is_in_path(address, target);
	}
	return has_memory && has_region;
}
