/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_REPORT_H
#define PASSTHRU_REPORT_H

#include <stdint.h>

#include "plan.h"
#include "request.h"

#define REPORT_PATH "run/passthru/report" /* below the root */

/* Which pass it was. The later ones add to the report of the earlier ones. */
enum phase { PHASE_EARLY, PHASE_LATE, PHASE_DEVICE };

/* What a run did and how long it took. */
struct outcome {
	const struct request *request;
	const struct pci_list *devices;
	const struct plan *plan;
	enum phase phase;
	uint64_t total_us;
	uint64_t kernel_us; /* the part of it that was spent in the kernel */
};

/*
 * Writes the report, one record a line; its format is in passthru-report(5). The file is
 * replaced as a whole; records of other devices that an earlier pass has left in it stay,
 * unless this is the early pass. path is relative to the directory fd, whose missing last
 * directory is made; "-" is standard output. Returns 0 or a negative errno.
 */
int report_write(int fd, const char *path, const struct outcome *outcome);

/* Whether a report, as text, has a record of that device. */
bool report_has_device(const char *text, const struct pci_address *address);

/* Whether a report's text puts off that device, or with NULL any. */
bool report_defers(const char *text, const struct pci_address *address);

/* How long the early pass took, by a report's text: microseconds, 0 where it is unknown.
 */
uint64_t report_early_us(const char *text);

#endif
