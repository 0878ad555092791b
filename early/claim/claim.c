/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base.h"
#include "block/block.h"
#include "claim/internal.h"

#define ATTEMPTS     3
#define NOT_READY_US 20000

static void finish(struct claim *claim, enum verdict verdict)
{
	claim->entry.verdict = verdict;
	claim_change_state(claim, CLAIM_OPEN, CLAIM_FINISHED);
}

static enum verdict verdict_for(enum reason reason)
{
	if (reason == REASON_NO_IOMMU)
		return VERDICT_REFUSED;
	return reason == REASON_IN_USE ? VERDICT_KEPT : VERDICT_FAILED;
}

/* The device itself may be the reason. */
static enum reason find_cause(const struct claims *claims, struct claim *claim,
			      enum reason reason, int error)
{
	if (!binding_exists(claims, claim))
		return REASON_GONE;
	if (reason != REASON_PROBE && reason != REASON_UNBIND)
		return reason;
	claim->entry.step = STEP_READ;
	if (!binding_answers(claims, claim))
		return REASON_NO_ANSWER;
	/* No driver matched: a probe that fails has other errors, but for some of ENODEV.
	 */
	return reason == REASON_PROBE && (error == 0 || error == -ENODEV) &&
			       gate_is_shut(claims, claim)
		       ? REASON_NOT_ALLOWED
		       : reason;
}

static void fail(struct claims *claims, struct claim *claim, enum reason reason,
		 int error)
{
	enum claim_step failed = claim->entry.step;

	claim->entry.reason = find_cause(claims, claim, reason, error);
	claim->entry.error = error;
	claim->entry.step = STEP_UNDO;
	/* A disk in use is a reason to keep that function, but not the others. */
	if (claim->entry.reason == REASON_IN_USE)
		rollback_device(claims, claim);
	else
		rollback_slot(claims, claim);
	claim->entry.step = failed;
	finish(claim, verdict_for(claim->entry.reason));
}

/* Whether the device had the driver to bind when its driver was last read. */
static bool has_ours(const struct claim *claim)
{
	return text_equals_name(claim->entry.now, claim->entry.wanted);
}

static bool is_display(const struct claim *claim)
{
	return pci_base_class(&claim->entry.device->id) == PCI_BASE_CLASS_DISPLAY;
}

/* Returns whether it succeeded. */
static bool write_override(struct claims *claims, struct claim *claim)
{
	int r;

	claim->entry.step = STEP_OVERRIDE;
	r = binding_write(claims, claim, "driver_override", claim->entry.wanted);
	if (r < 0)
		fail(claims, claim, REASON_OVERRIDE, r);
	return r == 0;
}

static void set_override(struct claims *claims, struct claim *claim)
{
	if (claim->override_is_set)
		return;
	claim->entry.step = STEP_READ;
	/* Now, since the driver may evict the framebuffer once it is loaded. */
	if (is_display(claim) &&
	    framebuffer_find(claims->root_fd, &claim->entry.device->address,
			     &claim->framebuffer) < 0)
		claim->framebuffer.device[0] = '\0';
	if (claims->may_be_foreign)
		binding_note_override(claims, claim);
	/* Before the write, which may not return but still needs the rollback. */
	claim->overridden = true;
	claim->override_is_set = write_override(claims, claim);
}

/*
 * Waits until no other event of the card is being handled. That may have cleared the
 * overrides of this one.
 */
static void take_turn(struct claims *claims)
{
	if (claims->slot_fd < 0 || claims->has_turn)
		return;
	if (flock(claims->slot_fd, LOCK_EX | LOCK_NB) < 0) {
		claims->has_waited = true;
		(void)flock(claims->slot_fd, LOCK_EX);
	}
	claims->has_turn = true;
}

static void load_driver(struct claims *claims, struct claim *claim)
{
	char overridden[DRIVER_NAME_SIZE];
	int r;

	/* The process that wrote it crashed. */
	if (!claim->override_is_set)
		return;
	claim->entry.step = STEP_LOAD;
	take_turn(claims);
	if (claims->has_waited && !write_override(claims, claim))
		return;
	claim->entry.step = STEP_LOAD;
	driver_load_iommu(claims);
	strcpy(overridden, claim->entry.wanted);
	r = driver_provide(claims, claim);
	if (r < 0) {
		fail(claims, claim, REASON_NO_DRIVER, r);
		return;
	}
	claim->driver_is_there = true;
	/* Until now the override named no registered driver: none could bind. */
	if (strcmp(overridden, claim->entry.wanted) != 0)
		(void)write_override(claims, claim);
}

/* Returns whether the device has no driver, or ours. */
static bool unbind_current(struct claims *claims, struct claim *claim)
{
	struct block_hold disks = { 0 };
	int r = 0;

	binding_update(claims, claim);
	if (!claim->entry.now[0] ||
	    (has_ours(claim) &&
	     !settings_are_pending(&claims->settings, claim->entry.device)))
		return true;
	claim->entry.step = STEP_READ;
	if (claims->guards && !claim->entry.is_forced)
		r = block_open_exclusive(claims->root_fd, &claim->entry.device->address,
					 &disks);
	claim->entry.step = STEP_UNBIND;
	if (r == -EBUSY) {
		fail(claims, claim, REASON_IN_USE, -EBUSY);
		return false;
	}
	r = binding_unbind(claims, claim);
	/* They are gone; or the host keeps them, and must be able to mount them. */
	block_release(&disks);
	if (has_ours(claim) || !claim->entry.now[0])
		return true;
	fail(claims, claim, REASON_UNBIND, r);
	return false;
}

/* Whether the framebuffer is gone from the device, which only the kernel can have done.
 */
static void note_eviction(const struct claims *claims, struct claim *claim)
{
	struct framebuffer found;

	if (claim->framebuffer.device[0] &&
	    framebuffer_find(claims->root_fd, &claim->entry.device->address, &found) ==
		    -ENOENT)
		claim->entry.fb_release = FB_RELEASE_KERNEL;
}

/*
 * vfio-pci evicts the boot framebuffer of a VGA controller; of other displays we do. The
 * claim does not fail over this: the log says what remains to be done.
 */
static void release_framebuffer(const struct claims *claims, struct claim *claim)
{
	struct framebuffer found;
	int r;

	if (!claim->framebuffer.device[0] || claim->entry.fb_release)
		return;
	claim->entry.step = STEP_RELEASE;
	r = framebuffer_find(claims->root_fd, &claim->entry.device->address, &found);
	if (r == -ENOENT) {
		claim->entry.fb_release = FB_RELEASE_KERNEL;
		return;
	}
	if (r == 0)
		r = framebuffer_release(claims->root_fd, &claim->entry.device->address,
					&found);
	claim->entry.fb_release = r == 0 ? FB_RELEASE_PASSTHRU : FB_RELEASE_HELD;
	claim->entry.error = r;
}

/*
 * Resizing a BAR evicts the boot framebuffer of a VGA controller itself, even if it then
 * fails: resource_resize_store() in drivers/pci/pci-sysfs.c. That of other displays is in
 * the way.
 */
static void write_settings(struct claims *claims, struct claim *claim)
{
	const struct pci_device *device = claim->entry.device;
	bool has_bar = settings_have_bar(&claims->settings, device);
	bool is_vga = device->id.class >> 8 == PCI_CLASS_DISPLAY_VGA;
	const char *module;

	if (!settings_are_pending(&claims->settings, device))
		return;
	if (has_bar && !is_vga)
		release_framebuffer(claims, claim);
	claim->entry.step = STEP_SETTING;
	module = settings_find_module(&claims->settings, device);
	if (module)
		driver_load_helper(claims, module);
	settings_apply(claims->bus_fd, &claims->settings, device, SETTING_TIME_FREE);
	if (has_bar && is_vga)
		note_eviction(claims, claim);
}

/* Of a device without a driver, which may get ours as soon as that is loaded. */
static void set_free(struct claims *claims, struct claim *claim)
{
	if (!settings_are_pending(&claims->settings, claim->entry.device) ||
	    !claim->override_is_set)
		return;
	claim->entry.step = STEP_SETTING;
	take_turn(claims);
	binding_update(claims, claim);
	if (!claim->entry.now[0])
		write_settings(claims, claim);
}

/*
 * Only certain after the probe: for some IOMMUs the kernel creates the group then
 * (pci_dma_configure() in drivers/pci/pci-driver.c).
 */
static enum reason find_refusal(const struct claims *claims, const struct claim *claim)
{
	if (plan_needs_group(claim->entry.wanted) &&
	    !binding_has_file(claims, claim, "iommu_group"))
		return REASON_NO_IOMMU;
	return REASON_PROBE;
}

/*
 * The kernel announces a device before any driver can bind it: pci_bus_add_device() comes
 * after the whole bus, and what is behind it, has been scanned. Until then no driver
 * matches; then the kernel has the device probed, and the override tells by which driver.
 */
static bool is_not_ready(const struct claims *claims, const struct claim *claim, int r)
{
	return claims->slot_fd >= 0 && !claim->entry.now[0] &&
	       (r == 0 || r == -ENODEV || r == -EAGAIN) &&
	       clock_ms() < claims->wait_until && !claim_is_lost(claim) &&
	       binding_exists(claims, claim);
}

/* Has our driver bind the device. Returns whether it has it, and 0 or a negative errno.
 */
static bool bind_ours(struct claims *claims, struct claim *claim, int *ret_error)
{
	int r = has_ours(claim) ? 0 : binding_probe(claims, claim);
	bool is_ours = has_ours(claim) || binding_is_ours(claims, claim);

	if (!is_ours) {
		r = binding_bind(claims, claim);
		is_ours = binding_is_ours(claims, claim);
	}
	while (!is_ours && is_not_ready(claims, claim, r)) {
		usleep(NOT_READY_US);
		is_ours = binding_is_ours(claims, claim);
		if (!is_ours && !claim->entry.now[0])
			r = binding_bind(claims, claim);
	}
	*ret_error = r;
	return is_ours || binding_is_ours(claims, claim);
}

static void bind_driver(struct claims *claims, struct claim *claim)
{
	int r = 0;

	/* The process that wrote it crashed; any driver could win a probe now. */
	if (!claim->override_is_set)
		return;
	/* Another process, which hangs, is loading it; that is the step to report. */
	if (!claim->driver_is_there && !driver_find(claims, claim->entry.wanted)) {
		claim->needs_retry = true;
		return;
	}
	if (!unbind_current(claims, claim))
		return;
	if (!claim->entry.now[0])
		write_settings(claims, claim);
	claim->entry.step = STEP_PROBE;
	if (!bind_ours(claims, claim, &r)) {
		fail(claims, claim, find_refusal(claims, claim), r);
		return;
	}
	release_framebuffer(claims, claim);
	finish(claim, VERDICT_CLAIMED);
}

/* What can be written to a device that ours had before, the kernel decides. */
static void set_bound(struct claims *claims, struct claim *claim)
{
	settings_apply(claims->bus_fd, &claims->settings, claim->entry.device,
		       SETTING_TIME_BOUND);
}

static void do_step(struct claims *claims, struct claim *claim, claim_round step,
		    enum claim_state state)
{
	if (claim_state(claim) != state)
		return;
	if (!claim_enter(claim)) {
		claim->needs_retry = true;
		return;
	}
	step(claims, claim);
	if (claim_is_lost(claim))
		rollback_device(claims, claim);
	claim_leave(claim);
}

static void override_job(struct claims *claims, struct claim *claim)
{
	do_step(claims, claim, set_override, CLAIM_OPEN);
}

static void settings_job(struct claims *claims, struct claim *claim)
{
	do_step(claims, claim, set_free, CLAIM_OPEN);
}

static void load_job(struct claims *claims, struct claim *claim)
{
	do_step(claims, claim, load_driver, CLAIM_OPEN);
}

static void bind_job(struct claims *claims, struct claim *claim)
{
	do_step(claims, claim, bind_driver, CLAIM_OPEN);
}

static void last_job(struct claims *claims, struct claim *claim)
{
	if (claim->entry.verdict == VERDICT_CLAIMED)
		do_step(claims, claim, set_bound, CLAIM_FINISHED);
}

const claim_round claim_rounds[CLAIM_ROUNDS] = { override_job, settings_job, load_job,
						 bind_job, last_job };

/* Whether an open device misses a job, which found an earlier one still hanging. */
static bool claims_retry_needed(struct claims *claims)
{
	bool needed = false;

	for (unsigned i = 0; i < claims->count; i++) {
		struct claim *claim = &claims->items[i];

		needed |= claim->needs_retry && claim_state(claim) == CLAIM_OPEN;
		claim->needs_retry = false;
	}
	return needed;
}

/*
 * A job that hung for a while and returned in time leaves later jobs of its device
 * undone: then all are run again.
 */
static int run_rounds(struct claims *claims, uint64_t deadline)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < ATTEMPTS; i++) {
		r = workers_run(claims, claim_rounds, CLAIM_ROUNDS, deadline);
		if (!claims_retry_needed(claims))
			break;
	}
	return r;
}

void claims_run(struct claims *claims, uint64_t start_ms, uint64_t timeout_ms)
{
	uint64_t deadline = start_ms + timeout_ms;
	int r;

	/* Before the end, so that it is not taken for a write that hangs. */
	claims->wait_until = deadline - timeout_ms * 3 / 10;
	/* Leaves a fifth of the time for the rollback, which can hang just as well. */
	r = run_rounds(claims, deadline - timeout_ms / 5);
	if (r < 0 && r != -ETIME)
		log_line(LOG_LEVEL_ERROR, "cannot start a process: %s", strerror(-r));
	if (claims_expire(claims, r == -ETIME ? REASON_TIMEOUT : REASON_INTERNAL) == 0)
		return;
	r = claims_undo(claims, deadline);
	if (r < 0)
		log_debug("rollback: %s", strerror(-r));
}

static size_t claims_size(unsigned count, size_t setting_count)
{
	return sizeof(struct claims) + count * sizeof(struct claim) +
	       setting_count * sizeof(struct setting_result);
}

static struct claims *allocate(unsigned count, const struct settings *settings)
{
	struct claims *claims =
		mmap(NULL, claims_size(count, settings->count), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (claims == MAP_FAILED)
		return NULL;
	claims->count = count;
	claims->slot_fd = -1;
	claims->settings.items = (struct setting_result *)(claims->items + count);
	claims->settings.count = settings->count;
	for (size_t i = 0; i < settings->count; i++)
		claims->settings.items[i] = settings->items[i];
	return claims;
}

struct claims *claims_new(const struct plan *plan, const struct settings *settings)
{
	struct claims *claims =
		allocate((unsigned)plan_count(plan, VERDICT_PENDING), settings);
	unsigned next = 0;

	for (size_t i = 0; claims && i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		struct claim *claim;

		if (entry->verdict != VERDICT_PENDING)
			continue;
		claim = &claims->items[next++];
		claim->entry = *entry;
		claim->overridden = entry->is_earlier;
		/* Done already, even if time runs out. */
		if (text_equals_name(entry->was, entry->wanted))
			finish(claim, VERDICT_CLAIMED);
	}
	return claims;
}

struct claims *claims_new_release(struct pci_device *const *devices, unsigned count,
				  const struct settings *settings)
{
	struct claims *claims = allocate(count, settings);

	for (unsigned i = 0; claims && i < count; i++) {
		struct claim *claim = &claims->items[i];

		claim->entry.device = devices[i];
		strcpy(claim->entry.wanted, devices[i]->driver);
		claim->overridden = true;
		claim->state = CLAIM_EXPIRED;
	}
	return claims;
}

void claims_free(struct claims *claims)
{
	if (claims)
		munmap(claims, claims_size(claims->count, claims->settings.count));
}

/* Whether a write that still hangs may yet change the device; its job undoes that. */
static bool may_change(const struct claim *claim)
{
	return claim_is_busy(claim) && claim->entry.step != STEP_LOAD;
}

/* Why a claim that is not finished has failed. */
static enum reason find_reason(const struct claims *claims, const struct claim *claim,
			       enum claim_state state)
{
	/* If it hangs itself, that says more than its slot. */
	if (state == CLAIM_DROPPED)
		return claim_is_busy(claim) ? REASON_TIMEOUT : REASON_SLOT;
	return claim->entry.reason == REASON_SLOT ? REASON_SLOT : claims->expired;
}

/* A job that still hangs may yet change the claim, but not its result any more. */
static void store(const struct claims *claims, const struct claim *claim,
		  struct plan_entry *ret)
{
	enum claim_state state = claim_state(claim);

	*ret = claim->entry;
	ret->undone = ret->undone && !may_change(claim);
	if (state == CLAIM_FINISHED)
		return;
	ret->verdict = VERDICT_FAILED;
	ret->reason = find_reason(claims, claim, state);
	ret->error = 0;
}

void claims_store(const struct claims *claims, struct plan *plan,
		  struct settings *settings)
{
	unsigned next = 0;

	for (size_t i = 0; i < settings->count; i++)
		settings->items[i] = claims->settings.items[i];

	for (size_t i = 0; i < plan->count; i++)
		if (plan->entries[i].verdict == VERDICT_PENDING)
			store(claims, &claims->items[next++], &plan->entries[i]);
}
