/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "claim/claim.h"
#include "guard/guard.h"
#include "pci/pci.h"
#include "plan/plan.h"
#include "run.h"

struct run {
	const struct run_request *request;
	const struct params *params;
	int root_fd;
	int bus_fd;
	enum stage stage;
	uint64_t timeout_ms; /* what is left of passthru.timeout */
	uint64_t kernel_us;
	struct run_result *result;
	bool has_waited; /* for the event of another function of the card */
	/* Of the device stage, before the card got more functions: */
	struct run_result first;
	/* The last search for a variant driver: */
	struct pci_id variant_id;
	char variant[DRIVER_NAME_SIZE];
};

/*
 * In the device stage the slot of the device and its group will do, unless a guard may
 * have to compare the device with all others: a display, a serial console. Without a
 * group all are needed, too: one may be an IOMMU whose driver is not loaded yet.
 */
static int scan(struct run *run, bool *ret_partial)
{
	const struct pci_address *device = &run->request->device;
	struct pci_list *devices = &run->result->devices;
	int r = -ENOENT;

	if (run->stage == STAGE_DEVICE)
		r = pci_scan_group(run->bus_fd, device, devices);
	if (r == 0 && !run->params->force && pci_slot_has_console(devices, device)) {
		pci_list_free(devices);
		r = -ENOENT;
	}
	*ret_partial = r == 0;
	return r == -ENOENT ? pci_scan(run->bus_fd, devices) : r;
}

static void read_entries(struct run *run)
{
	const struct plan *plan = &run->result->plan;

	for (size_t i = 0; i < plan->count; i++)
		pci_read_attributes(run->bus_fd, plan->entries[i].device);
}

/* The physical functions of those entries that have them in their groups. */
static void read_physical(struct run *run)
{
	const struct plan *plan = &run->result->plan;
	const struct pci_list *devices = &run->result->devices;

	for (size_t i = 0; i < devices->count; i++)
		for (size_t j = 0; devices->devices[i].has_vfs && j < plan->total; j++)
			if (plan->entries[j].device->group == devices->devices[i].group)
				pci_read_physical(run->bus_fd, plan->entries[j].device);
}

/* The other members of the groups of all entries, those of other stages included. */
static int read_members(struct run *run)
{
	const struct plan *plan = &run->result->plan;
	struct pci_list *devices = &run->result->devices;
	int last = NO_GROUP, r;

	for (size_t i = 0; i < plan->total; i++) {
		const struct pci_device *device = plan->entries[i].device;

		/* Members of a group are mostly neighbours. */
		if (device->group == NO_GROUP || device->group == last)
			continue;
		last = device->group;
		r = pci_read_group_attributes(run->bus_fd, device, devices);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	read_physical(run);
	return 0;
}

static bool has_groupless(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->entries[i].device->group == NO_GROUP)
			return true;
	return false;
}

/* The other functions of the slots of all entries; returns whether any has no group. */
static bool read_slots(struct run *run)
{
	const struct plan *plan = &run->result->plan;
	bool is_groupless = false;

	for (size_t i = 0; i < plan->count; i++)
		is_groupless |= pci_read_slot_attributes(
			run->bus_fd, plan->entries[i].device, &run->result->devices);
	return is_groupless;
}

/* Whether the IOMMU group of a function that matters may come with its driver. */
static bool groups_come(struct run *run)
{
	bool is_groupless = run->params->group == GROUP_CLAIM
				    ? read_slots(run)
				    : has_groupless(&run->result->plan);

	if (!is_groupless || !iommu_may_add_groups(run->root_fd, &run->result->devices))
		return false;
	(void)read_slots(run);
	return true;
}

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

/* The late stage handles the deferred devices, the device stage the card of its own. */
static bool is_ours(const void *data, const struct plan_entry *entry)
{
	const struct run_request *request = data;

	if (request->stage == STAGE_DEVICE)
		return address_is_same_slot(&entry->device->address, &request->device);
	return request->stage == STAGE_EARLY ||
	       run_result_defers(request->earlier, &entry->device->address);
}

/* What became of the device; the record may be of another card that its slot had. */
static const struct plan_entry *find_earlier(const struct run_result *earlier,
					     const struct plan_entry *entry)
{
	const struct pci_device *device = entry->device;
	const struct plan_entry *before =
		earlier ? run_result_find(earlier, &device->address) : NULL;

	return before && pci_is_same_model(&before->device->id, &device->id) ? before
									     : NULL;
}

static bool was_claimed(const struct run_result *earlier, const struct plan_entry *entry)
{
	const struct plan_entry *before = find_earlier(earlier, entry);

	return before && before->verdict == VERDICT_CLAIMED;
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

		entry->is_earlier =
			was_claimed(earlier, entry) || was_claimed(&run->first, entry);
	}
	for (size_t i = plan->count; earlier && i < plan->total; i++) {
		struct plan_entry *entry = &plan->entries[i];
		const struct plan_entry *before = find_earlier(earlier, entry);

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

static int make_plan(struct run *run)
{
	struct pci_list *devices = &run->result->devices;
	struct plan *plan = &run->result->plan;
	struct plan_prospect prospect = { .vfs_will_go = run->request->is_preview };
	bool is_partial;
	int r = scan(run, &is_partial);

	if (run->params->has_paths)
		pci_read_paths(run->bus_fd, devices);
	if (r == 0)
		r = plan_select(run->params, devices, plan);
	plan->is_partial = is_partial;
	if (r == 0)
		read_entries(run);
	if (r == 0 && run->params->group == GROUP_CLAIM)
		r = read_members(run);
	if (r == 0)
		plan->groups_come = groups_come(run);
	if (r == 0)
		r = plan_add_groups(run->params, devices, plan);
	if (r < 0)
		return r;
	for (size_t i = 0; i < plan->count; i++)
		choose_driver(run, &plan->entries[i]);
	if (!is_partial && has_groupless(plan))
		prospect.is_noiommu = iommu_is_done_without(run->root_fd);
	prospect.groups_may_come = run->request->iommu_pending || plan->groups_come;
	plan_judge(prospect, plan);
	if (!run->params->force)
		add_guards(run, plan);
	limit_plan(run, plan);
	/* Half of the time is for reading disks. */
	if (!run->params->force)
		guard_disks(run->root_fd, &run->params->cmdline, find_moment(run),
			    run->request->start_ms + run->timeout_ms / 2, plan);
	if (run->params->dryrun)
		plan_apply_dry_run(plan);
	return 0;
}

/*
 * udevd kills what an event leaves behind in its control group; a worker may have to
 * outlive that.
 */
static void leave_udev(const struct run *run)
{
	static const char *const files[] = { "sys/fs/cgroup/cgroup.procs",
					     "sys/fs/cgroup/systemd/cgroup.procs" };

	if (run->stage != STAGE_DEVICE)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (sysfs_write(run->root_fd, files[i], "0") == 0)
			return;
}

/* Of two events for functions of one card, one is handled at a time. */
static int open_slot(const struct run *run)
{
	char path[DEVICE_PATH_SIZE];

	if (run->stage != STAGE_DEVICE)
		return -1;
	pci_device_path(path, &run->result->plan.entries[0].device->address, "");
	return openat(run->bus_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int claim_planned(struct run *run)
{
	struct plan *plan = &run->result->plan;
	struct claims *claims;

	leave_udev(run);
	if (run->request->slot_fd && *run->request->slot_fd < 0)
		*run->request->slot_fd = open_slot(run);
	claims = claims_new(plan);
	if (!claims)
		return -ENOMEM;
	claims->bus_fd = run->bus_fd;
	claims->root_fd = run->root_fd;
	claims->root = run->request->root;
	claims->guards = !run->params->force;
	if (run->request->slot_fd)
		claims->slot_fd = *run->request->slot_fd;
	claims->may_be_foreign = run->stage != STAGE_EARLY || run->request->is_booted;
	claims->load_iommu = iommu_is_virtio(&run->result->devices);
	claims_run(claims, run->request->start_ms, run->timeout_ms);
	claims_store(claims, plan);
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

		pci_read_again(run->bus_fd, entry->device);
		if (!entry->device->is_gone)
			strcpy(entry->now, entry->device->driver);
	}
	if (plan->groups_come)
		(void)read_slots(run);
	return read_members(run);
}

static int claim_devices(struct run *run)
{
	int r = make_plan(run);

	if (r == 0 && plan_count(&run->result->plan, VERDICT_PENDING) > 0)
		r = claim_planned(run);
	return r < 0 ? r : read_again(run);
}

/*
 * Whether the card or its group has got functions since they were read: the kernel
 * announces each as soon as it has found it, and the first event may be faster than that.
 */
static bool has_grown(const struct run *run)
{
	struct pci_list now;
	bool has_grown = false;

	if (run->stage != STAGE_DEVICE ||
	    pci_scan_group(run->bus_fd, &run->request->device, &now) < 0)
		return false;
	for (size_t i = 0; i < now.count; i++)
		has_grown |=
			!pci_list_find(&run->result->devices, &now.devices[i].address);
	pci_list_free(&now);
	return has_grown;
}

/* Claims the rest of the card; what has been claimed is done then, but is still new. */
static int claim_rest(struct run *run)
{
	struct plan *plan = &run->result->plan;
	int r;

	run->first.plan = *plan;
	run->first.devices = run->result->devices;
	r = claim_devices(run);
	for (size_t i = 0; r == 0 && i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];
		const struct plan_entry *before = find_earlier(&run->first, entry);

		if (was_claimed(&run->first, entry)) {
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

/* What is known already of the card of an event. */
struct known {
	const struct run *run;
	const struct run_result *report;
};

/*
 * What another event has reported is no news, except of the device of this one; nor if
 * the other has claimed that as well, or has just ended. What this one has claimed is:
 * the report may be of the same card before it was pulled.
 */
static bool is_news(const void *data, const struct plan_entry *entry)
{
	const struct known *known = data;
	const struct plan_entry *before = find_earlier(known->report, entry);

	if (!before || before->verdict != entry->verdict)
		return true;
	if (entry->verdict == VERDICT_DEFERRED || known->run->has_waited)
		return false;
	return entry->verdict == VERDICT_CLAIMED
		       ? !text_equals_name(entry->was, entry->wanted)
		       : address_compare(&entry->device->address,
					 &known->run->request->device) == 0;
}

static void drop_known(const struct run *run)
{
	const struct run_request *request = run->request;
	struct known known = { run, request->earlier };
	struct run_result again = { 0 };

	if (run->stage != STAGE_DEVICE)
		return;
	if (run->has_waited && request->report &&
	    report_read(request->report_fd, request->report, &again) == 0)
		known.report = &again;
	plan_limit(&run->result->plan, is_news, &known);
	run_result_free(&again);
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

int run_early(const struct run_request *request, struct run_result *ret)
{
	const struct params *params = request->params;
	struct run run = { .request = request,
			   .params = params,
			   .root_fd = request->root_fd,
			   .bus_fd = request->bus_fd,
			   .stage = request->stage,
			   .timeout_ms = time_left_ms(request),
			   .result = ret };
	int r;

	*ret = (struct run_result){ .is_dry = params->dryrun,
				    .is_forced = params->force,
				    .timeout = params->timeout,
				    .stage = request->stage };
	r = claim_devices(&run);
	while (r == 0 && has_grown(&run))
		r = claim_rest(&run);
	if (r == 0)
		r = run_result_add_problems(ret, params);
	if (r < 0)
		return r;
	note_time(&run);
	drop_known(&run);
	/* Nothing of it is requested: udev calls for every device that appears. */
	ret->is_silent = run.stage == STAGE_DEVICE && ret->plan.count == 0;
	return 0;
}
