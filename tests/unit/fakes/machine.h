/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_MACHINE_H
#define PASSTHRU_TESTS_MACHINE_H

#include "cmdline/cmdline.h"
#include "pci/pci.h"
#include "plan/plan.h"
#include "report/report.h"

/*
 * Parses a machine in words: one function per line, sorted by address,
 *
 *   ADDRESS ID CLASS GROUP DRIVER [under=PATH|bridge|vfs|gone|boot|later|of=PHYSICAL]...
 *
 * with ID as in passthru.ids, and "-" for no GROUP or no DRIVER. PATH is the bridge above
 * the function, by its path or, on a root bus, its address. If one is "later", groups
 * come when drivers probe.
 */
void functions_read(const char *text, struct pci_list *ret);

/* The parameters, and the result of the run with them. */
struct situation {
	struct params params;
	struct run_result result;
};

/*
 * Does what the program does up to the plan, including a dry run. cmdline must live as
 * long as the situation. Release with situation_free().
 */
void situation_make(const char *machine, const char *cmdline, struct situation *ret);
void situation_free(struct situation *situation);

/* As if only some devices were known, as in the device stage. */
void situation_set_partial(struct situation *situation);

/* Marks every pending entry as claimed. */
void situation_claim(struct situation *situation);

/* The plan's entry for that address, which must exist. */
struct plan_entry *situation_entry(struct situation *situation, const char *address);

#endif
