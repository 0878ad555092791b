/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/text.h"
#include "block/block.h"
#include "claim/binding.h"
#include "claim/claim.h"
#include "claim/driver.h"

/* Rounds of jobs, each with one job per device. */
enum round { ROUND_OVERRIDE, ROUND_LOAD, ROUND_BIND, ROUNDS };

void claim_undo(struct claims *claims, unsigned device)
{
	struct claim *claim = &claims->items[device];
	bool cleared = true;

	/* Otherwise nothing was written, and the device keeps the driver it had. */
	if (claim->overridden) {
		/* First, since no other driver can bind a device with an override. */
		cleared = binding_clear_override(claims, claim);
		if (binding_is_ours(claims, claim))
			(void)binding_unbind(claims, claim);
		if (claim->display == DISPLAY_PASSTHRU)
			(void)framebuffer_restore(claims->root_fd, &claim->framebuffer);
		(void)binding_probe(claims, claim);
	}
	binding_update(claims, claim);
	claim->undone = cleared;
}

bool claim_is_expired(const struct claims *claims, unsigned device)
{
	return __atomic_load_n(&claims->items[device].state, __ATOMIC_SEQ_CST) ==
	       CLAIM_EXPIRED;
}

static bool claim_settle(struct claim *claim, enum claim_state state)
{
	int expected = CLAIM_OPEN;

	return __atomic_compare_exchange_n(&claim->state, &expected, state, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static void finish(struct claim *claim, enum verdict verdict)
{
	claim->verdict = verdict;
	claim_settle(claim, CLAIM_FINISHED);
}

static enum verdict verdict_for(enum reason reason)
{
	if (reason == REASON_NO_IOMMU)
		return VERDICT_REFUSED;
	return reason == REASON_IN_USE ? VERDICT_KEPT : VERDICT_FAILED;
}

static void fail(struct claims *claims, unsigned device, enum reason reason, int error)
{
	struct claim *claim = &claims->items[device];
	enum claim_step failed = claim->step;

	claim->reason = binding_exists(claims, claim) ? reason : REASON_GONE;
	claim->error = error;
	claim->step = STEP_UNDO;
	claim_undo(claims, device);
	claim->step = failed;
	finish(claim, verdict_for(claim->reason));
}

static void set_override(struct claims *claims, unsigned device)
{
	struct claim *claim = &claims->items[device];
	int r;

	if (binding_is_ours(claims, claim)) {
		finish(claim, VERDICT_CLAIMED);
		return;
	}
	/* Now, since the driver may evict the framebuffer once it is loaded. */
	if (claim->is_display &&
	    framebuffer_find(claims->root_fd, &claim->address, &claim->framebuffer) < 0)
		claim->framebuffer.device[0] = '\0';
	claim->step = STEP_OVERRIDE;
	/* Before the write, which may not return but still needs the rollback. */
	claim->overridden = true;
	r = binding_write(claims, claim, "driver_override", claim->driver);
	if (r < 0)
		fail(claims, device, REASON_OVERRIDE, r);
	else
		claim->override_is_set = true;
}

static void load_driver(struct claims *claims, unsigned device)
{
	struct claim *claim = &claims->items[device];
	char overridden[DRIVER_NAME_SIZE];
	int r;

	/* The write hangs in another process; that is the step to report. */
	if (!claim->override_is_set)
		return;
	claim->step = STEP_LOAD;
	driver_load_iommu(claims);
	strcpy(overridden, claim->driver);
	r = driver_provide(claims, claim);
	if (r < 0) {
		fail(claims, device, REASON_NO_DRIVER, r);
		return;
	}
	if (strcmp(overridden, claim->driver) == 0)
		return;
	/* Until now the override named no registered driver: none could bind. */
	claim->step = STEP_OVERRIDE;
	r = binding_write(claims, claim, "driver_override", claim->driver);
	if (r < 0)
		fail(claims, device, REASON_OVERRIDE, r);
}

/* Returns whether the device has no driver, or ours. */
static bool unbind_current(struct claims *claims, unsigned device)
{
	struct claim *claim = &claims->items[device];
	int r;

	if (binding_is_ours(claims, claim) || !claim->now[0])
		return true;
	claim->step = STEP_UNBIND;
	if (claims->guard_fd >= 0 && !claim->is_forced &&
	    block_open_exclusive(claims->guard_fd, &claim->address) == -EBUSY) {
		fail(claims, device, REASON_IN_USE, -EBUSY);
		return false;
	}
	r = binding_unbind(claims, claim);
	if (binding_is_ours(claims, claim) || !claim->now[0])
		return true;
	fail(claims, device, REASON_UNBIND, r);
	return false;
}

/*
 * vfio-pci evicts the boot framebuffer of a VGA controller; of other displays we do. The
 * claim does not fail over this: the log says what remains to be done.
 */
static void release_display(const struct claims *claims, struct claim *claim)
{
	struct framebuffer found;
	int r;

	if (!claim->framebuffer.device[0])
		return;
	claim->step = STEP_RELEASE;
	r = framebuffer_find(claims->root_fd, &claim->address, &found);
	if (r == -ENOENT) {
		claim->display = DISPLAY_KERNEL;
		return;
	}
	if (r == 0)
		r = framebuffer_release(claims->root_fd, &claim->address, &found);
	claim->display = r == 0 ? DISPLAY_PASSTHRU : DISPLAY_HELD;
	claim->error = r;
}

/*
 * Only certain after the probe: for some IOMMUs the kernel creates the group then
 * (pci_dma_configure() in drivers/pci/pci-driver.c).
 */
static enum reason find_refusal(const struct claims *claims, const struct claim *claim)
{
	if (plan_needs_group(claim->driver) &&
	    !binding_has_file(claims, claim, "iommu_group"))
		return REASON_NO_IOMMU;
	return REASON_PROBE;
}

static void bind_driver(struct claims *claims, unsigned device)
{
	struct claim *claim = &claims->items[device];
	int r = 0;

	/* The write hangs in another process; any driver could win a probe now. */
	if (!claim->override_is_set)
		return;
	/* Loading it hangs in another process; that is the step to report. */
	if (!driver_find(claims, claim->driver))
		return;
	if (!unbind_current(claims, device))
		return;
	claim->step = STEP_PROBE;
	if (!binding_is_ours(claims, claim))
		r = binding_probe(claims, claim);
	if (!binding_is_ours(claims, claim))
		r = binding_bind(claims, claim);
	if (!binding_is_ours(claims, claim)) {
		fail(claims, device, find_refusal(claims, claim), r);
		return;
	}
	release_display(claims, claim);
	finish(claim, VERDICT_CLAIMED);
}

unsigned claim_job_count(const struct claims *claims)
{
	return ROUNDS * claims->count;
}

void claim_job(struct claims *claims, unsigned job)
{
	unsigned device = job % claims->count;
	struct claim *claim = &claims->items[device];

	if (claim->state != CLAIM_OPEN)
		return;
	switch ((enum round)(job / claims->count)) {
	case ROUND_OVERRIDE:
		set_override(claims, device);
		break;
	case ROUND_LOAD:
		load_driver(claims, device);
		break;
	case ROUND_BIND:
		bind_driver(claims, device);
		break;
	case ROUNDS:
		break;
	}
	if (claim_is_expired(claims, device))
		claim_undo(claims, device);
}

unsigned claims_expire(struct claims *claims, enum reason reason)
{
	unsigned count = 0;

	claims->expired = reason;
	for (unsigned i = 0; i < claims->count; i++)
		count += claim_settle(&claims->items[i], CLAIM_EXPIRED);
	return count;
}

static size_t claims_size(unsigned count)
{
	return sizeof(struct claims) + count * sizeof(struct claim);
}

struct claims *claims_new(const struct plan *plan)
{
	unsigned count = (unsigned)plan_count(plan, VERDICT_PENDING), next = 0;
	struct claims *claims = mmap(NULL, claims_size(count), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (claims == MAP_FAILED)
		return NULL;
	claims->count = count;
	claims->guard_fd = -1;
	claims->root_fd = -1;
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		struct claim *claim;

		if (entry->verdict != VERDICT_PENDING)
			continue;
		claim = &claims->items[next++];
		/* Done already, even if time runs out. */
		if (text_equals_name(entry->was, entry->driver))
			finish(claim, VERDICT_CLAIMED);
		claim->address = entry->device->address;
		claim->is_forced = entry->is_forced;
		claim->is_display =
			pci_base_class(&entry->device->id) == PCI_BASE_CLASS_DISPLAY;
		strcpy(claim->driver, entry->driver);
		strcpy(claim->was, entry->was);
		strcpy(claim->now, entry->was);
	}
	return claims;
}

void claims_free(struct claims *claims)
{
	if (claims)
		munmap(claims, claims_size(claims->count));
}

void claims_store(const struct claims *claims, struct plan *plan)
{
	unsigned next = 0;

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];
		const struct claim *claim;

		if (entry->verdict != VERDICT_PENDING)
			continue;
		claim = &claims->items[next++];
		strcpy(entry->driver, claim->driver);
		strcpy(entry->now, claim->now);
		entry->step = claim->step;
		entry->display = claim->display;
		entry->undone = claim->undone;
		if (claim->state != CLAIM_FINISHED) {
			entry->verdict = VERDICT_FAILED;
			entry->reason = claims->expired;
			continue;
		}
		entry->verdict = claim->verdict;
		entry->reason = claim->reason;
		entry->error = claim->error;
	}
}
