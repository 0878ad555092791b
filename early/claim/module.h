/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_MODULE_H
#define PASSTHRU_CLAIM_MODULE_H

#include "claim/state.h"

/*
 * Finds a registered driver by its exact name or with "-" and "_" exchanged: modules and
 * their drivers often differ in that. Sets name to the driver's spelling. Returns whether
 * there is one.
 */
bool driver_find(const struct claims *claims, char name[static DRIVER_NAME_SIZE]);

/*
 * Loads the driver to bind unless it is registered, and sets claim->entry.driver to its
 * exact name. Returns 0 or a negative errno.
 */
int driver_provide(struct claims *claims, struct claim *claim);

/*
 * With claims->load_iommu, loads virtio_iommu once: in Debian's kernels it is a module,
 * so that devices get their IOMMU groups only then. Virtio's PCI driver finds its own
 * device.
 */
void driver_load_iommu(struct claims *claims);

#endif
