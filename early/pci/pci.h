/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PCI_PCI_H
#define PASSTHRU_PCI_PCI_H

#include <stdbool.h>
#include <stddef.h>

#include "pci/address.h"
#include "pci/id.h"

#define NO_GROUP (-1)

/* include/linux/pci_ids.h */
#define PCI_BASE_CLASS_NETWORK 0x02
#define PCI_BASE_CLASS_DISPLAY 0x03
#define PCI_BASE_CLASS_BRIDGE  0x06
#define PCI_BASE_CLASS_SERIAL  0x07 /* PCI_BASE_CLASS_COMMUNICATION */

/* A PCI function. */
struct pci_device {
	struct pci_address address;
	struct pci_id id;
	/* Known only after pci_read_paths(); not a path if it is on a root bus: */
	struct address_pattern path;
	/* Attributes, known only after pci_read_attributes(): */
	bool is_gone;		       /* it has vanished since the scan */
	int group;		       /* number of its IOMMU group, or NO_GROUP */
	bool is_bridge;		       /* its configuration header is not type 0 */
	bool has_vfs;		       /* a physical function with enabled virtual ones */
	bool is_boot_display;	       /* the firmware uses it for the boot messages */
	char driver[DRIVER_NAME_SIZE]; /* it is bound to; "" for none */
};

/* Every PCI function that sysfs knows, sorted by address. */
struct pci_list {
	struct pci_device *devices;
	size_t count;
};

/*
 * Reads the address and ID of every function below bus_fd, which is /sys/bus/pci, with
 * three system calls each. Skips a function that vanishes meanwhile. Returns 0 or a
 * negative errno; release with pci_list_free() in either case.
 */
int pci_scan(int bus_fd, struct pci_list *ret);

/*
 * The same for the members of the IOMMU group of the function at that address only;
 * -ENOENT if it has no group.
 */
int pci_scan_group(int bus_fd, const struct pci_address *address, struct pci_list *ret);

void pci_list_free(struct pci_list *list);

/*
 * Reads the path to each device of the list, with one system call each. Only patterns
 * that are paths need it.
 */
void pci_read_paths(int bus_fd, struct pci_list *list);

/* Whether the pattern means the device. For a path, that of the device must be known. */
bool pci_matches(const struct pci_device *device, const struct address_pattern *pattern);

/* Whether a function of the slot that the address is in is a display or has serial ports.
 */
bool pci_slot_has_console(int bus_fd, const struct pci_address *address);

/* Source: PCI_CLASS_REVISION in include/uapi/linux/pci_regs.h. */
static inline unsigned pci_base_class(const struct pci_id *id)
{
	return id->class >> 16;
}

/*
 * Reads the attributes of a device. Reads none for which the kernel takes the device's
 * lock: a device that hangs must not hang the boot here.
 */
void pci_read_attributes(int bus_fd, struct pci_device *device);

/*
 * Reads the attributes of the other members of the device's IOMMU group that are in the
 * list. Returns 0 or a negative errno.
 */
int pci_read_group_attributes(int bus_fd, const struct pci_device *device,
			      struct pci_list *list);

/* Reads the attributes of all displays in the list. */
void pci_read_display_attributes(int bus_fd, struct pci_list *list);

/* The device at that address, or NULL. */
struct pci_device *pci_list_find(const struct pci_list *list,
				 const struct pci_address *address);

/* Reads the driver that the device is bound to, "" for none. Returns 0 or a negative
 * errno. */
int pci_read_driver(int bus_fd, const struct pci_address *address,
		    char driver[static DRIVER_NAME_SIZE]);

/* Whether a driver is vfio-pci or one of its variants, which all have "vfio" in their
 * names. */
bool pci_driver_is_vfio(const char *driver);

/* The path of a file of the device, relative to bus_fd. */
#define DEVICE_PATH_SIZE (sizeof("devices//") + ADDRESS_SIZE + 32)
void pci_device_path(char path[static DEVICE_PATH_SIZE],
		     const struct pci_address *address, const char *file);

#endif
