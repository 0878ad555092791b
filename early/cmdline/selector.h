/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CMDLINE_SELECTOR_H
#define PASSTHRU_CMDLINE_SELECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "pci/pci.h"

/* One item of passthru.ids, passthru.addrs or passthru.skip. */
struct selector {
	struct span text; /* as written, part of the command line */
	bool has_id;
	bool has_address;
	bool is_forced; /* "!": the guards do not apply to what it matches */
	struct pci_id id;
	uint32_t class_mask; /* 0 by default: any class matches */
	struct address_pattern address;
};

/* Why an item is malformed: a phrase for the user, and the offset of the error. */
struct selector_error {
	const char *why;
	size_t at;
};

/*
 * Parses vendor:device[:subvendor[:subdevice[:class[:class_mask]]]][@ADDRESS][!], the
 * grammar of vfio-pci's ids (vfio_pci_fill_ids() in drivers/vfio/pci/vfio_pci.c) with
 * additions, from all of text. Returns 0, or -EINVAL with *ret_error set.
 */
int selector_parse_id(struct span text, struct selector *ret,
		      struct selector_error *ret_error);

/*
 * The same for ADDRESS[!] (see address_parse()), and for either of them: an item with a
 * dot and without "@" is an address.
 */
int selector_parse_address(struct span text, struct selector *ret,
			   struct selector_error *ret_error);
int selector_parse_any(struct span text, struct selector *ret,
		       struct selector_error *ret_error);

/* Whether the ID part matches, as pci_match_one_device() in drivers/pci/pci.h does. */
bool selector_matches_id(const struct selector *selector, const struct pci_id *id);

/* Whether all parts of the selector match. See pci_matches(). */
bool selector_matches(const struct selector *selector, const struct pci_device *device);

#endif
