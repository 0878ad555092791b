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
 * The jobs 0 to claim_undo_job_count() - 1 roll back the devices that have expired: first
 * clear the override of each and unbind our driver, then have the usual driver probe
 * each, in the order of their functions. So no driver of the host meets half a card. They
 * do nothing to a device that was not written to, may be run again, and by two processes
 * at once.
 */
unsigned claim_undo_job_count(const struct claims *claims);
void claim_undo_job(struct claims *claims, unsigned job);

#endif
