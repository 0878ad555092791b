/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_RUN_H
#define PASSTHRU_RUN_H

#include <stdint.h>

#include "cmdline/params.h"
#include "options.h"

/*
 * Runs all stages once: devices, plan, guards, claim, report.
 *
 * root_fd is the directory that options->root names; start_us and start_ms are the time
 * at which the program started. Returns an exit status.
 */
int run_early(const struct options *options, int root_fd, const struct params *params,
	      uint64_t start_us, uint64_t start_ms);

#endif
