/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_REPORT_REPORT_H
#define PASSTHRU_REPORT_REPORT_H

#include <stdint.h>

#include "cmdline/params.h"
#include "plan/plan.h"

#define REPORT_PATH "run/passthru/report" /* below the root */

/* The stage of the boot. Later ones add to the report of the earlier ones. */
enum phase { PHASE_EARLY, PHASE_LATE, PHASE_DEVICE };

/* What a run did and how long it took. */
struct run_result {
	const struct params *params;
	const struct pci_list *devices;
	const struct plan *plan;
	enum phase phase;
	uint64_t total_us;
	uint64_t kernel_us; /* the part of it spent in the kernel */
};

/*
 * Writes the report in the format of passthru-report(5). Replaces the file as a whole,
 * but except in the early stage keeps its records of other devices. path is relative to
 * the directory fd; "-" is standard output. Creates the last directory of path if it is
 * missing. Returns 0 or a negative errno.
 */
int report_write(int fd, const char *path, const struct run_result *result);

#endif
