/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PLAN_VIABILITY_H
#define PASSTHRU_PLAN_VIABILITY_H

#include <stdbool.h>

#include "pci/pci.h"
#include "plan/plan.h"

/*
 * IOMMU groups: the kernel hands one to a virtual machine only as a whole, and only if no
 * member is bound to a driver of the host (vfio_group_viable() and
 * iommu_group_claim_dma_owner() in drivers/iommu/iommu.c).
 */

/*
 * The next group, by number, with an entry that is taken. Start with previous = NO_GROUP;
 * returns NO_GROUP at the end.
 */
int viability_next_group(const struct plan *plan, int previous);

/*
 * The first member that makes the group unusable, or NULL: an endpoint that is neither
 * taken nor deferred and has a driver of the host, or will get one, since drivers load
 * later. The devices' drivers must be those after the run.
 */
const struct pci_device *viability_find_blocker(const struct pci_list *list,
						const struct plan *plan, int group);

/*
 * Whether a member with that driver leaves its group usable. True of drivers that leave
 * DMA to others: those with driver_managed_dma in the kernel's sources, including vfio's.
 */
bool viability_tolerates(const char *driver);

#endif
