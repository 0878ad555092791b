/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_DISPLAY_H
#define PASSTHRU_GUARD_DISPLAY_H

#include "cmdline/cmdline.h"
#include "pci/pci.h"
#include "plan/plan.h"

/*
 * The display guard keeps the boot display and the other functions of its slot if the
 * host would be left without a display and an ID matches more than one. A display counts
 * as requested if it is named by address, or if it is the only one that an ID matches.
 */

/*
 * Reads the attributes of all displays in the list, finds the boot
 * display, and applies the guard to the plan. bus_fd is /sys/bus/pci, root_fd the
 * directory above sys and proc.
 */
void guard_displays(int root_fd, int bus_fd, const struct params *params,
		    struct pci_list *list, struct plan *plan);

/* Applies the guard alone, once the attributes of all displays are known. Opens nothing.
 */
void guard_display_judge(const struct params *params, const struct pci_list *list,
			 struct plan *plan);

#endif
