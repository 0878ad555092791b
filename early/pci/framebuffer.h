/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PCI_FRAMEBUFFER_H
#define PASSTHRU_PCI_FRAMEBUFFER_H

#include <stdbool.h>

#include "pci/address.h"
#include "pci/id.h"

/*
 * The boot framebuffer: until a display's own driver loads, the kernel draws into the
 * video memory that the firmware has set up, through a platform device. As long as this
 * device exists, nobody else can map the BAR below it. vfio-pci evicts it, but only from
 * devices of class 0300. Sources: drivers/firmware/sysfb.c, vfio_pci_vga_init() in
 * drivers/vfio/pci/vfio_pci_core.c.
 */
struct framebuffer {
	char device[64]; /* the platform device, such as efi-framebuffer.0 */
	char driver[DRIVER_NAME_SIZE]; /* the driver that it is bound to */
};

/*
 * Finds the boot framebuffer if it overlaps a BAR of the PCI device: its platform device
 * is a child of the PCI device, or /proc/iomem has a foreign region inside the BAR.
 * root_fd is the directory above sys and proc. Returns 0, -ENOENT if there is none on
 * this device, or another negative errno.
 */
int framebuffer_find(int root_fd, const struct pci_address *address,
		     struct framebuffer *ret);

/*
 * Unbinds the framebuffer from its driver, which removes the consoles on it. Returns 0,
 * -EBUSY if a region still overlaps the BAR afterwards, or another negative errno.
 */
int framebuffer_release(int root_fd, const struct pci_address *address,
			const struct framebuffer *framebuffer);

/* Binds it to its driver again. */
int framebuffer_restore(int root_fd, const struct framebuffer *framebuffer);

/*
 * Whether a foreign region, one that does not belong to the PCI bus, is inside a BAR.
 * iomem is the text of /proc/iomem, where the region comes after the BAR; resource is the
 * text of the device's resource file. Opens nothing. Sources of the formats: r_show() in
 * kernel/resource.c, resource_show() in drivers/pci/pci-sysfs.c.
 */
bool framebuffer_overlaps(const char *iomem, const char *resource);

#endif
