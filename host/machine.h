/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_H
#define PASSTHRU_MACHINE_H

#include "host.h"
#include "names.h"
#include "pci.h"

/* A PCI function with what a person wants to know about it. */
struct device {
	struct pci_device *pci;
	char address[ADDRESS_SIZE];
	char class_name[NAME_SIZE];
	char vendor_name[NAME_SIZE];
	char device_name[NAME_SIZE];
	unsigned vf_count; /* virtual functions that are switched on */
	bool is_claimed;   /* a vfio driver has it, or the one this boot gave it to */
	bool carries_system;
	char carried[160]; /* what of the system is on it, as a phrase; "" for nothing */
};

/* All PCI functions of the machine, in the order of their addresses. */
struct machine {
	struct pci_list pci;
	struct device *devices;
	size_t count;
	bool has_groups;    /* any function has an IOMMU group */
	const char *advice; /* what to do where it has none (static) */
};

/*
 * Reads all facts and names. Returns 0 or a negative errno after having said what is
 * wrong; release with machine_free() in either case.
 */
int machine_read(const struct host *host, struct machine *ret);
void machine_free(struct machine *machine);

/* Finds out which devices carry the system; reads the disks where it may. */
void machine_read_carriers(const struct host *host, struct machine *machine);

/* The device at that address, or NULL. */
struct device *machine_find(const struct machine *machine,
			    const struct pci_address *address);

/* "VENDOR DEVICE", or what of that has a name. */
#define FULL_NAME_SIZE (2 * NAME_SIZE + 1)
void device_full_name(const struct device *device, char name[static FULL_NAME_SIZE]);

/*
 * Whether the device goes along when another one of its IOMMU group is passed: no bridge,
 * unless it has a driver of the host.
 */
bool device_counts(const struct device *device);

/* Whether two functions are of one slot. */
bool device_is_sibling(const struct device *a, const struct device *b);

/* A display, by its class. */
bool device_is_display(const struct device *device);

#endif
