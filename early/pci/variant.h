/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PCI_VARIANT_H
#define PASSTHRU_PCI_VARIANT_H

#include "pci/id.h"

/*
 * Finds the module of the best variant driver for a device: among the vfio_pci: aliases
 * in the running kernel's modules.alias below root_fd, the match with the fewest
 * wildcards. Sources: Documentation/driver-api/vfio.rst, PCI_DRIVER_OVERRIDE in
 * include/linux/pci.h. Returns 0, -ENOENT if there is none, or another negative errno.
 */
int variant_find(int root_fd, const struct pci_id *id,
		 char module[static DRIVER_NAME_SIZE]);

/*
 * Matches one line of modules.alias. If it is a vfio_pci: alias for the ID, returns the
 * number of its wildcards and the name of the module; otherwise -ENOENT.
 */
int variant_match_line(const char *line, const struct pci_id *id,
		       char module[static DRIVER_NAME_SIZE]);

#endif
