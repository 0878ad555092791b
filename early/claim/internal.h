/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_INTERNAL_H
#define PASSTHRU_CLAIM_INTERNAL_H

#include "claim/claim.h"

/* What only the files of this folder share. */

/* -- state --------------------------------------------------------------------------- */

/*
 * A device leaves CLAIM_OPEN once: when its job has claimed it or given up, when another
 * function of its slot fails (CLAIM_DROPPED), or at the deadline (CLAIM_EXPIRED). A claim
 * that has succeeded may still be dropped with its slot. A job that returns to find its
 * device dropped or expired rolls it back, so the end is the same whoever is second.
 */
enum claim_state { CLAIM_OPEN, CLAIM_FINISHED, CLAIM_DROPPED, CLAIM_EXPIRED };

enum claim_state claim_state(const struct claim *claim);

/* Moves a claim between states. Returns false, and does nothing, if it is in another. */
bool claim_change_state(struct claim *claim, enum claim_state from, enum claim_state to);

/* Whether it was decided while a job was running that the device is not claimed. */
bool claim_is_lost(const struct claim *claim);

/*
 * Begins and ends a job for the device. Returns false if a job of another process has not
 * returned from the kernel: there is only one at a time.
 */
bool claim_enter(struct claim *claim) _must_check_;
void claim_begin_process(void); /* in each new process that does so */
void claim_leave(struct claim *claim);

/* Whether a job for the device has not returned from the kernel. */
bool claim_is_busy(const struct claim *claim);

/* -- binding ------------------------------------------------------------------------- */

/*
 * Binds and unbinds one device through sysfs. Every write may hang in the kernel.
 * Functions that return int return 0 or a negative errno.
 */

/* Writes the value to a file of the device. */
int binding_write(struct claims *claims, const struct claim *claim, const char *file,
		  const char *value);

/* Reads the device's driver into claim->entry.now; leaves that as it is on an error. */
void binding_update(const struct claims *claims, struct claim *claim);

/* The same, and whether it is the driver to bind. */
bool binding_is_ours(const struct claims *claims, struct claim *claim);

bool binding_has_file(const struct claims *claims, const struct claim *claim,
		      const char *file);

/* Whether the device is still there. */
bool binding_exists(const struct claims *claims, const struct claim *claim);

/*
 * Whether the device answers; unknown counts as yes. A read of nothing but ones comes
 * from no device: PCI_ERROR_RESPONSE in include/linux/pci.h. Wakes it, and may hang.
 */
bool binding_answers(const struct claims *claims, const struct claim *claim);

/*
 * Unbinds whatever driver the device has; waits for one that is being registered. Returns
 * 0 if it has none any more, or a negative errno.
 */
int binding_unbind(struct claims *claims, struct claim *claim);

/* Has the kernel find a driver for the device. Succeeds even if that driver's probe
 * fails. */
int binding_probe(struct claims *claims, const struct claim *claim);

/*
 * Binds the driver. Unlike drivers_probe, returns the errno of the driver's probe:
 * bind_store() in drivers/base/bus.c.
 */
int binding_bind(struct claims *claims, const struct claim *claim);

/* Notes the override that the device has for another driver, to be written back. */
void binding_note_override(const struct claims *claims, struct claim *claim);

/* Returns whether the device has no override of ours any more. */
bool binding_clear_override(struct claims *claims, const struct claim *claim);

/* -- claim --------------------------------------------------------------------------- */

/*
 * The rounds of claims_run(): set the overrides of all devices; write the settings of
 * those that have no driver, since ours may bind them once it is loaded; load the driver;
 * then for each device unbind its driver, write its settings and bind ours; last write
 * the settings that this would have changed. If a job fails, it rolls back all devices
 * of the slot: half a card given away can crash the driver that has the other half. If
 * the device has expired when its job returns from the kernel, the job rolls it back.
 * They can be run again: a job whose work is done does nothing.
 */
#define CLAIM_ROUNDS 5
extern const claim_round claim_rounds[CLAIM_ROUNDS];

/* -- gate ---------------------------------------------------------------------------- */

/*
 * Whether the kernel may be one that does not let driver_override choose every driver: it
 * has the parameter for that, or its log says something about the override of the device.
 */
bool gate_is_shut(const struct claims *claims, const struct claim *claim);

/* -- module -------------------------------------------------------------------------- */

/*
 * Finds a registered driver by its exact name or with "-" and "_" exchanged: modules and
 * their drivers often differ in that. Sets name to the driver's spelling. Returns whether
 * there is one.
 */
bool driver_find(const struct claims *claims, char name[static DRIVER_NAME_SIZE]);

/*
 * Loads the driver to bind unless it is registered, and sets claim->entry.wanted to its
 * exact name. Returns 0 or a negative errno.
 */
int driver_provide(struct claims *claims, struct claim *claim);

/*
 * With claims->load_iommu, loads virtio_iommu once: in Debian's kernels it is a module,
 * so that devices get their IOMMU groups only then. Virtio's PCI driver finds its own
 * device.
 */
void driver_load_iommu(struct claims *claims);

/*
 * Loads the modules that udev would load for the device, but for those that modprobe.d
 * blacklists.
 */
void driver_load_usual(struct claims *claims, const struct claim *claim);

/* Loads a module that is no driver of the device; it may be missing. */
void driver_load_helper(const struct claims *claims, const char *name);

/* -- virtual functions --------------------------------------------------------------- */

/* Has the usual driver of a VF probe it, although its PF is silenced. */
void vfs_give_back(struct claims *claims, struct claim *claim);

/* -- rollback ------------------------------------------------------------------------ */

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
 * The rounds of claims_undo(): first clear the override of each device and unbind our
 * driver, then have the usual driver probe each, in the order of their functions. So no
 * driver of the host meets half a card. They do nothing to a device that was not written
 * to, may be run again, and by two processes at once.
 */
#define UNDO_ROUNDS 2
extern const claim_round undo_rounds[UNDO_ROUNDS];

/* -- workers ------------------------------------------------------------------------- */

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
