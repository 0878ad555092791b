/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "block.h"
#include "claim.h"
#include "clock.h"
#include "log.h"
#include "module.h"
#include "sysfs.h"
#include "text.h"

/* The three rounds of jobs; each has one job a device. */
enum round { ROUND_OVERRIDE, ROUND_LOAD, ROUND_BIND, ROUNDS };

static int write_timed(struct claims *claims, const char *path, const char *value)
{
	uint64_t before = clock_us();
	int r;

	log_debug("writing \"%s\" to %s", value[0] == '\n' ? "\\n" : value, path);
	r = sysfs_write(claims->bus_fd, path, value);
	claims->kernel_us += clock_us() - before;
	return r;
}

static int write_device(struct claims *claims, const struct claim *claim,
			const char *file, const char *value)
{
	char path[DEVICE_PATH_SIZE];

	pci_device_path(path, &claim->address, file);
	return write_timed(claims, path, value);
}

static void update_driver(const struct claims *claims, struct claim *claim)
{
	char driver[DRIVER_NAME_SIZE];

	if (pci_read_driver(claims->bus_fd, &claim->address, driver) == 0)
		strcpy(claim->now, driver);
}

static bool has_our_driver(const struct claims *claims, struct claim *claim)
{
	update_driver(claims, claim);
	return text_equals_name(claim->now, claim->driver);
}

static bool has_file(const struct claims *claims, const struct claim *claim,
		     const char *file)
{
	char path[DEVICE_PATH_SIZE];

	pci_device_path(path, &claim->address, file);
	return sysfs_exists(claims->bus_fd, path);
}

static bool exists(const struct claims *claims, const struct claim *claim)
{
	return has_file(claims, claim, "driver_override");
}

static int unbind(struct claims *claims, struct claim *claim)
{
	char name[ADDRESS_SIZE];
	int r;

	address_format(&claim->address, name);
	r = write_device(claims, claim, "driver/unbind", name);
	/* It may have let go by itself in the meantime. */
	return r == -ENOENT || r == -ENODEV ? 0 : r;
}

static int probe(struct claims *claims, const struct claim *claim)
{
	char name[ADDRESS_SIZE];

	address_format(&claim->address, name);
	return write_timed(claims, "drivers_probe", name);
}

/*
 * What drivers_probe keeps to itself, bind_store() in drivers/base/bus.c tells: the
 * errno of the driver's probe. It is one more try, too.
 */
static int bind(struct claims *claims, const struct claim *claim)
{
	char name[ADDRESS_SIZE], path[sizeof("drivers//bind") + DRIVER_NAME_SIZE];

	address_format(&claim->address, name);
	snprintf(path, sizeof(path), "drivers/%s/bind", claim->driver);
	return write_timed(claims, path, name);
}

/*
 * The newline clears; an empty write would never reach the kernel (driver_set_override()
 * in drivers/base/driver.c). Tried twice, since a device that stays overridden is
 * nobody's and the kernel may but have been short of memory.
 */
static bool clear_override(struct claims *claims, const struct claim *claim)
{
	int r = write_device(claims, claim, "driver_override", "\n");

	if (r < 0 && exists(claims, claim))
		r = write_device(claims, claim, "driver_override", "\n");
	if (r < 0)
		log_debug("clearing the override failed: %s", strerror(-r));
	return r == 0 || !exists(claims, claim);
}

void claim_undo(struct claims *claims, unsigned device)
{
	struct claim *claim = &claims->items[device];
	bool cleared = true;

	/* Nothing was written: a driver of ours that it has, it had before. */
	if (claim->overridden) {
		/* First: what is let go while it is set, no other driver can take. */
		cleared = clear_override(claims, claim);
		if (has_our_driver(claims, claim))
			(void)unbind(claims, claim);
		if (claim->display == DISPLAY_PASSTHRU)
			(void)framebuffer_restore(claims->root_fd, &claim->framebuffer);
		(void)probe(claims, claim);
	}
	update_driver(claims, claim);
	claim->undone = cleared;
}

bool claim_is_expired(const struct claims *claims, unsigned device)
{
	return __atomic_load_n(&claims->items[device].state, __ATOMIC_SEQ_CST) ==
	       CLAIM_EXPIRED;
}

static bool leave_open(struct claim *claim, enum claim_state state)
{
	int expected = CLAIM_OPEN;

	return __atomic_compare_exchange_n(&claim->state, &expected, state, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static void finish(struct claim *claim, enum verdict verdict)
{
	claim->verdict = verdict;
	leave_open(claim, CLAIM_FINISHED);
}

static enum verdict find_verdict(enum reason reason)
{
	if (reason == REASON_NO_IOMMU)
		return VERDICT_REFUSED;
	return reason == REASON_IN_USE ? VERDICT_KEPT : VERDICT_FAILED;
}

static void fail(struct claims *claims, unsigned device, enum reason reason, int error)
{
	struct claim *claim = &claims->items[device];
	enum claim_step failed = claim->step;

	claim->reason = exists(claims, claim) ? reason : REASON_GONE;
	claim->error = error;
	claim->step = STEP_UNDO;
	claim_undo(claims, device);
	claim->step = failed;
	finish(claim, find_verdict(claim->reason));
}

static void set_override(struct claims *claims, unsigned device)
{
	struct claim *claim = &claims->items[device];
	int r;

	if (has_our_driver(claims, claim)) {
		finish(claim, VERDICT_CLAIMED);
		return;
	}
	/* Now, since the driver may evict it as soon as it is loaded. */
	if (claim->is_display &&
	    framebuffer_find(claims->root_fd, &claim->address, &claim->framebuffer) < 0)
		claim->framebuffer.device[0] = '\0';
	claim->step = STEP_OVERRIDE;
	/* Set before the write: should it not return, it is still to be cleared. */
	claim->overridden = true;
	r = write_device(claims, claim, "driver_override", claim->driver);
	if (r < 0)
		fail(claims, device, REASON_OVERRIDE, r);
	else
		claim->override_is_set = true;
}

/*
 * Looks for the driver under its exact name or with "-" and "_" exchanged: modules and
 * their drivers often differ in that. Returns whether it is there, with its own spelling
 * in name.
 */
static bool find_driver(const struct claims *claims, char name[static DRIVER_NAME_SIZE])
{
	_cleanup_closedir_ DIR *directory = NULL;
	char path[sizeof("drivers/") + DRIVER_NAME_SIZE];
	struct dirent *entry;

	snprintf(path, sizeof(path), "drivers/%s", name);
	if (sysfs_exists(claims->bus_fd, path))
		return true;
	directory = sysfs_open_directory(claims->bus_fd, "drivers");
	while (directory && (entry = readdir(directory))) {
		if (!text_equals_name(entry->d_name, name))
			continue;
		strcpy(name, entry->d_name);
		return true;
	}
	return false;
}

static int load_module(struct claims *claims, const char *name)
{
	uint64_t before = clock_us();
	int r;

	log_debug("loading %s", name);
	r = module_load(claims->root, name);
	claims->kernel_us += clock_us() - before;
	if (r < 0)
		log_debug("loading %s: %s", name, strerror(-r));
	return r;
}

/* Makes the driver be there, and claim->driver its exact name. */
static int provide_driver(struct claims *claims, struct claim *claim)
{
	int r;

	if (strcmp(claims->failed_driver, claim->driver) == 0)
		return claims->failed_error;
	if (find_driver(claims, claim->driver))
		return 0;
	r = load_module(claims, claim->driver);
	/* Loaded is not enough: the driver must be there by that very name. */
	if (r == 0 && !find_driver(claims, claim->driver))
		r = -ENOENT;
	if (r < 0) {
		strcpy(claims->failed_driver, claim->driver);
		claims->failed_error = r;
	}
	return r;
}

/*
 * Debian's kernels have the driver of this one IOMMU as a module, so its devices get
 * their groups no sooner than now. Its own device is found through virtio's PCI driver.
 */
static void load_iommu(struct claims *claims)
{
	if (!claims->load_iommu)
		return;
	claims->load_iommu = false;
	(void)load_module(claims, "virtio_pci");
	(void)load_module(claims, "virtio_iommu");
}

static void load_driver(struct claims *claims, unsigned device)
{
	struct claim *claim = &claims->items[device];
	char overridden[DRIVER_NAME_SIZE];
	int r;

	/* Its first write hangs in another process, which is what is to be reported. */
	if (!claim->override_is_set)
		return;
	claim->step = STEP_LOAD;
	load_iommu(claims);
	strcpy(overridden, claim->driver);
	r = provide_driver(claims, claim);
	if (r < 0) {
		fail(claims, device, REASON_NO_DRIVER, r);
		return;
	}
	if (strcmp(overridden, claim->driver) == 0)
		return;
	/* Until here the override named no driver at all, which kept them all away. */
	claim->step = STEP_OVERRIDE;
	r = write_device(claims, claim, "driver_override", claim->driver);
	if (r < 0)
		fail(claims, device, REASON_OVERRIDE, r);
}

/* Returns whether no driver but ours has the device any more. */
static bool free_from_other(struct claims *claims, unsigned device)
{
	struct claim *claim = &claims->items[device];
	int r;

	if (has_our_driver(claims, claim) || !claim->now[0])
		return true;
	claim->step = STEP_UNBIND;
	if (claims->guard_fd >= 0 &&
	    block_hold(claims->guard_fd, &claim->address) == -EBUSY) {
		fail(claims, device, REASON_IN_USE, -EBUSY);
		return false;
	}
	r = unbind(claims, claim);
	if (has_our_driver(claims, claim) || !claim->now[0])
		return true;
	fail(claims, device, REASON_UNBIND, r);
	return false;
}

/*
 * vfio-pci has evicted the boot framebuffer if the device is a VGA controller; else we
 * do it. A claim does not fail for it: the device is the guest's, and the log says what
 * is left to be done.
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
 * Only now it is certain: behind some IOMMUs the kernel makes the group when a driver
 * probes the device (pci_dma_configure() in drivers/pci/pci-driver.c).
 */
static enum reason find_refusal(const struct claims *claims, const struct claim *claim)
{
	if (plan_needs_group(claim->driver) && !has_file(claims, claim, "iommu_group"))
		return REASON_NO_IOMMU;
	return REASON_PROBE;
}

static void bind_driver(struct claims *claims, unsigned device)
{
	struct claim *claim = &claims->items[device];
	int r = 0;

	/* Its first write hangs in another process; a probe now would be anybody's. */
	if (!claim->override_is_set)
		return;
	/* Its loading hangs in another process, which is what is to be reported. */
	if (!find_driver(claims, claim->driver))
		return;
	if (!free_from_other(claims, device))
		return;
	claim->step = STEP_PROBE;
	if (!has_our_driver(claims, claim))
		r = probe(claims, claim);
	if (!has_our_driver(claims, claim))
		r = bind(claims, claim);
	if (!has_our_driver(claims, claim)) {
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
		count += leave_open(&claims->items[i], CLAIM_EXPIRED);
	return count;
}

static size_t claims_size(unsigned count)
{
	return sizeof(struct claims) + count * sizeof(struct claim);
}

struct claims *claims_new(const struct plan *plan)
{
	unsigned count = (unsigned)plan_count(plan, VERDICT_CLAIMED), next = 0;
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

		if (entry->verdict != VERDICT_CLAIMED)
			continue;
		claim = &claims->items[next++];
		/* Nothing to be done, whatever happens to the time. */
		if (text_equals_name(entry->was, entry->driver))
			finish(claim, VERDICT_CLAIMED);
		claim->address = entry->device->address;
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

		if (entry->verdict != VERDICT_CLAIMED)
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
