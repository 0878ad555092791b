/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_VARIANT_H
#define PASSTHRU_VARIANT_H

#include "request.h"
#include "selector.h"

/*
 * Finds the module of the best variant driver for a device: of the vfio_pci: aliases in
 * the running kernel's modules.alias below root_fd, the one that fits with the fewest
 * wildcards. Source: Documentation/driver-api/vfio.rst and vfio-pci's PCI_DRIVER_OVERRIDE
 * entries in include/linux/pci.h.
 * Returns 0, -ENOENT where there is none, or another negative errno.
 */
int variant_find(int root_fd, const struct pci_id *id,
		 char module[static DRIVER_NAME_SIZE]);

/*
 * Reads one line of modules.alias. Returns the number of wildcards in it and the module's
 * name if it is a vfio_pci: alias that fits the ID, -ENOENT if not.
 */
int variant_match_line(const char *line, const struct pci_id *id,
		       char module[static DRIVER_NAME_SIZE]);

#endif
