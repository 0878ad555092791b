/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "announce.h"
#include "claim.h"
#include "clock.h"
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
	uint64_t kernel_us;
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
	if (pass->options->has_device)
		plan_limit(plan, &pass->options->device);
	for (size_t i = 0; i < plan->count; i++)
		choose_driver(pass, &plan->entries[i]);
	pass->iommu_may_come = iommu_may_come(&pass->devices);
	plan_judge(pass->iommu_may_come, plan);
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
	uint64_t timeout_ms = (uint64_t)pass->request->timeout * 1000;
	uint64_t deadline = pass->start_ms + timeout_ms;
	int r = supervise_run(do_job, claims, claim_job_count(claims),
			      deadline - timeout_ms / 5);

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
	claims->root = pass->options->root;
	claims->load_iommu = pass->iommu_may_come;
	supervise_claims(pass, claims);
	claims_store(claims, &pass->plan);
	pass->kernel_us = claims->kernel_us;
	claims_free(claims);
	/* Drivers have changed, and an IOMMU that came late has made groups. */
	return read_facts(pass);
}

static void write_report(const struct pass *pass, const struct outcome *outcome)
{
	const char *path = pass->options->report;
	int fd = AT_FDCWD, r;

	if (!path && pass->options->dry_run) {
		path = "-";
	} else if (!path) {
		fd = pass->root_fd;
		path = REPORT_PATH;
	}
	r = report_write(fd, path, outcome);
	if (r < 0)
		log_line(LOG_LEVEL_WARNING, "cannot write the report to %s: %s", path,
			 strerror(-r));
}

static int run_passes(struct pass *pass)
{
	struct outcome outcome = { .request = pass->request,
				   .devices = &pass->devices,
				   .plan = &pass->plan,
				   .phase = pass->options->has_device ? PHASE_DEVICE
								      : PHASE_EARLY };
	int r = make_plan(pass);

	if (r == 0)
		r = claim_planned(pass);
	if (r < 0) {
		log_line(LOG_LEVEL_ERROR, "nothing is claimed: %s", strerror(-r));
		return EXIT_INCOMPLETE;
	}
	/* A device that is none of ours: udev asks about every one that appears. */
	if (outcome.phase == PHASE_DEVICE && pass->plan.count == 0)
		return EXIT_COMPLETE;
	outcome.kernel_us = pass->kernel_us;
	outcome.total_us = clock_us() - pass->start_us;
	announce(pass->root_fd, &outcome);
	write_report(pass, &outcome);
	return plan_is_complete(pass->request, &pass->plan) ? EXIT_COMPLETE
							    : EXIT_INCOMPLETE;
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
			     .start_ms = start_ms };
	int status;

	if (bus_fd < 0) {
		log_line(LOG_LEVEL_ERROR, "no PCI bus in %s/sys: %s; is sysfs mounted?",
			 options->root, strerror(errno));
		return EXIT_INCOMPLETE;
	}
	status = run_passes(&pass);
	plan_free(&pass.plan);
	pci_list_free(&pass.devices);
	return status;
}
