/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_FRAMEBUFFER_H
#define PASSTHRU_FRAMEBUFFER_H

#include <stdbool.h>

#include "address.h"
#include "request.h"

/*
 * The boot framebuffer: the firmware has lit up a display, and the kernel draws on its
 * memory through a platform device, as long as no real driver has come. While that is so
 * the BAR below cannot be mapped by anybody else. vfio-pci evicts it from devices of
 * class 0300 only. Sources: drivers/firmware/sysfb.c, vfio_pci_vga_init() in
 * drivers/vfio/pci/vfio_pci_core.c.
 */
struct framebuffer {
	char device[64]; /* the platform device, such as efi-framebuffer.0 */
	char driver[DRIVER_NAME_SIZE]; /* that it is bound to */
};

/*
 * Finds the boot framebuffer if it lies over a BAR of the PCI device: its platform device
 * is below the PCI device's, or /proc/iomem has a region that is not the PCI bus's own
 * inside of a BAR. root_fd is the directory that has sys and proc.
 * Returns 0, -ENOENT where it lies elsewhere or there is none, or another negative errno.
 */
int framebuffer_find(int root_fd, const struct pci_address *address,
		     struct framebuffer *ret);

/*
 * Takes the framebuffer from its driver; the consoles on it go along. Returns 0, -EBUSY
 * where something still lies over the BAR afterwards, or another negative errno.
 */
int framebuffer_release(int root_fd, const struct pci_address *address,
			const struct framebuffer *framebuffer);

/* Gives it back to its driver. */
int framebuffer_restore(int root_fd, const struct framebuffer *framebuffer);

/*
 * Whether a region of iomem, the text of /proc/iomem, that is not the PCI bus's own lies
 * inside one of the BARs that resource, the text of a device's resource file, names. Such
 * a region comes after the BAR itself, which is there by the device's address.
 * Pure. Source of the formats: r_show() in kernel/resource.c, resource_show() in
 * drivers/pci/pci-sysfs.c.
 */
bool framebuffer_overlaps(const char *iomem, const char *resource);

#endif
