/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_WORKERS_H
#define PASSTHRU_CLAIM_WORKERS_H

#include <stdint.h>

#include "base/util.h"

/*
 * Runs jobs that may never return from the kernel, but returns itself.
 *
 * A child process runs the jobs 0 to count - 1 in order. If one takes more than half of
 * the time left, another child takes over the jobs after it, so that one hanging device
 * does not block the others; the first child keeps only its job. A child that crashes is
 * replaced in the same way. A process that hangs in the kernel cannot be killed: it is
 * left alone and ends when its job returns.
 *
 * Each job is begun once. job() runs in a child, so it must store its results in shared
 * memory. deadline is in milliseconds of clock_ms().
 * Returns 0 when every child has ended (a job that crashed is not done, though), -ETIME
 * if one is still running at the deadline, or a negative errno if none could be started.
 */
int workers_run(void (*job)(void *data, unsigned job), void *data, unsigned count,
		uint64_t deadline) _must_check_;

#endif
