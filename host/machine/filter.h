/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_FILTER_H
#define PASSTHRU_MACHINE_FILTER_H

#include "machine/machine.h"

/*
 * A filter for devices: gpu, audio, usb, disk, nvme, net, bridge; a vendor (10de:) or an
 * ID (10de:13c2); an address (06:00.0, 06:00, 06:00.*, 00:01.0/00.0), a bus (06:); the
 * number of an IOMMU group; a driver, or a part of a vendor's or device's name.
 */
struct filter {
	enum {
		FILTER_CLASS,
		FILTER_ID,
		FILTER_ADDRESS,
		FILTER_BUS,
		FILTER_GROUP,
		FILTER_NAME
	} kind;
	const char *name;    /* not owned */
	struct pci_id id;    /* PCI_ANY matches any */
	uint32_t class_mask; /* of id.class */
	struct address_pattern address;
	int group;
};

/* Returns 0, or -EINVAL if it is none. */
int filter_parse(const char *text, struct filter *ret);

bool filter_matches(const struct filter *filter, const struct device *device);

#endif
