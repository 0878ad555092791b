/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>

#include "base/base.h"
#include "pci/pci.h"

/* PCI_VENDOR_ID_REDHAT_QUMRANET, and 0x1040 + VIRTIO_ID_IOMMU of virtio_ids.h. */
#define VIRTIO_VENDOR 0x1af4
#define VIRTIO_IOMMU  0x1057

bool iommu_is_virtio(const struct pci_list *devices)
{
	for (size_t i = 0; i < devices->count; i++)
		if (devices->devices[i].id.vendor == VIRTIO_VENDOR &&
		    devices->devices[i].id.device == VIRTIO_IOMMU)
			return true;
	return false;
}

/* Every IOMMU in use has a device there: drivers/iommu/iommu-sysfs.c. */
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

#define TABLE "sys/firmware/acpi/tables/"

bool iommu_may_add_groups(int root_fd, const struct pci_list *devices)
{
	if (iommu_is_virtio(devices) || file_exists(root_fd, TABLE "IORT"))
		return true;
	return is_in_use(root_fd) && !file_exists(root_fd, TABLE "DMAR") &&
	       !file_exists(root_fd, TABLE "IVRS");
}

/* Whether the first page of a file in /proc has the word. */
static bool says(int root_fd, const char *path, const char *word)
{
	char text[4096];

	return sysfs_read(root_fd, path, text, sizeof(text)) > 0 && strstr(text, word);
}

static bool cpu_is(int root_fd, const char *vendor)
{
	return says(root_fd, "proc/cpuinfo", vendor);
}

#define DEVICE_TREE "sys/firmware/devicetree/base/compatible"

/* QEMU's machine for arm64, where /proc/cpuinfo does not tell. */
static bool is_virt(int root_fd)
{
	return says(root_fd, DEVICE_TREE, "linux,dummy-virt") ||
	       (file_exists(root_fd, TABLE "IORT") &&
		says(root_fd, "sys/class/dmi/id/sys_vendor", "QEMU"));
}

/* Also "intel_iommu=off". */
static bool is_turned_off(int root_fd)
{
	_cleanup_free_ char *cmdline = NULL;

	return file_read(root_fd, "proc/cmdline", &cmdline) == 0 &&
	       strstr(cmdline, "iommu=off");
}

/* The system that controls Xen, which has the IOMMU itself. */
static bool is_dom0(int root_fd)
{
	return says(root_fd, "proc/xen/capabilities", "control_d");
}

/* On machines with ACPI, the kernel may make an empty root. */
static bool has_device_tree(int root_fd)
{
	return file_exists(root_fd, DEVICE_TREE);
}

#define NOIOMMU "enable_unsafe_noiommu_mode"

bool iommu_is_done_without(int root_fd)
{
	return says(root_fd, "sys/module/vfio/parameters/" NOIOMMU, "Y") ||
	       says(root_fd, "proc/cmdline", "vfio." NOIOMMU "=1") ||
	       says(root_fd, "proc/cmdline", "vfio." NOIOMMU "=Y");
}

const char *iommu_advice(int root_fd, const struct pci_id *id)
{
	/* The ACPI tables with which the firmware describes the IOMMU. */
	bool has_dmar = file_exists(root_fd, TABLE "DMAR");

	if (is_dom0(root_fd))
		return "this is Xen's dom0: Xen has the IOMMU, so VFIO cannot be used; give devices to guests with xen-pciback";
	/* CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF, as in Debian's kernels. */
	if (is_in_use(root_fd) && has_dmar && id &&
	    pci_base_class(id) == PCI_BASE_CLASS_DISPLAY)
		return "boot with intel_iommu=on: without it the kernel leaves integrated graphics out";
	if (is_in_use(root_fd))
		return "this machine's IOMMU is on but does not cover it";
	if (has_dmar && is_turned_off(root_fd))
		return "remove iommu=off or intel_iommu=off from the kernel command line, and boot with intel_iommu=on";
	if (has_dmar)
		return "boot with intel_iommu=on";
	if (file_exists(root_fd, TABLE "IVRS"))
		return "remove iommu=off or amd_iommu=off from the kernel command line";
	if (cpu_is(root_fd, " hypervisor"))
		return "this is a virtual machine: add an IOMMU in its configuration, such as QEMU's -device intel-iommu";
	if (is_virt(root_fd))
		return "this is a virtual machine: add an IOMMU in its configuration, such as QEMU's -M virt,iommu=smmuv3";
	if (cpu_is(root_fd, "GenuineIntel"))
		return "enable VT-d in the firmware and boot with intel_iommu=on";
	if (cpu_is(root_fd, "AuthenticAMD"))
		return "enable the IOMMU (AMD-Vi) in the firmware";
	if (has_device_tree(root_fd))
		return "this machine's device tree has no IOMMU for PCI that this kernel can use, and no setting adds one";
	if (file_exists(root_fd, TABLE "IORT"))
		return "enable the SMMU in the firmware";
	return "enable the IOMMU in the firmware";
}
