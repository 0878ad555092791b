/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_NARROW_H
#define PASSTHRU_NARROW_H

#include "machine.h"

/*
 * What a user names devices by: gpu, audio, usb, disk, net; a vendor (10de:) or an ID
 * (10de:13c2); an address (06:00.0, 06:00.*), a bus (06:); the number of an IOMMU group.
 */
struct narrow {
	enum { NARROW_CLASS, NARROW_ID, NARROW_ADDRESS, NARROW_BUS, NARROW_GROUP } kind;
	struct pci_id id;    /* PCI_ANY where it does not matter */
	uint32_t class_mask; /* of id.class */
	struct address_pattern address;
	int group;
};

/* Returns 0, or -EINVAL after having said what is wrong. */
int narrow_parse(const char *text, struct narrow *ret);

bool narrow_matches(const struct narrow *narrow, const struct device *device);

#endif
