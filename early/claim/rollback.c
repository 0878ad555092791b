/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "claim/internal.h"

static bool is_lost(const struct claims *claims, const struct claim *claim)
{
	return settings_are_lost(&claims->settings, claim->entry.device);
}

/* First, since no other driver can bind a device with an override. */
static void undo_binding(struct claims *claims, struct claim *claim)
{
	/* Otherwise nothing was written, and the device keeps the driver it had. */
	if (!claim->overridden)
		return;
	claim->is_cleared = binding_clear_override(claims, claim);
	if (binding_is_ours(claims, claim))
		(void)binding_unbind(claims, claim);
	settings_restore(claims->bus_fd, &claims->settings, claim->entry.device);
	/* No driver of the host can work with it; ours does not bind it by itself. */
	if (is_lost(claims, claim))
		(void)binding_write(claims, claim, "driver_override",
				    claim->entry.wanted);
	if (claim->entry.fb_release == FB_RELEASE_PASSTHRU)
		(void)framebuffer_restore(claims->root_fd, &claim->framebuffer);
}

static void reprobe(struct claims *claims, struct claim *claim)
{
	bool may_probe = !is_lost(claims, claim), is_ours;

	if (claim->overridden && may_probe && claim->entry.device->is_silenced)
		vfs_give_back(claims, claim);
	else if (claim->overridden && may_probe)
		(void)binding_probe(claims, claim);
	is_ours = binding_is_ours(claims, claim);
	claim->entry.undone =
		!claim->overridden || (claim->is_cleared && !is_ours && may_probe);
}

void rollback_device(struct claims *claims, struct claim *claim)
{
	undo_binding(claims, claim);
	reprobe(claims, claim);
}

/*
 * The next claim of the same slot after the previous one, NULL for the first. The claims
 * are in the order of their addresses, so those of a slot are neighbours.
 */
static struct claim *next_of_slot(struct claims *claims, const struct claim *of,
				  struct claim *previous)
{
	struct claim *claim = previous ? previous + 1 : claims->items;

	if (!previous && of - claims->items > ADDRESS_SIBLINGS_MAX)
		claim = &claims->items[of - claims->items - ADDRESS_SIBLINGS_MAX];
	for (; claim < claims->items + claims->count; claim++) {
		if (pci_is_same_card(claim->entry.device, of->entry.device))
			return claim;
		if (claim > of)
			break;
	}
	return NULL;
}

/* A claim of this run that has succeeded: what was ours before stays ours. */
static bool is_new(const struct claim *claim)
{
	return claim->entry.verdict == VERDICT_CLAIMED && claim->overridden;
}

/* Moves the other functions of the slot to the state. */
static void drop_siblings(struct claims *claims, struct claim *failed,
			  enum claim_state state)
{
	struct claim *claim = NULL;

	while ((claim = next_of_slot(claims, failed, claim))) {
		if (claim == failed)
			continue;
		if (claim_change_state(claim, CLAIM_OPEN, state) ||
		    (is_new(claim) && claim_change_state(claim, CLAIM_FINISHED, state)))
			claim->entry.reason = REASON_SLOT;
	}
}

/* Whether it has to be rolled back with the failed one, and can be now. */
static bool is_undone_with(const struct claim *claim, const struct claim *failed)
{
	/* A job that still hangs rolls back its own device when it returns. */
	return claim == failed ||
	       (claim_state(claim) == CLAIM_DROPPED && !claim_is_busy(claim));
}

void rollback_slot(struct claims *claims, struct claim *failed)
{
	struct claim *claim = NULL;

	drop_siblings(claims, failed, CLAIM_DROPPED);
	while ((claim = next_of_slot(claims, failed, claim)))
		if (is_undone_with(claim, failed))
			undo_binding(claims, claim);
	while ((claim = next_of_slot(claims, failed, claim)))
		if (is_undone_with(claim, failed))
			reprobe(claims, claim);
}

unsigned claims_expire(struct claims *claims, enum reason reason)
{
	unsigned count = 0;

	claims->expired = reason;
	/* All that are open first: that is their own reason, not that of their slot. */
	for (unsigned i = 0; i < claims->count; i++) {
		struct claim *claim = &claims->items[i];

		claim_change_state(claim, CLAIM_OPEN, CLAIM_EXPIRED);
		/* The process that rolled back the slot crashed. */
		if (!claim->entry.undone && !claim_is_busy(claim))
			claim_change_state(claim, CLAIM_DROPPED, CLAIM_EXPIRED);
	}
	for (unsigned i = 0; i < claims->count; i++)
		if (claim_state(&claims->items[i]) == CLAIM_EXPIRED &&
		    claims->items[i].entry.reason != REASON_SLOT)
			drop_siblings(claims, &claims->items[i], CLAIM_EXPIRED);
	for (unsigned i = 0; i < claims->count; i++)
		count += claim_state(&claims->items[i]) == CLAIM_EXPIRED;
	return count;
}

static void undo_binding_job(struct claims *claims, struct claim *claim)
{
	if (claim_state(claim) == CLAIM_EXPIRED)
		undo_binding(claims, claim);
}

static void reprobe_job(struct claims *claims, struct claim *claim)
{
	if (claim_state(claim) == CLAIM_EXPIRED)
		reprobe(claims, claim);
}

const claim_round undo_rounds[UNDO_ROUNDS] = { undo_binding_job, reprobe_job };

int claims_undo(struct claims *claims, uint64_t deadline)
{
	return workers_run(claims, undo_rounds, UNDO_ROUNDS, deadline);
}
