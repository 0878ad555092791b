/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_SELECTOR_H
#define PASSTHRU_SELECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "text.h"

/* What configuration space says a function is. Source: struct pci_dev. */
struct pci_id {
	uint32_t vendor;
	uint32_t device;
	uint32_t subvendor;
	uint32_t subdevice;
	uint32_t class; /* 24 bits: base class, subclass, programming interface */
};

/* The wildcard of all ID fields: PCI_ANY_ID in include/linux/mod_devicetable.h. */
#define PCI_ANY UINT32_C(0xffffffff)

/* One item of passthru.ids, passthru.addrs or passthru.skip. */
struct selector {
	struct span text; /* as it was written; points into the command line */
	bool has_id;
	bool has_address;
	struct pci_id id;
	uint32_t class_mask; /* 0 unless given: then the class does not matter */
	struct address_pattern address;
};

/* Why an item was refused: a phrase for the user and the offset it is about. */
struct selector_error {
	const char *why;
	size_t at;
};

/*
 * Reads vendor:device[:subvendor[:subdevice[:class[:class_mask]]]][@ADDRESS], the
 * grammar of vfio-pci's ids (vfio_pci_fill_ids() in drivers/vfio/pci/vfio_pci.c), with
 * nothing behind it. Returns 0 or -EINVAL with *ret_error set.
 */
int selector_parse_id(struct span text, struct selector *ret,
		      struct selector_error *ret_error);

/*
 * The same for [DOMAIN:]BUS:SLOT.FUNCTION, and for either of the two: an item with a dot
 * and no "@" is an address.
 */
int selector_parse_address(struct span text, struct selector *ret,
			   struct selector_error *ret_error);
int selector_parse_any(struct span text, struct selector *ret,
		       struct selector_error *ret_error);

/* Whether the ID part fits, as pci_match_one_device() in drivers/pci/pci.h has it. */
bool selector_matches_id(const struct selector *selector, const struct pci_id *id);

/* Whether all parts given fit. */
bool selector_matches(const struct selector *selector, const struct pci_id *id,
		      const struct pci_address *address);

#endif
