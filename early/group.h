/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GROUP_H
#define PASSTHRU_GROUP_H

#include <stdbool.h>

#include "pci.h"
#include "plan.h"

/*
 * IOMMU groups: the kernel hands one to a virtual machine only as a whole, when no member
 * is bound to a driver of the host (vfio_group_viable() and iommu_group_claim_dma_owner()
 * in drivers/iommu/iommu.c).
 */

/*
 * The next group of which the plan takes a device, in the order of their numbers. Start
 * with previous = NO_GROUP; returns NO_GROUP at the end.
 */
int group_next(const struct plan *plan, int previous);

/*
 * The first member that keeps the group from being usable, or NULL: an endpoint that is
 * not claimed and is bound to a driver of the host, or is going to be, since no driver
 * has been loaded yet. Devices' drivers must be those of the end of the run.
 */
const struct pci_device *group_find_blocker(const struct pci_list *list,
					    const struct plan *plan, int group);

/*
 * Whether a member with that driver does no harm to a group: drivers that leave the DMA
 * of their device to others, those with driver_managed_dma in the kernel's sources,
 * vfio's own among them.
 */
bool group_tolerates(const char *driver);

#endif
