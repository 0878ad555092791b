/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "iommu.h"
#include "sysfs.h"
#include "util.h"

/* Each IOMMU in use registers itself there: drivers/iommu/iommu-sysfs.c. */
static bool is_in_use(int root_fd)
{
	_cleanup_closedir_ DIR *directory = NULL;
	struct dirent *entry;
	int fd = openat(root_fd, "sys/class/iommu", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return false;
	directory = fdopendir(fd);
	if (!directory) {
		close(fd);
		return false;
	}
	while ((entry = readdir(directory)))
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
