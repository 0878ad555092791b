/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_MACHINE_H
#define PASSTHRU_MACHINE_MACHINE_H

#include "host.h"
#include "machine/pci_names.h"
#include "pci/pci.h"
#include "report/report.h"

#define PATH_SIZE (ADDRESS_SIZE + ADDRESS_STEPS_MAX * (sizeof("/1f.7") - 1))

/* A PCI function with its names and its use by the system. */
struct device {
	struct pci_device *pci;
	char address[ADDRESS_SIZE];
	char path[PATH_SIZE]; /* 00:01.0/00.0, see address_parse(); "" on a root bus */
	char class_name[NAME_SIZE];
	char vendor_name[NAME_SIZE];
	char device_name[NAME_SIZE];
	unsigned vf_count; /* enabled virtual functions */
	bool is_claimed;   /* its driver is vfio's, or the one that this boot bound */
	bool backs_system;
	char system[PHRASE_SIZE]; /* a phrase: what the system uses it for, or "" */
};

/* All PCI functions of the machine, in the order of their addresses. */
struct machine {
	struct pci_list pci;
	struct device *devices;
	size_t count;
	bool has_groups;	    /* any function has an IOMMU group */
	const char *advice;	    /* what to do about a missing group (static) */
	const char *display_advice; /* the same for a display */
};

/*
 * Reads all attributes and names. Returns 0, or a negative errno after a warning; release
 * with machine_free() in either case.
 */
int machine_read(const struct host *host, struct machine *ret);
void machine_free(struct machine *machine);

/* Finds out which devices back the system; reads the disks if permitted. */
void machine_read_backing(const struct host *host, struct machine *machine);

/* The device at that address, or NULL. */
struct device *machine_find(const struct machine *machine,
			    const struct pci_address *address);

/* "VENDOR DEVICE", as far as pci.ids has the names. */
#define FULL_NAME_SIZE (2 * NAME_SIZE + 1)
void device_full_name(const struct device *device, char name[static FULL_NAME_SIZE]);

/*
 * What to write after "@": its path, or its address if it is on a root bus or another
 * device has the same path.
 */
const char *device_lasting_address(const struct machine *machine,
				   const struct device *device);

/*
 * Whether the device must be passed together with the others of its IOMMU group. Bridges
 * need not, unless a host driver is bound to them.
 */
bool device_shares_fate(const struct device *device);

/* Whether both functions are in the same slot. */
bool device_is_sibling(const struct device *a, const struct device *b);

/* Whether its class is that of a display. */
bool device_is_display(const struct device *device);

#endif
