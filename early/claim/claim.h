/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_CLAIM_H
#define PASSTHRU_CLAIM_CLAIM_H

#include "claim/state.h"

/*
 * Claims devices in jobs, each of which may hang in the kernel. workers_run() runs them
 * in processes of their own, so all results are in memory that these share.
 */

/*
 * The jobs 0 to claim_job_count() - 1, in this order: set the overrides of all devices;
 * load the driver; then for each device unbind its driver and bind ours. If a job fails,
 * it rolls back all devices of the slot: half a card given away can crash the driver that
 * has the other half. If the device has expired when its job returns from the kernel, the
 * job rolls it back.
 */
unsigned claim_job_count(const struct claims *claims);
void claim_job(struct claims *claims, unsigned job);

/*
 * Whether an open device misses a job, which found an earlier one still hanging; forgets
 * that it does. Then all jobs can be run again: those that are done do nothing.
 */
bool claims_take_skipped(struct claims *claims);

/* For the pending entries, in memory shared with child processes. NULL if out of memory.
 */
struct claims *claims_new(const struct plan *plan);
void claims_free(struct claims *claims);

/* Sets the verdicts of the plan's pending entries. */
void claims_store(const struct claims *claims, struct plan *plan);

#endif
