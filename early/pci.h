/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PCI_H
#define PASSTHRU_PCI_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "request.h"
#include "selector.h"

#define NO_GROUP (-1)

/* include/linux/pci_ids.h */
#define PCI_BASE_CLASS_DISPLAY 0x03
#define PCI_BASE_CLASS_BRIDGE  0x06

/* A PCI function. What stands below "facts" is known after pci_read_facts() only. */
struct pci_device {
	struct pci_address address;
	struct pci_id id;
	/* facts */
	bool is_gone;		       /* it was there when the bus was scanned */
	int group;		       /* number of the IOMMU group or NO_GROUP */
	bool is_bridge;		       /* its configuration header is not a normal one */
	bool has_vfs;		       /* a physical function whose virtual ones are on */
	bool is_boot_display;	       /* the firmware shows the boot on it */
	char driver[DRIVER_NAME_SIZE]; /* that it is bound to; "" for none */
};

/* Every PCI function that sysfs knows, in the order of their addresses. */
struct pci_list {
	struct pci_device *devices;
	size_t count;
};

/*
 * Reads address and ID of every function below bus_fd, a directory of the shape of
 * /sys/bus/pci: three system calls a function. One that vanishes meanwhile is left out.
 * Returns 0 or a negative errno; release with pci_list_free() in either case.
 */
int pci_scan(int bus_fd, struct pci_list *ret);

void pci_list_free(struct pci_list *list);

/* Source: PCI_CLASS_REVISION in include/uapi/linux/pci_regs.h. */
static inline unsigned pci_base_class(const struct pci_id *id)
{
	return id->class >> 16;
}

/*
 * Reads what a decision about the device needs, and nothing for which the kernel takes
 * the device's lock: a device that hangs must not hang us here.
 */
void pci_read_facts(int bus_fd, struct pci_device *device);

/*
 * Reads the facts of all devices in the list that share the IOMMU group of device, whose
 * own are known. Returns 0 or a negative errno.
 */
int pci_read_group_facts(int bus_fd, const struct pci_device *device,
			 struct pci_list *list);

/* Reads the facts of all displays in the list. */
void pci_read_display_facts(int bus_fd, struct pci_list *list);

/* The device at that address, or NULL. */
struct pci_device *pci_list_find(const struct pci_list *list,
				 const struct pci_address *address);

/* Reads the driver it is bound to into device->driver. Returns 0 or a negative errno. */
int pci_read_driver(int bus_fd, const struct pci_address *address,
		    char driver[static DRIVER_NAME_SIZE]);

/* Path of a file of the device below bus_fd. */
#define DEVICE_PATH_SIZE (sizeof("devices//") + ADDRESS_SIZE + 32)
void pci_device_path(char path[static DEVICE_PATH_SIZE],
		     const struct pci_address *address, const char *file);

#endif
