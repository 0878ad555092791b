/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "guard/guard.h"
#include "run/internal.h"

/* The variant driver for the device; the search reads a file of a megabyte. */
static const char *find_variant(struct run *run, const struct pci_id *id)
{
	if (!run->variant[0] || memcmp(&run->variant_id, id, sizeof(*id)) != 0) {
		run->variant_id = *id;
		if (variant_find(run->root_fd, id, run->variant) < 0)
			strcpy(run->variant, "vfio-pci");
	}
	return run->variant;
}

static void choose_driver(struct run *run, struct plan_entry *entry)
{
	const struct pci_device *device = entry->device;
	const char *driver = run->params->driver;

	if (strcmp(driver, "auto") == 0) {
		driver = "vfio-pci";
		/* The others are in the plan only for the guards. */
		if (run->stage != STAGE_DEVICE ||
		    address_is_same_slot(&device->address, &run->request->device))
			driver = find_variant(run, &device->id);
	}
	strcpy(entry->wanted, driver);
}

/*
 * The late stage handles the deferred devices, the device stage the card of its own and
 * its virtual functions.
 */
static bool is_ours(const void *data, const struct plan_entry *entry)
{
	const struct run_request *request = data;
	const struct pci_device *device = entry->device;

	if (request->stage == STAGE_DEVICE)
		return address_is_same_slot(&device->address, &request->device) ||
		       (device->is_virtual &&
			address_compare(&device->physical, &request->device) == 0);
	return request->stage == STAGE_EARLY ||
	       run_result_defers(request->earlier, &entry->device->address);
}

/*
 * Of the others in their groups counts what became of them. What an event has claimed
 * before of the same card may have to be undone with the rest.
 */
static void limit_plan(const struct run *run, struct plan *plan)
{
	const struct run_result *earlier = run->request->earlier;

	plan_limit(plan, is_ours, run->request);
	for (size_t i = 0; run->stage == STAGE_DEVICE && i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		entry->is_earlier = run_was_claimed(earlier, entry) ||
				    run_was_claimed(&run->first, entry);
	}
	for (size_t i = plan->count; earlier && i < plan->total; i++) {
		struct plan_entry *entry = &plan->entries[i];
		const struct plan_entry *before = run_find_earlier(earlier, entry);

		if (before)
			entry->verdict = before->verdict;
	}
}

static void add_guards(const struct run *run, struct plan *plan)
{
	if (!plan->is_partial)
		guard_displays(run->root_fd, run->bus_fd, &run->result->devices, plan);
	guard_console(run->root_fd, &run->params->cmdline, plan);
}

static enum disk_moment find_moment(const struct run *run)
{
	static const enum disk_moment moments[] = {
		[STAGE_EARLY] = DISK_MOMENT_EARLY,
		[STAGE_LATE] = DISK_MOMENT_LATE,
		[STAGE_DEVICE] = DISK_MOMENT_EVENT,
	};

	return run->request->is_booted ? DISK_MOMENT_BOOTED : moments[run->stage];
}

/* -- the plan ------------------------------------------------------------------------ */

/* A claim would find that out by itself; the next boot may be of another kernel. */
static void refuse_without_driver(const struct run *run, struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (entry->verdict != VERDICT_PENDING ||
		    module_is_there(run->request->root, run->bus_fd, entry->wanted))
			continue;
		entry->verdict = VERDICT_REFUSED;
		entry->reason = REASON_NO_DRIVER;
		entry->error = -ENOENT;
	}
}

static int make_plan(struct run *run)
{
	struct pci_list *devices = &run->result->devices;
	struct plan *plan = &run->result->plan;
	struct plan_prospect prospect = { .is_next_boot = run->request->is_preview };
	bool is_partial;
	const struct run_result *earlier = run->request->earlier;
	int r = run_find_devices(run, earlier ? &earlier->pfs : NULL, &is_partial);

	if (r == 0)
		r = plan_select(run->params, devices, plan);
	plan->is_partial = is_partial;
	if (r < 0)
		return r;
	run_read_entries(run);
	r = run_add_groups(run);
	if (r < 0)
		return r;
	for (size_t i = 0; i < plan->count; i++)
		choose_driver(run, &plan->entries[i]);
	if (!is_partial && run_has_groupless(plan))
		prospect.is_noiommu = iommu_is_done_without(run->root_fd);
	prospect.groups_may_come = run->request->iommu_pending || plan->groups_come;
	plan_judge(prospect, plan);
	if (!run->params->force)
		add_guards(run, plan);
	limit_plan(run, plan);
	/* Half of the time is for reading disks. */
	if (!run->params->force)
		guard_disks(run->root_fd, &run->params->cmdline, find_moment(run),
			    run->start_ms + run->timeout_ms / 2, plan);
	if (run->params->dryrun && !run->request->is_preview)
		refuse_without_driver(run, plan);
	if (run->params->dryrun)
		plan_apply_dry_run(plan);
	return 0;
}

/* Of two events for functions of one card, one is handled at a time. */
static int open_slot(const struct run *run)
{
	const struct pci_device *first = run->result->plan.entries[0].device;
	char path[DEVICE_PATH_SIZE];

	if (run->stage != STAGE_DEVICE)
		return -1;
	pci_device_path(path, first->is_silenced ? &first->physical : &first->address,
			"");
	return openat(run->bus_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/*
 * A claimed device has only pending what did not return in time. What was before is what
 * an earlier run found, if that has written to the device.
 */
static void complete_settings(const struct run *run)
{
	const struct settings *settings = &run->result->settings;

	for (size_t i = 0; i < settings->count; i++) {
		struct setting_result *result = &settings->items[i];
		const struct setting_result *before =
			run->request->earlier
				? settings_find(&run->request->earlier->settings, result)
				: NULL;

		if (before && before->verdict == SETTING_DONE)
			strcpy(result->was, before->was);
		if (result->verdict != SETTING_PENDING ||
		    plan_find(&run->result->plan, result->device)->verdict !=
			    VERDICT_CLAIMED)
			continue;
		result->verdict = SETTING_REFUSED;
		result->error = -ETIMEDOUT;
	}
}

static int plan_settings(struct run *run)
{
	struct run_result *result = run->result;
	const struct plan *plan = &result->plan;
	int r = settings_plan(run->params, plan, &result->settings);

	for (size_t i = 0; r == 0 && run->params->dryrun && i < plan->count; i++)
		settings_apply(run->bus_fd, &result->settings, plan->entries[i].device,
			       SETTING_TIME_DRY);
	return r;
}

static int claim_planned(struct run *run)
{
	struct settings *settings = &run->result->settings;
	struct plan *plan = &run->result->plan;
	struct claims *claims;

	run_leave_udev(run);
	if (run->request->slot_fd && *run->request->slot_fd < 0)
		*run->request->slot_fd = open_slot(run);
	claims = run_set_up(run, claims_new(plan, settings));
	if (!claims)
		return -ENOMEM;
	claims->vfs_known = run_count_vfs(run);
	claims->guards = !run->params->force;
	claims->adopts = run->params->adopt;
	if (run->request->slot_fd)
		claims->slot_fd = *run->request->slot_fd;
	claims->may_be_foreign = run->stage != STAGE_EARLY || run->request->is_booted;
	claims->load_iommu = iommu_is_virtio(&run->result->devices);
	claims_run(claims, run->start_ms, run->timeout_ms);
	claims_store(claims, plan, settings);
	run->kernel_us += claims->kernel_us;
	run->has_waited |= claims->has_waited;
	claims_free(claims);
	return 0;
}

/*
 * What the claim has changed: drivers, and groups, which loading virtio_iommu creates.
 * What stays with the host is read now, so that the group is judged as it has become.
 */
static int read_again(struct run *run)
{
	struct plan *plan = &run->result->plan;

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (pci_read_again(run->bus_fd, entry->device) == 0)
			strcpy(entry->now, entry->device->driver);
	}
	if (plan->groups_come)
		(void)run_read_slots(run);
	return run_read_members(run);
}

/* Those of what has been claimed, if this is the rest of a card. */
static void keep_settings(struct run *run)
{
	struct settings *settings = &run->result->settings;

	for (size_t i = 0; i < settings->count; i++) {
		struct setting_result *result = &settings->items[i];
		const struct pci_device *device = result->device;
		const struct setting_result *before =
			settings_find(&run->first.settings, result);

		if (!before ||
		    !run_was_claimed(&run->first, plan_find(&run->result->plan, device)))
			continue;
		*result = *before;
		result->device = device;
	}
}

static int claim_devices(struct run *run)
{
	int r = make_plan(run);

	if (r == 0)
		r = plan_settings(run);
	if (r == 0)
		keep_settings(run);
	if (r == 0 && plan_count(&run->result->plan, VERDICT_PENDING) > 0)
		r = claim_planned(run);
	return r < 0 ? r : read_again(run);
}

/*
 * Whether the card has got functions since they were read: the kernel announces each as
 * soon as it has found it, and the first event may be faster than that.
 */
static bool has_grown(const struct run *run)
{
	struct pci_address address = run->request->device;

	/* Virtual functions are found by their physical one. */
	if (run->stage != STAGE_DEVICE || run->result->pfs.count)
		return false;
	for (unsigned i = 0; i <= ADDRESS_SIBLINGS_MAX; i++) {
		address.function = (uint8_t)i;
		if (!pci_list_find(&run->result->devices, &address) &&
		    run_has_file(run, &address, "modalias"))
			return true;
	}
	return false;
}

/* Claims the rest of the card; what has been claimed is done then, but is still new. */
static int claim_rest(struct run *run)
{
	struct run_result *result = run->result;
	struct plan *plan = &result->plan;
	int r;

	run->first = *result;
	*plan = (struct plan){ 0 };
	result->devices = (struct pci_list){ 0 };
	result->settings = (struct settings){ 0 };
	result->pfs = (struct pfs){ 0 };
	r = claim_devices(run);
	for (size_t i = 0; r == 0 && i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];
		const struct plan_entry *before = run_find_earlier(&run->first, entry);

		if (run_was_claimed(&run->first, entry)) {
			entry->fb_release = before->fb_release;
			strcpy(entry->was, before->was);
		}
	}
	run_result_free(&run->first);
	return r;
}

/* The early stage has held up the boot for part of the time. */
static uint64_t time_left_ms(const struct run_request *request)
{
	uint64_t timeout_ms = (uint64_t)request->params->timeout * 1000, used_ms = 0;

	if (request->stage == STAGE_LATE && request->earlier)
		used_ms = request->earlier->times[STAGE_EARLY].total_us / 1000;
	return timeout_ms - (used_ms < timeout_ms ? used_ms : timeout_ms);
}

/* Of clock_ms() with klibc, twice. */
#define CLOCK_STEP_MS 20

static void note_time(const struct run *run)
{
	struct stage_time *time = &run->result->times[run->stage];
	uint64_t steady_ms = clock_ms() - run->request->start_ms;

	time->has_run = true;
	time->kernel_us = run->kernel_us;
	time->total_us = clock_us() - run->request->start_us;
	/* The finer clock may have been set meanwhile. */
	if (time->total_us / 1000 > steady_ms + CLOCK_STEP_MS ||
	    time->total_us / 1000 + CLOCK_STEP_MS < steady_ms)
		time->total_us = steady_ms * 1000;
	/* Two processes may have been in the kernel at the same time. */
	if (time->kernel_us > time->total_us)
		time->kernel_us = time->total_us;
}

int run_early(const struct run_request *caller, struct run_result *ret)
{
	struct run_request copy = *caller, *request = &copy;
	const struct params *params = request->params;
	struct run run = { .request = request,
			   .params = params,
			   .root_fd = request->root_fd,
			   .bus_fd = request->bus_fd,
			   .stage = request->stage,
			   .start_ms = request->start_ms,
			   .timeout_ms = time_left_ms(request),
			   .result = ret };
	int r;

	*ret = (struct run_result){ .is_dry = params->dryrun,
				    .is_forced = params->force,
				    .cmdline = &params->cmdline,
				    .timeout = params->timeout,
				    .stage = request->stage };
	run_find_physical(run.bus_fd, request);
	r = claim_devices(&run);
	for (unsigned i = 0; r == 0 && i < ADDRESS_SIBLINGS_MAX && has_grown(&run); i++)
		r = claim_rest(&run);
	if (r == 0)
		r = run_result_add_problems(ret, params);
	if (r == 0)
		run_give_back(&run);
	if (r < 0 || request->is_booted)
		pfs_restore(run.bus_fd, &ret->pfs);
	if (r < 0)
		return r;
	complete_settings(&run);
	note_time(&run);
	run_drop_known(&run);
	/* Nothing of it is requested: udev calls for every device that appears. */
	ret->is_silent =
		run.stage == STAGE_DEVICE && ret->plan.count == 0 && ret->pfs.count == 0;
	return 0;
}
