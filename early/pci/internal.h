/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PCI_INTERNAL_H
#define PASSTHRU_PCI_INTERNAL_H

#include "base/base.h"
#include "pci/pci.h"

/* What only the files of this folder share. */

/* -- bar ----------------------------------------------------------------------------- */

/* A region of the address space. */
struct bar {
	uint64_t start;
	uint64_t end; /* the last byte */
	uint64_t flags;
};

/*
 * Takes the next line of a device's resource file; resource_show() in
 * drivers/pci/pci-sysfs.c.
 */
bool bar_read_line(struct text_cursor *cursor, struct bar *ret);

/* Up to 16 digits; text_read_hex() reads 32 bits. */
bool bar_read_hex(struct text_cursor *cursor, uint64_t *ret);

/* -- framebuffer --------------------------------------------------------------------- */

/*
 * Whether a foreign region, one that does not belong to the PCI bus, is inside a BAR.
 * iomem is the text of /proc/iomem, where the region comes after the BAR; resource is the
 * text of the device's resource file. Opens nothing. Sources of the formats: r_show() in
 * kernel/resource.c, resource_show() in drivers/pci/pci-sysfs.c.
 */
bool framebuffer_overlaps(const char *iomem, const char *resource);

/* -- variant ------------------------------------------------------------------------- */

/*
 * Matches one line of modules.alias. If it is a vfio_pci: alias for the ID, returns the
 * number of its wildcards and the name of the module; otherwise -ENOENT.
 */
int variant_match_line(const char *line, const struct pci_id *id,
		       char module[static DRIVER_NAME_SIZE]);

#endif
