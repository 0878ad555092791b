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
 * When a group is judged: at a time when every driver may still be loaded, so that what
 * is taken counts with the driver that it gets, and what has no driver counts as if it
 * had one; or as the machine is now.
 */
enum viability_time { VIABILITY_BOOT, VIABILITY_NOW };

/* Why a group cannot be given to a virtual machine. */
struct blocker {
	const struct pci_device *device; /* NULL if it can */
	const struct plan_entry *entry;	 /* of that device, or NULL: not requested */
	const char *driver; /* that it has, or will have; "" if it may get one */
};

/*
 * Finds the first member that makes the group unusable: an endpoint with a driver that is
 * not VFIO's, whether it stays with the host or passthru gives it that driver. What is
 * deferred does not count: nothing is known of it yet. The list's drivers must be those
 * after the run. Opens no file.
 */
struct blocker viability_find_blocker(const struct pci_list *list,
				      const struct plan *plan, int group,
				      enum viability_time time);

/*
 * Whether a member with that driver leaves its group usable. True of drivers that leave
 * DMA to others: those with driver_managed_dma in the kernel's sources, including vfio's.
 */
bool viability_tolerates(const char *driver);

/*
 * Whether the function's driver, present or to come, matters for its group. That of a
 * bridge does not; host bridges and the like rarely get one.
 */
bool viability_concerns(const struct pci_device *device);

#endif
