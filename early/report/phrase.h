/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_REPORT_PHRASE_H
#define PASSTHRU_REPORT_PHRASE_H

#include "plan/plan.h"

/*
 * Why a device is not claimed, for a person: the table in plan/verdict.c with the details
 * of an entry. The entry may come from a report, which does not have the driver to bind;
 * its device is not used.
 */

#define PHRASE_SIZE 320

/* Why: "nvme0n1p2 is mounted on /". */
void phrase_reason(const struct plan_entry *entry, char text[static PHRASE_SIZE]);

/* Why and what to do next. iommu_advice is that of iommu_advice(). */
void phrase_describe(const struct plan_entry *entry, const char *iommu_advice,
		     char text[static PHRASE_SIZE]);

#endif
