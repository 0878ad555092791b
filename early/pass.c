/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "announce.h"
#include "carrier.h"
#include "claim.h"
#include "clock.h"
#include "file.h"
#include "framebuffer.h"
#include "guard.h"
#include "iommu.h"
#include "log.h"
#include "pass.h"
#include "pci.h"
#include "plan.h"
#include "report.h"
#include "supervise.h"
#include "util.h"
#include "variant.h"

struct pass {
	const struct options *options;
	const struct request *request;
	int root_fd;
	int bus_fd;
	uint64_t start_us;
	uint64_t start_ms;
	uint64_t timeout_ms; /* that is left of passthru.timeout */
	uint64_t kernel_us;
	enum phase phase;
	char *report; /* text of what an earlier pass has left, or NULL */
	bool iommu_may_come;
	struct pci_list devices;
	struct plan plan;
};

static int read_facts(struct pass *pass)
{
	struct plan *plan = &pass->plan;
	int last = NO_GROUP, r;

	for (size_t i = 0; i < plan->count; i++)
		pci_read_facts(pass->bus_fd, plan->entries[i].device);
	for (size_t i = 0; i < plan->count; i++) {
		const struct pci_device *device = plan->entries[i].device;

		/* Members of a group mostly follow each other. */
		if (device->group == NO_GROUP || device->group == last)
			continue;
		last = device->group;
		r = pci_read_group_facts(pass->bus_fd, device, &pass->devices);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}

static void choose_driver(const struct pass *pass, struct plan_entry *entry)
{
	const char *driver = pass->request->driver;

	if (strcmp(driver, "auto") == 0) {
		if (variant_find(pass->root_fd, &entry->device->id, entry->driver) == 0)
			return;
		driver = "vfio-pci";
	}
	strcpy(entry->driver, driver);
}

/* The late pass is about what was put off, and about nothing else. */
static void limit_to_deferred(const struct pass *pass, struct plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (report_defers(pass->report, &plan->entries[i].device->address))
			plan->entries[kept++] = plan->entries[i];
	plan->count = kept;
}

static void limit_plan(struct pass *pass)
{
	if (pass->phase == PHASE_DEVICE)
		plan_limit(&pass->plan, &pass->options->device);
	if (pass->phase == PHASE_LATE)
		limit_to_deferred(pass, &pass->plan);
}

static void guard_boot_display(struct pass *pass)
{
	if (!plan_has_display(&pass->plan))
		return;
	pci_read_display_facts(pass->bus_fd, &pass->devices);
	for (size_t i = 0; i < pass->devices.count; i++) {
		struct pci_device *device = &pass->devices.devices[i];
		struct framebuffer unused;

		if (pci_base_class(&device->id) == PCI_BASE_CLASS_DISPLAY &&
		    framebuffer_find(pass->root_fd, &device->address, &unused) == 0)
			device->is_boot_display = true;
	}
	guard_displays(pass->request, &pass->devices, &pass->plan);
}

/* Half of the time is for looking at disks. */
static void guard_disks(struct pass *pass)
{
	carrier_judge(pass->root_fd, pass->request->text, pass->phase == PHASE_LATE,
		      pass->start_ms + pass->timeout_ms / 2, &pass->plan);
}

static int make_plan(struct pass *pass)
{
	struct plan *plan = &pass->plan;
	int r = pci_scan(pass->bus_fd, &pass->devices);

	if (r == 0)
		r = plan_select(pass->request, &pass->devices, plan);
	if (r == 0)
		r = read_facts(pass);
	if (r == 0)
		r = plan_add_groups(pass->request, &pass->devices, plan);
	if (r < 0)
		return r;
	for (size_t i = 0; i < plan->count; i++)
		choose_driver(pass, &plan->entries[i]);
	pass->iommu_may_come = iommu_may_come(&pass->devices);
	plan_judge(pass->iommu_may_come, plan);
	if (!pass->request->force)
		guard_boot_display(pass);
	limit_plan(pass);
	if (!pass->request->force)
		guard_disks(pass);
	if (pass->request->dryrun)
		plan_hold_back(plan);
	return 0;
}

static void do_job(void *data, unsigned job)
{
	claim_job(data, job);
}

static void undo_job(void *data, unsigned device)
{
	if (claim_is_expired(data, device))
		claim_undo(data, device);
}

/*
 * A fifth of the time is kept for the undoing: giving a device back can hang just as
 * well.
 */
static void supervise_claims(const struct pass *pass, struct claims *claims)
{
	uint64_t deadline = pass->start_ms + pass->timeout_ms;
	int r = supervise_run(do_job, claims, claim_job_count(claims),
			      deadline - pass->timeout_ms / 5);

	if (r < 0 && r != -ETIME)
		log_line(LOG_LEVEL_ERROR, "no process for the work: %s", strerror(-r));
	if (claims_expire(claims, r == -ETIME ? REASON_TIMEOUT : REASON_INTERNAL) == 0)
		return;
	r = supervise_run(undo_job, claims, claims->count, deadline);
	if (r < 0)
		log_debug("undoing: %s", strerror(-r));
}

static int claim_planned(struct pass *pass)
{
	struct claims *claims;

	if (plan_count(&pass->plan, VERDICT_CLAIMED) == 0)
		return 0;
	claims = claims_new(&pass->plan);
	if (!claims)
		return -ENOMEM;
	claims->bus_fd = pass->bus_fd;
	claims->root_fd = pass->root_fd;
	claims->root = pass->options->root;
	claims->guard_fd = pass->request->force ? -1 : pass->root_fd;
	claims->load_iommu = pass->iommu_may_come;
	supervise_claims(pass, claims);
	claims_store(claims, &pass->plan);
	pass->kernel_us = claims->kernel_us;
	claims_free(claims);
	/* Drivers have changed, and an IOMMU that came late has made groups. */
	return read_facts(pass);
}

static const char *report_path(const struct pass *pass, int *ret_fd)
{
	*ret_fd = AT_FDCWD;
	if (pass->options->report)
		return pass->options->report;
	*ret_fd = pass->root_fd;
	return REPORT_PATH;
}

static void write_report(const struct pass *pass, const struct outcome *outcome)
{
	int fd, r;
	const char *path = report_path(pass, &fd);

	if (!pass->options->report && pass->options->dry_run)
		path = "-";
	r = report_write(fd, path, outcome);
	if (r < 0)
		log_line(LOG_LEVEL_WARNING, "cannot write the report to %s: %s", path,
			 strerror(-r));
}

/* What the passes before this one have left, and what that means for it. */
static void read_report(struct pass *pass)
{
	int fd;
	const char *path = report_path(pass, &fd);
	uint64_t used_ms;

	if (pass->phase == PHASE_EARLY || file_read(fd, path, &pass->report) < 0)
		return;
	if (pass->phase != PHASE_LATE)
		return;
	/* The boot has been held for so long already. */
	used_ms = report_early_us(pass->report) / 1000;
	pass->timeout_ms -= used_ms < pass->timeout_ms ? used_ms : pass->timeout_ms;
}

/* Whether there is nothing to say that has not been said before. */
static bool is_silent(const struct pass *pass)
{
	const struct plan *plan = &pass->plan;

	if (pass->phase != PHASE_DEVICE)
		return false;
	/* A device that is none of ours: udev asks about every one that appears. */
	if (plan->count == 0)
		return true;
	return plan->entries[0].verdict == VERDICT_DEFERRED && pass->report &&
	       report_defers(pass->report, &plan->entries[0].device->address);
}

static int run_pass(struct pass *pass)
{
	struct outcome outcome = { .request = pass->request,
				   .devices = &pass->devices,
				   .plan = &pass->plan,
				   .phase = pass->phase };
	int r;

	read_report(pass);
	if (pass->phase == PHASE_LATE &&
	    (!pass->report || !report_defers(pass->report, NULL)))
		return EXIT_COMPLETE;
	r = make_plan(pass);
	if (r == 0)
		r = claim_planned(pass);
	if (r < 0) {
		log_line(LOG_LEVEL_ERROR, "nothing is claimed: %s", strerror(-r));
		return EXIT_INCOMPLETE;
	}
	outcome.kernel_us = pass->kernel_us;
	outcome.total_us = clock_us() - pass->start_us;
	/* Two processes may have been in the kernel at the same time. */
	if (outcome.kernel_us > outcome.total_us)
		outcome.kernel_us = outcome.total_us;
	if (!is_silent(pass)) {
		announce(pass->root_fd, &outcome);
		write_report(pass, &outcome);
	}
	return plan_is_complete(pass->request, &pass->plan) ? EXIT_COMPLETE
							    : EXIT_INCOMPLETE;
}

static enum phase find_phase(const struct options *options)
{
	if (options->late)
		return PHASE_LATE;
	return options->has_device ? PHASE_DEVICE : PHASE_EARLY;
}

int pass_run(const struct options *options, int root_fd, const struct request *request,
	     uint64_t start_us, uint64_t start_ms)
{
	_cleanup_close_ int bus_fd =
		openat(root_fd, "sys/bus/pci", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct pass pass = { .options = options,
			     .request = request,
			     .root_fd = root_fd,
			     .bus_fd = bus_fd,
			     .start_us = start_us,
			     .start_ms = start_ms,
			     .timeout_ms = (uint64_t)request->timeout * 1000,
			     .phase = find_phase(options) };
	int status;

	if (bus_fd < 0) {
		log_line(LOG_LEVEL_ERROR, "no PCI bus in %s/sys: %s; is sysfs mounted?",
			 options->root, strerror(errno));
		return EXIT_INCOMPLETE;
	}
	status = run_pass(&pass);
	free(pass.report);
	plan_free(&pass.plan);
	pci_list_free(&pass.devices);
	return status;
}
