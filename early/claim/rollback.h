/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_ROLLBACK_H
#define PASSTHRU_CLAIM_ROLLBACK_H

#include "claim/state.h"

/*
 * Rollback: clear the override, unbind our driver, have the usual driver probe the
 * device. It does nothing to a device that was not written to, may be done again, and by
 * two processes at once.
 */

/* Rolls back one device. */
void rollback_device(struct claims *claims, struct claim *claim);

/*
 * Rolls back a device and with it the other functions of its slot, whether open or
 * claimed in this run: half a card given away can crash the driver that has the other
 * half. All are released first; then the usual drivers probe them in the order of the
 * functions, so that no driver of the host meets half a card. A job that still hangs
 * rolls back its own device when it returns.
 */
void rollback_slot(struct claims *claims, struct claim *failed);

/*
 * Stops all jobs from claiming anything. Returns the number of devices to roll back:
 * those that were still open, and the claimed ones in their slots.
 */
unsigned claims_expire(struct claims *claims, enum reason reason);

/*
 * Rolls back the devices that have expired. Returns 0, -ETIME if the kernel has not
 * returned from all writes at the deadline, in milliseconds of clock_ms(), or another
 * negative errno.
 */
int claims_undo(struct claims *claims, uint64_t deadline) _must_check_;

/*
 * The rounds of claims_undo(): first clear the override of each device and unbind our
 * driver, then have the usual driver probe each, in the order of their functions. So no
 * driver of the host meets half a card. They do nothing to a device that was not written
 * to, may be run again, and by two processes at once.
 */
#define UNDO_ROUNDS 2
extern const claim_round undo_rounds[UNDO_ROUNDS];

#endif
