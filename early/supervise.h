/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_SUPERVISE_H
#define PASSTHRU_SUPERVISE_H

#include <stdint.h>

#include "util.h"

/*
 * Does work that may never come back from the kernel, and comes back itself.
 *
 * The jobs 0 to count - 1 are done one after the other in a child process. When one
 * takes more than half of the time that is left, another child goes on with the jobs
 * behind it, so that one hanging device does not cost the others theirs; the first
 * keeps its one job. A child that crashes is replaced in the same way. A process that
 * hangs in the kernel cannot be killed: it is left alone and ends when its job returns.
 *
 * Each job is begun once. job() runs in a child, so its results must go to memory that
 * is shared.
 * deadline is in milliseconds of clock_ms().
 * Returns 0 when every child has ended (a crashed job is not done, though), -ETIME when
 * one had not by the deadline, or a negative errno when nothing could be started.
 */
int supervise_run(void (*job)(void *data, unsigned job), void *data, unsigned count,
		  uint64_t deadline) _must_check_;

#endif
