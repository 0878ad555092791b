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
#include "vf/vf.h"

struct run {
	const struct run_request *request;
	const struct params *params;
	int root_fd;
	int bus_fd;
	enum stage stage;
	uint64_t start_ms;   /* from when that counts */
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

static bool has_file(const struct run *run, const struct pci_address *device,
		     const char *file)
{
	char path[DEVICE_PATH_SIZE];

	pci_device_path(path, device, file);
	return sysfs_exists(run->bus_fd, path);
}

/*
 * In the device stage the slot of the device and its group will do, unless a guard may
 * have to compare the device with all others: a display, a serial console. Without a
 * group all are needed, too: one may be an IOMMU whose driver is not loaded yet. The
 * virtual functions of a physical one have groups of their own.
 */
static int scan(struct run *run, bool *ret_partial)
{
	const struct pci_address *device = &run->request->device;
	struct pci_list *devices = &run->result->devices;
	int r = -ENOENT;

	if (run->stage == STAGE_DEVICE && !has_file(run, device, "sriov_numvfs"))
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

static int add_groups(struct run *run)
{
	struct plan *plan = &run->result->plan;
	int r = run->params->group == GROUP_CLAIM ? read_members(run) : 0;

	if (r < 0)
		return r;
	plan->groups_come = groups_come(run);
	return plan_add_groups(run->params, &run->result->devices, plan);
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

/* -- physical functions -------------------------------------------------------------- */

/* Somebody else may have silenced the PF of the event: then no VF has events, either. */
static void mark_own_vfs(struct run *run)
{
	const struct pci_device *device =
		pci_list_find(&run->result->devices, &run->request->device);
	struct pf pf;

	if (run->stage == STAGE_DEVICE && device &&
	    !pfs_find_at(&run->result->pfs, &device->address) &&
	    pf_read(run->bus_fd, device, &pf))
		pf_mark(run->bus_fd, &pf, &run->result->devices);
}

static int find_devices(struct run *run, const struct pfs *earlier, bool *ret_partial)
{
	struct pci_list *devices = &run->result->devices;
	int r = scan(run, ret_partial);

	if (run->params->has_paths)
		pci_read_paths(run->bus_fd, devices);
	if (r < 0 || *ret_partial)
		return r;
	r = pfs_find(run->bus_fd, run->params, earlier, devices, &run->result->pfs);
	mark_own_vfs(run);
	return r;
}

/* Those of all of its kind or, in the device stage, the one that the event is about. */
static bool is_our_pf(const struct run *run, const struct pf *pf)
{
	return run->stage == STAGE_EARLY ||
	       (run->stage == STAGE_DEVICE &&
		address_compare(&pf->address, &run->request->device) == 0);
}

static void silence_pfs(struct run *run)
{
	struct pfs *pfs = &run->result->pfs;

	for (size_t i = 0; i < pfs->count; i++) {
		struct pf *pf = &pfs->items[i];

		if (!is_our_pf(run, pf) || !pf->autoprobe)
			continue;
		if (pf_silence(run->bus_fd, pf) < 0)
			log_line(
				LOG_LEVEL_WARNING,
				"sriov_drivers_autoprobe cannot be written; virtual functions get their usual driver first");
		pf_mark(run->bus_fd, pf, &run->result->devices);
	}
}

/* For what the host keeps. */
static const struct settings none;

static struct claims *set_up(const struct run *run, struct claims *claims)
{
	if (!claims)
		return NULL;
	claims->bus_fd = run->bus_fd;
	claims->root_fd = run->root_fd;
	claims->root = run->request->root;
	return claims;
}

/*
 * While VFs are made, the initramfs may have ended: then its files are gone, and /sys and
 * /dev are below the root of the first process. proc_fd is from before that.
 */
static void follow_init(const struct run *run, int proc_fd)
{
	_cleanup_close_ int root_fd =
		openat(proc_fd, "1/root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root_fd < 0 || dup2(root_fd, run->root_fd) < 0 || fchdir(root_fd) < 0 ||
	    chroot(".") < 0)
		log_debug("the root of the first process: %s", strerror(errno));
}

/* Returns whether it has been tried. */
static bool make_vfs(struct run *run, struct pf *pf)
{
	struct pci_device *device = pci_list_find(&run->result->devices, &pf->address);
	_cleanup_close_ int proc_fd = -1;
	struct claims *claims;

	if (!is_our_pf(run, pf) || !pf->wanted || pf->made == pf->wanted ||
	    pf->wanted > pf->total || !has_file(run, &pf->address, "driver"))
		return false;
	/* The number that an administrator has written is theirs. */
	if (pf->made && run->request->is_change) {
		pf->verdict = VERDICT_CLAIMED;
		pf->reason = REASON_NONE;
		return false;
	}
	claims = device ? set_up(run, claims_new_release(&device, 1, &none)) : NULL;
	if (!claims)
		return false;
	leave_udev(run);
	/* Leaves time for the claim. */
	if (run->request->is_detached && !run->request->root[0])
		proc_fd =
			openat(run->root_fd, "proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	claims_make_vfs(claims, pf, run->start_ms + run->timeout_ms * 7 / 10);
	if (proc_fd >= 0)
		follow_init(run, proc_fd);
	/* Nobody waits: the claim need not pay for a slow driver of the PF. */
	if (run->request->is_detached)
		run->start_ms = clock_ms();
	claims_free(claims);
	return true;
}

/*
 * Before the driver of a PF is loaded, and then again when it is bound. Not in the first
 * stage of a boot, which has no time for it: udev announces all devices later. Returns
 * whether there may be other devices now.
 */
static bool prepare_pfs(struct run *run)
{
	struct pfs *pfs = &run->result->pfs;
	bool has_tried = false;

	if (run->params->dryrun)
		return false;
	silence_pfs(run);
	for (size_t i = 0; i < pfs->count; i++)
		if (run->stage != STAGE_EARLY || run->request->is_booted)
			has_tried |= make_vfs(run, &pfs->items[i]);
	return has_tried;
}

/* What was found before has what was wrong with the PFs. */
static int find_prepared(struct run *run, const struct pfs *earlier, bool *ret_partial)
{
	int r = find_devices(run, earlier, ret_partial);
	struct pfs before = run->result->pfs;

	if (r < 0 || !prepare_pfs(run))
		return r;
	pci_list_free(&run->result->devices);
	r = find_devices(run, &before, ret_partial);
	free(before.items);
	return r;
}

/* A VF without a driver that nobody is to have. */
static bool is_left(const struct run *run, struct pci_device *device)
{
	const struct plan_entry *entry = plan_find(&run->result->plan, device);

	if (!device->is_silenced ||
	    (!run->request->is_booted &&
	     address_compare(&device->physical, &run->request->device) != 0) ||
	    (entry && (plan_entry_is_taken(entry) || entry->verdict == VERDICT_DEFERRED)))
		return false;
	pci_read_again(run->bus_fd, device);
	return !device->driver[0] && !device->is_gone;
}

/* The number of VFs that the PF of the event had when its devices were found. */
static unsigned count_known_vfs(const struct run *run)
{
	const struct pf *pf =
		run->stage == STAGE_DEVICE
			? pfs_find_at(&run->result->pfs, &run->request->device)
			: NULL;

	return pf ? pf->made : 0;
}

/*
 * Gives the VFs of silenced PFs to the host that are nobody's, once all that are
 * requested have their overrides.
 */
static void give_back(struct run *run)
{
	struct pci_list *devices = &run->result->devices;
	struct pci_device **left = NULL;
	struct claims *claims;
	unsigned count = 0;

	if (run->params->dryrun ||
	    (run->stage != STAGE_DEVICE && !run->request->is_booted))
		return;
	for (size_t i = 0; i < devices->count; i++) {
		struct pci_device **added;

		if (!is_left(run, &devices->devices[i]))
			continue;
		added = array_append(left, count);
		if (added)
			*added = &devices->devices[i];
	}
	claims = count ? set_up(run, claims_new_release(left, count, &none)) : NULL;
	if (claims) {
		leave_udev(run);
		claims->vfs_known = count_known_vfs(run);
		claims_give_back(claims, run->start_ms + run->timeout_ms);
	}
	for (unsigned i = 0; i < count; i++)
		pci_read_again(run->bus_fd, left[i]);
	claims_free(claims);
	free(left);
}

/* -- the plan ------------------------------------------------------------------------ */

static int make_plan(struct run *run)
{
	struct pci_list *devices = &run->result->devices;
	struct plan *plan = &run->result->plan;
	struct plan_prospect prospect = { .vfs_will_go = run->request->is_preview };
	bool is_partial;
	const struct run_result *earlier = run->request->earlier;
	int r = find_prepared(run, earlier ? &earlier->pfs : NULL, &is_partial);

	if (r == 0)
		r = plan_select(run->params, devices, plan);
	plan->is_partial = is_partial;
	if (r < 0)
		return r;
	read_entries(run);
	r = add_groups(run);
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
			    run->start_ms + run->timeout_ms / 2, plan);
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

	leave_udev(run);
	if (run->request->slot_fd && *run->request->slot_fd < 0)
		*run->request->slot_fd = open_slot(run);
	claims = set_up(run, claims_new(plan, settings));
	if (!claims)
		return -ENOMEM;
	claims->vfs_known = count_known_vfs(run);
	claims->guards = !run->params->force;
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
		(void)read_slots(run);
	return read_members(run);
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
		    !was_claimed(&run->first, plan_find(&run->result->plan, device)))
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
		    has_file(run, &address, "modalias"))
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
	if (entry->verdict == VERDICT_DEFERRED || known->run->has_waited ||
	    entry->reason == REASON_GIVES_VFS)
		return false;
	return entry->verdict == VERDICT_CLAIMED
		       ? !text_equals_name(entry->was, entry->wanted)
		       : address_compare(&entry->device->address,
					 &known->run->request->device) == 0;
}

/* Whether the report does not say that already. */
static bool is_pf_news(const struct pfs *known, const struct pf *pf)
{
	const struct pf *before = pfs_find_at(known, &pf->address);

	return !before || before->verdict != pf->verdict ||
	       before->reason != pf->reason || before->made != pf->made ||
	       before->autoprobe != pf->autoprobe;
}

/* Those that are not this one's business keep their records. */
static void drop_known_pfs(const struct run *run)
{
	struct pfs *pfs = &run->result->pfs;
	size_t kept = 0;

	for (size_t i = 0; i < pfs->count; i++) {
		struct pf *pf = &pfs->items[i];

		pf->is_news = !run->request->earlier ||
			      is_pf_news(&run->request->earlier->pfs, pf);
		if (is_our_pf(run, pf) && pf->is_news)
			pfs->items[kept++] = *pf;
	}
	pfs->count = kept;
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

/*
 * An event of a VF counts as one of its PF if that is silenced: its link to that may not
 * have been there yet when udev looked. So it does if the PF was silenced before: while
 * other VFs get their usual driver, it is not.
 */
static void find_physical(int bus_fd, struct run_request *request)
{
	struct pci_device device = { .address = request->device };
	char path[DEVICE_PATH_SIZE], text[4];

	pci_device_path(path, &request->device, "physfn/sriov_drivers_autoprobe");
	if (request->stage != STAGE_DEVICE ||
	    sysfs_read(bus_fd, path, text, sizeof(text)) <= 0)
		return;
	pci_read_physical(bus_fd, &device);
	if (device.is_virtual &&
	    (text[0] == '0' ||
	     (request->earlier && pfs_find_at(&request->earlier->pfs, &device.physical))))
		request->device = device.physical;
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
				    .timeout = params->timeout,
				    .stage = request->stage };
	find_physical(run.bus_fd, request);
	r = claim_devices(&run);
	for (unsigned i = 0; r == 0 && i < ADDRESS_SIBLINGS_MAX && has_grown(&run); i++)
		r = claim_rest(&run);
	if (r == 0)
		r = run_result_add_problems(ret, params);
	if (r == 0)
		give_back(&run);
	if (r < 0 || request->is_booted)
		pfs_restore(run.bus_fd, &ret->pfs);
	if (r < 0)
		return r;
	complete_settings(&run);
	note_time(&run);
	drop_known(&run);
	drop_known_pfs(&run);
	/* Nothing of it is requested: udev calls for every device that appears. */
	ret->is_silent =
		run.stage == STAGE_DEVICE && ret->plan.count == 0 && ret->pfs.count == 0;
	return 0;
}

bool run_detaches(const struct run_request *request)
{
	const struct selectors *vfs = &request->params->vfs;
	struct run run = { .request = request,
			   .root_fd = request->root_fd,
			   .bus_fd = request->bus_fd,
			   .stage = request->stage };
	bool has_count = false;

	for (size_t i = 0; i < vfs->count; i++)
		has_count |= vfs->items[i].vf_count > 0;
	if (run.stage != STAGE_DEVICE || !has_count ||
	    !has_file(&run, &request->device, "sriov_numvfs") ||
	    !has_file(&run, &request->device, "driver") ||
	    has_file(&run, &request->device, "virtfn0"))
		return false;
	leave_udev(&run);
	return true;
}
