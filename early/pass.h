/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PASS_H
#define PASSTHRU_PASS_H

#include <stdint.h>

#include "options.h"
#include "request.h"

/*
 * One pass over the machine: devices, plan, claim, report.
 *
 * root_fd is the directory that options->root names; start_us and start_ms are the
 * clock's readings when the program began. Returns an exit status.
 */
int pass_run(const struct options *options, int root_fd, const struct request *request,
	     uint64_t start_us, uint64_t start_ms);

#endif
