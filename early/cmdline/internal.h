/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CMDLINE_INTERNAL_H
#define PASSTHRU_CMDLINE_INTERNAL_H

#include "cmdline/cmdline.h"

/* What only the files of this folder share. */

/* Whether the ID part matches, as pci_match_one_device() in drivers/pci/pci.h does. */
bool selector_matches_id(const struct selector *selector, const struct pci_id *id);

/* selector_parse_any() where "!" has no meaning. */
int selector_parse_plain(struct span text, struct selector *ret,
			 struct selector_error *ret_error);

#endif
