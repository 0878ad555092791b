/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_ANNOTATE_H
#define PASSTHRU_MACHINE_ANNOTATE_H

#include "machine/machine.h"

/*
 * The other members of the device's IOMMU group that must be passed through with it.
 * Calls back for each, in the order of their addresses, unless each is NULL; returns
 * their number.
 */
size_t annotate_group_members(const struct machine *machine, const struct device *device,
			      void (*each)(void *data, const struct device *other),
			      void *data);

/* Prints the notes about the device, one per line, indented by so many columns. */
void annotate_print(const struct output *output, const struct device *device,
		    unsigned indent);

#endif
