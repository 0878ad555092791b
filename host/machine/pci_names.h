/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_PCI_NAMES_H
#define PASSTHRU_MACHINE_PCI_NAMES_H

#include <stddef.h>

#include "pci/pci.h"

/* Names from pci.ids. Only pci_names.c uses libpci. */
struct pci_names;

#define NAME_SIZE 128

/*
 * The pci.ids below the root is preferred to this machine's. Returns NULL if out of
 * memory; pci_names_free() accepts that.
 */
struct pci_names *pci_names_open(int root_fd);
void pci_names_free(struct pci_names *names);

/* Each sets name to "" if the list has none. */
void pci_names_class(struct pci_names *names, const struct pci_id *id,
		     char name[static NAME_SIZE]);
void pci_names_vendor(struct pci_names *names, const struct pci_id *id,
		      char name[static NAME_SIZE]);
void pci_names_device(struct pci_names *names, const struct pci_id *id,
		      char name[static NAME_SIZE]);

#endif
