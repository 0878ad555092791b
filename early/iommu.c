/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>

#include "iommu.h"
#include "sysfs.h"
#include "util.h"

/* PCI_VENDOR_ID_REDHAT_QUMRANET, and 0x1040 + VIRTIO_ID_IOMMU of virtio_ids.h. */
#define VIRTIO_VENDOR 0x1af4
#define VIRTIO_IOMMU  0x1057

bool iommu_may_come(const struct pci_list *devices)
{
	for (size_t i = 0; i < devices->count; i++)
		if (devices->devices[i].id.vendor == VIRTIO_VENDOR &&
		    devices->devices[i].id.device == VIRTIO_IOMMU)
			return true;
	return false;
}

/* Each IOMMU in use registers itself there: drivers/iommu/iommu-sysfs.c. */
static bool is_in_use(int root_fd)
{
	_cleanup_closedir_ DIR *directory =
		sysfs_open_directory(root_fd, "sys/class/iommu");
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			return true;
	return false;
}

static bool cpu_is(int root_fd, const char *vendor)
{
	char text[256];

	return sysfs_read(root_fd, "proc/cpuinfo", text, sizeof(text)) > 0 &&
	       strstr(text, vendor);
}

const char *iommu_advice(int root_fd)
{
	if (is_in_use(root_fd))
		return "this machine's IOMMU is on but does not cover it";
	/* The tables by which the firmware tells of its IOMMU. */
	if (sysfs_exists(root_fd, "sys/firmware/acpi/tables/DMAR"))
		return "boot with intel_iommu=on";
	if (sysfs_exists(root_fd, "sys/firmware/acpi/tables/IVRS"))
		return "take iommu=off or amd_iommu=off off the kernel command line";
	if (cpu_is(root_fd, "GenuineIntel"))
		return "switch on VT-d in the firmware and boot with intel_iommu=on";
	if (cpu_is(root_fd, "AuthenticAMD"))
		return "switch on the IOMMU (AMD-Vi) in the firmware";
	return "switch on the IOMMU in the firmware";
}
