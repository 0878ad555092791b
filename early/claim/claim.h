/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_CLAIM_H
#define PASSTHRU_CLAIM_CLAIM_H

#include "claim/state.h"

/*
 * Claims devices in jobs, each of which may hang in the kernel. They run in processes of
 * their own, so all results are in memory that these share.
 */

/*
 * For the pending entries of the plan, whose devices must outlive the claims. The caller
 * sets the directories and switches. Returns NULL if out of memory.
 */
struct claims *claims_new(const struct plan *plan);

/*
 * For devices that an earlier run has claimed, in the order of their addresses:
 * claims_undo() takes them from their drivers and has the usual ones probe them. It sets
 * entry.undone. The devices must outlive the claims; the caller sets the directories.
 * Returns NULL if out of memory.
 */
struct claims *claims_new_release(struct pci_device *const *devices, unsigned count);

void claims_free(struct claims *claims);

/*
 * Claims the devices, or rolls back what could not be claimed in time; logs it if no
 * process can be started. Returns at start_ms + timeout_ms of clock_ms() at the latest,
 * even if a job hangs in the kernel; that job rolls back its device once it returns.
 */
void claims_run(struct claims *claims, uint64_t start_ms, uint64_t timeout_ms);

/* Copies the results to the plan's pending entries, the same as in claims_new(). */
void claims_store(const struct claims *claims, struct plan *plan);

/*
 * The rounds of claims_run(): set the overrides of all devices; load the driver; then for
 * each device unbind its driver and bind ours. If a job fails, it rolls back all devices
 * of the slot: half a card given away can crash the driver that has the other half. If
 * the device has expired when its job returns from the kernel, the job rolls it back.
 * They can be run again: a job whose work is done does nothing.
 */
#define CLAIM_ROUNDS 3
extern const claim_round claim_rounds[CLAIM_ROUNDS];

#endif
