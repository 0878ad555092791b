/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_REPORT_H
#define PASSTHRU_REPORT_H

#include <stdint.h>

#include "plan.h"
#include "request.h"

#define REPORT_PATH "run/passthru/report" /* below the root */

/* What a run did and how long it took. */
struct outcome {
	const struct request *request;
	const struct plan *plan;
	const char *phase; /* "early" */
	uint64_t total_us;
	uint64_t kernel_us; /* the part of it that was spent in the kernel */
};

/*
 * Writes the report, one record a line; its format is in passthru-report(5). The file is
 * replaced as a whole. path is relative to the directory fd, whose missing last
 * directory is made; "-" is standard output. Returns 0 or a negative errno.
 */
int report_write(int fd, const char *path, const struct outcome *outcome);

#endif
