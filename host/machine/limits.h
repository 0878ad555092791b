/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_LIMITS_H
#define PASSTHRU_MACHINE_LIMITS_H

#include "machine/machine.h"

/*
 * Whether the firmware reserves memory for a device of the IOMMU group (RMRR): then the
 * kernel refuses to give the group to a guest (device_is_rmrr_locked() in
 * drivers/iommu/intel/iommu.c).
 */
bool limits_reserve_memory(const struct host *host, int group);

/* What a machine says about the limits of its devices. */
struct limits {
	const struct host *host;
	bool knows_resets; /* the kernel tells how: not before 5.15, nor in old dumps */
	/*
	 * The boot display is not of class 0300, and the kernel's boot framebuffer is one
	 * that vfio-pci removes from that class only, and user space from none: built
	 * with CONFIG_SYSFB_SIMPLEFB.
	 */
	bool keeps_framebuffer;
};

/* Reads them. cmdline is the kernel command line of the next boot. */
void limits_read(const struct host *host, const struct machine *machine,
		 const char *cmdline, struct limits *ret);

/*
 * Calls back with each thing that stands in the way of giving the device to a guest,
 * although it can be claimed: a phrase without a full stop.
 *
 * Sources: reserved_regions and reset_method in Documentation/ABI/testing/
 * sysfs-kernel-iommu_groups and sysfs-bus-pci; drivers/firmware/sysfb.c and
 * vfio_pci_vga_init() in drivers/vfio/pci/vfio_pci_core.c.
 */
void limits_each(const struct limits *limits, const struct device *device,
		 void (*each)(void *data, const char *text), void *data);

#endif
