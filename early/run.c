/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sysfs.h"
#include "base/util.h"
#include "claim/claim.h"
#include "guard/console.h"
#include "guard/disk.h"
#include "guard/display.h"
#include "pci/iommu.h"
#include "pci/pci.h"
#include "pci/variant.h"
#include "plan/plan.h"
#include "report/reader.h"
#include "report/report.h"
#include "report/summary.h"
#include "run.h"
#include "udev/rule.h"

struct run {
	const struct options *options;
	const struct params *params;
	int root_fd;
	int bus_fd;
	uint64_t start_us;
	uint64_t start_ms;
	uint64_t timeout_ms; /* what is left of passthru.timeout */
	uint64_t kernel_us;
	enum phase phase;
	char *report; /* of an earlier stage, or NULL */
	struct pci_list devices;
	struct plan plan;
	/* The last search for a variant driver: */
	struct pci_id variant_id;
	char variant[DRIVER_NAME_SIZE];
};

/*
 * In the device stage the device and its group will do, unless a guard may have to
 * compare the device with all others: a display, a serial console. Without a group all
 * are needed, too: one may be an IOMMU whose driver is not loaded yet.
 */
static int scan(struct run *run, bool *ret_partial)
{
	const struct pci_address *device = &run->options->device;
	int r = -ENOENT;

	if (run->phase == PHASE_DEVICE &&
	    (run->params->force || !pci_slot_has_console(run->bus_fd, device)))
		r = pci_scan_group(run->bus_fd, device, &run->devices);
	*ret_partial = r == 0;
	return r == -ENOENT ? pci_scan(run->bus_fd, &run->devices) : r;
}

static int read_attributes(struct run *run)
{
	struct plan *plan = &run->plan;
	int last = NO_GROUP, r;

	if (plan->is_partial) {
		for (size_t i = 0; i < run->devices.count; i++)
			pci_read_attributes(run->bus_fd, &run->devices.devices[i]);
		return 0;
	}
	for (size_t i = 0; i < plan->count; i++)
		pci_read_attributes(run->bus_fd, plan->entries[i].device);
	for (size_t i = 0; i < plan->count; i++) {
		const struct pci_device *device = plan->entries[i].device;

		/* Members of a group are mostly neighbours. */
		if (device->group == NO_GROUP || device->group == last)
			continue;
		last = device->group;
		r = pci_read_group_attributes(run->bus_fd, device, &run->devices);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
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
		if (run->phase != PHASE_DEVICE ||
		    address_compare(&device->address, &run->options->device) == 0)
			driver = find_variant(run, &device->id);
	}
	strcpy(entry->driver, driver);
}

/*
 * The late stage handles the deferred devices only. In a dry run, those that the early
 * stage would have claimed count as claimed when their group is judged.
 */
static void limit_to_deferred(struct run *run)
{
	struct plan *plan = &run->plan;
	size_t kept = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		size_t index = (size_t)(entry->device - run->devices.devices);

		if (report_defers(run->report, &entry->device->address))
			plan->entries[kept++] = *entry;
		else if (run->params->dryrun && entry->verdict == VERDICT_PENDING)
			strcpy(run->devices.devices[index].driver, entry->driver);
	}
	plan->count = kept;
}

static void filter_plan(struct run *run)
{
	if (run->phase == PHASE_DEVICE)
		plan_filter(&run->plan, &run->options->device);
	if (run->phase == PHASE_LATE)
		limit_to_deferred(run);
}

static int make_plan(struct run *run)
{
	struct plan *plan = &run->plan;
	bool is_partial;
	int r = scan(run, &is_partial);

	if (run->params->has_paths)
		pci_read_paths(run->bus_fd, &run->devices);
	if (r == 0)
		r = plan_select(run->params, &run->devices, plan);
	plan->is_partial = is_partial;
	if (r == 0)
		r = read_attributes(run);
	if (r == 0)
		r = plan_add_groups(run->params, &run->devices, plan);
	if (r < 0)
		return r;
	for (size_t i = 0; i < plan->count; i++)
		choose_driver(run, &plan->entries[i]);
	/* The group is known. */
	plan_judge(!is_partial && iommu_may_add_groups(run->root_fd, &run->devices),
		   plan);
	if (!run->params->force) {
		if (!is_partial)
			guard_displays(run->root_fd, run->bus_fd, run->params,
				       &run->devices, plan);
		guard_console(run->root_fd, run->params, plan);
	}
	filter_plan(run);
	/* Half of the time is for reading disks. */
	if (!run->params->force)
		guard_disks(run->root_fd, run->params->text, run->phase == PHASE_LATE,
			    run->start_ms + run->timeout_ms / 2, plan);
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

	if (run->phase != PHASE_DEVICE)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (sysfs_write(run->root_fd, files[i], "0") == 0)
			return;
}

static int claim_planned(struct run *run)
{
	struct claims *claims;

	if (plan_count(&run->plan, VERDICT_PENDING) == 0)
		return 0;
	leave_udev(run);
	claims = claims_new(&run->plan);
	if (!claims)
		return -ENOMEM;
	claims->bus_fd = run->bus_fd;
	claims->root_fd = run->root_fd;
	claims->root = run->options->root;
	claims->guards = !run->params->force;
	claims->load_iommu = iommu_is_virtio(&run->devices);
	claims_run(claims, run->start_ms, run->timeout_ms);
	claims_store(claims, &run->plan);
	run->kernel_us = claims->kernel_us;
	claims_free(claims);
	/* Drivers have changed, and loading virtio_iommu has created groups. */
	return read_attributes(run);
}

static const char *report_path(const struct run *run, int *ret_fd)
{
	*ret_fd = AT_FDCWD;
	if (run->options->report)
		return run->options->report;
	*ret_fd = run->root_fd;
	return REPORT_PATH;
}

/* Lets udev run the device stage. */
static void write_rule(const struct run *run)
{
	const struct params *params = run->params;
	int r;

	if (run->phase != PHASE_EARLY || params->wanted.count == 0 || params->dryrun ||
	    run->options->no_rule)
		return;
	r = rule_write(run->root_fd, params);
	if (r < 0)
		log_line(
			LOG_LEVEL_WARNING,
			"cannot write /%s: %s; no device that appears later will be claimed",
			RULE_PATH, strerror(-r));
}

static void write_report(const struct run *run, const struct run_result *result)
{
	int fd, r;
	const char *path = report_path(run, &fd);

	if (!run->options->report && run->options->dry_run)
		path = "-";
	r = report_write(fd, path, result);
	if (r < 0)
		log_line(LOG_LEVEL_WARNING, "cannot write the report to %s: %s", path,
			 strerror(-r));
}

/* Reads the report of the earlier stages and subtracts the time that they took. */
static void read_report(struct run *run)
{
	int fd;
	const char *path = report_path(run, &fd);
	uint64_t used_ms;

	if (run->phase == PHASE_EARLY || file_read(fd, path, &run->report) < 0)
		return;
	if (run->phase != PHASE_LATE)
		return;
	/* The early stage has held up the boot for that long. */
	used_ms = report_early_us(run->report) / 1000;
	run->timeout_ms -= used_ms < run->timeout_ms ? used_ms : run->timeout_ms;
}

/* Whether there is nothing to report that was not reported before. */
static bool is_silent(const struct run *run)
{
	const struct plan *plan = &run->plan;

	if (run->phase != PHASE_DEVICE)
		return false;
	/* Not requested: udev calls for every device that appears. */
	if (plan->count == 0)
		return true;
	return plan->entries[0].verdict == VERDICT_DEFERRED && run->report &&
	       report_defers(run->report, &plan->entries[0].device->address);
}

static int run_stages(struct run *run)
{
	struct run_result result = { .params = run->params,
				     .devices = &run->devices,
				     .plan = &run->plan,
				     .phase = run->phase };
	int r;

	read_report(run);
	if (run->phase == PHASE_LATE &&
	    (!run->report || !report_defers(run->report, NULL)))
		return EXIT_COMPLETE;
	r = make_plan(run);
	if (r == 0)
		r = claim_planned(run);
	if (r < 0) {
		log_line(LOG_LEVEL_ERROR, "nothing was claimed: %s", strerror(-r));
		return EXIT_INCOMPLETE;
	}
	result.kernel_us = run->kernel_us;
	result.total_us = clock_us() - run->start_us;
	/* Two processes may have been in the kernel at the same time. */
	if (result.kernel_us > result.total_us)
		result.kernel_us = result.total_us;
	if (!is_silent(run)) {
		summary_log(run->root_fd, &result);
		write_report(run, &result);
		write_rule(run);
	}
	return plan_is_complete(run->params, &run->plan) ? EXIT_COMPLETE
							 : EXIT_INCOMPLETE;
}

static enum phase find_phase(const struct options *options)
{
	if (options->late)
		return PHASE_LATE;
	return options->has_device ? PHASE_DEVICE : PHASE_EARLY;
}

int run_early(const struct options *options, int root_fd, const struct params *params,
	      uint64_t start_us, uint64_t start_ms)
{
	_cleanup_close_ int bus_fd =
		openat(root_fd, "sys/bus/pci", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct run run = { .options = options,
			   .params = params,
			   .root_fd = root_fd,
			   .bus_fd = bus_fd,
			   .start_us = start_us,
			   .start_ms = start_ms,
			   .timeout_ms = (uint64_t)params->timeout * 1000,
			   .phase = find_phase(options) };
	int status;

	if (bus_fd < 0) {
		log_line(LOG_LEVEL_ERROR, "no PCI bus in %s/sys: %s; is sysfs mounted?",
			 options->root, strerror(errno));
		return EXIT_INCOMPLETE;
	}
	status = run_stages(&run);
	free(run.report);
	plan_free(&run.plan);
	pci_list_free(&run.devices);
	return status;
}
