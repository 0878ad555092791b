/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_MACHINE_H
#define PASSTHRU_TESTS_MACHINE_H

#include "pci.h"
#include "plan.h"
#include "report.h"
#include "request.h"

/*
 * A machine in words: a function a line, in the order of their addresses,
 *
 *   ADDRESS ID CLASS GROUP DRIVER [bridge|vfs|gone|boot]...
 *
 * with ID as in passthru.ids, GROUP and DRIVER "-" for none.
 */
void machine_read(const char *text, struct pci_list *ret);

/* A request and the plan for a machine, and the outcome that is made of them. */
struct situation {
	struct request request;
	struct pci_list devices;
	struct plan plan;
	struct outcome outcome;
};

/*
 * What the program does up to the plan: cmdline must live as long as the situation. A
 * dry run is held back. Release with situation_free().
 */
void situation_make(const char *machine, const char *cmdline, struct situation *ret);
void situation_free(struct situation *situation);

/* The plan's entry for that address, which there must be. */
struct plan_entry *situation_entry(struct situation *situation, const char *address);

#endif
