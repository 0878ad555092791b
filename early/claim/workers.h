/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_WORKERS_H
#define PASSTHRU_CLAIM_WORKERS_H

#include "claim/state.h"

/*
 * Runs jobs that may never return from the kernel, but returns itself.
 *
 * A child process runs one round after the other, each with one job per device. If a job
 * takes more than half of the time left, another child takes over the jobs after it, so
 * that one hanging device does not block the others; the first child keeps only its job.
 * A child that crashes is replaced in the same way. A process that hangs in the kernel
 * cannot be killed: it is left alone and ends when its job returns.
 *
 * Each job is begun once, in a child, so it must store its results in the claims.
 * deadline is in milliseconds of clock_ms().
 * Returns 0 when every child has ended (a job that crashed is not done, though), -ETIME
 * if one is still running at the deadline, or a negative errno if none could be started.
 */
int workers_run(struct claims *claims, const claim_round *rounds, unsigned round_count,
		uint64_t deadline) _must_check_;

#endif
