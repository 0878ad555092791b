/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PLAN_INTERNAL_H
#define PASSTHRU_PLAN_INTERNAL_H

#include "plan/plan.h"

/* What only the files of this folder share. */

/*
 * Whether a member with that driver leaves its group usable. True of drivers that leave
 * DMA to others: those with driver_managed_dma in the kernel's sources, including vfio's.
 */
bool viability_tolerates(const char *driver);

#endif
