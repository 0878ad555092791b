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
 * or the device has expired when it returns from the kernel, the job rolls the device
 * back.
 */
unsigned claim_job_count(const struct claims *claims);
void claim_job(struct claims *claims, unsigned job);

/*
 * Rolls back: clears the override, unbinds our driver and has the usual one probe the
 * device. Does nothing to a device that was not written to. May be called again, and by
 * two processes at once.
 */
void claim_undo(struct claims *claims, unsigned device);

/*
 * Stops all jobs from claiming anything. Returns the number of devices that were still
 * open; the caller must claim_undo() each device for which claim_is_expired().
 */
unsigned claims_expire(struct claims *claims, enum reason reason);
bool claim_is_expired(const struct claims *claims, unsigned device);

/* For the pending entries, in memory shared with child processes. NULL if out of memory.
 */
struct claims *claims_new(const struct plan *plan);
void claims_free(struct claims *claims);

/* Sets the verdicts of the plan's pending entries. */
void claims_store(const struct claims *claims, struct plan *plan);

#endif
