/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_INTERNAL_H
#define PASSTHRU_MACHINE_INTERNAL_H

#include "machine/machine.h"

/* What only the files of this folder share. */

/* -- pci names ----------------------------------------------------------------------- */

/* Names from pci.ids. Only pci_names.c uses libpci. */
struct pci_names;

/*
 * The pci.ids below the root is preferred to this machine's. Returns NULL if out of
 * memory; pci_names_free() accepts that.
 */
struct pci_names *pci_names_open(int root_fd);
void pci_names_free(struct pci_names *names);

/* Sets the names of the device; "" for those that the list does not have. */
void pci_names_look_up(struct pci_names *names, struct device *device);

/* -- card ---------------------------------------------------------------------------- */

/* Sets the card of each device, whose IDs, paths and attributes are known. */
void cards_find(struct machine *machine);

/* -- machine ------------------------------------------------------------------------- */

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

/* -- uses ---------------------------------------------------------------------------- */

/* The part of machine_read_uses() that is about the network. */
void uses_read_networks(const struct host *host, struct machine *machine);

/* -- xorg ---------------------------------------------------------------------------- */

/* Whether the X server is configured to use that device; a phrase about it. */
bool xorg_names(const struct host *host, const struct device *device,
		char text[static PHRASE_SIZE]);

#endif
