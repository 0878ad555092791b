/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * passthru-early: command line, targets, devices, plan, claim, report. Each stage is in
 * the file of its name; this one hands the data from one to the next.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "announce.h"
#include "claim.h"
#include "clock.h"
#include "cmdline.h"
#include "log.h"
#include "options.h"
#include "pci.h"
#include "plan.h"
#include "report.h"
#include "request.h"
#include "supervise.h"
#include "util.h"

struct run {
	const struct options *options;
	int root_fd;
	uint64_t start_us;
	uint64_t start_ms;
	struct request request;
	struct pci_list devices;
	struct plan plan;
	uint64_t kernel_us;
};

static int read_facts(int bus_fd, struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (pci_read_facts(bus_fd, plan->entries[i].device) < 0)
			plan->entries[i].reason = REASON_GONE;
	return 0;
}

static int make_plan(struct run *run, int bus_fd)
{
	int r = pci_scan(bus_fd, &run->devices);

	if (r == 0)
		r = plan_select(&run->request, &run->devices, &run->plan);
	if (r == 0)
		r = read_facts(bus_fd, &run->plan);
	if (r < 0)
		return r;
	plan_judge(&run->request, &run->plan);
	if (run->request.dryrun)
		plan_hold_back(&run->request, &run->plan);
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
static void claim_all(const struct run *run, struct claims *claims)
{
	uint64_t timeout_ms = (uint64_t)run->request.timeout * 1000;
	uint64_t deadline = run->start_ms + timeout_ms;
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

static int claim_planned(struct run *run, int bus_fd)
{
	struct claims *claims;

	if (plan_count(&run->plan, VERDICT_CLAIMED) == 0)
		return 0;
	claims = claims_new(&run->plan);
	if (!claims)
		return -ENOMEM;
	claims->bus_fd = bus_fd;
	claims->root = run->options->root;
	claims->driver = run->request.driver;
	claim_all(run, claims);
	claims_store(claims, &run->plan);
	run->kernel_us = claims->kernel_us;
	claims_free(claims);
	return 0;
}

static void write_report(const struct run *run, const struct outcome *outcome)
{
	const char *path = run->options->report;
	int fd = AT_FDCWD, r;

	if (!path && run->options->dry_run) {
		path = "-";
	} else if (!path) {
		fd = run->root_fd;
		path = REPORT_PATH;
	}
	r = report_write(fd, path, outcome);
	if (r < 0)
		log_line(LOG_LEVEL_WARNING, "cannot write the report to %s: %s", path,
			 strerror(-r));
}

static int claim_requested(struct run *run)
{
	_cleanup_close_ int bus_fd =
		openat(run->root_fd, "sys/bus/pci", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct outcome outcome = { .request = &run->request,
				   .plan = &run->plan,
				   .phase = "early" };
	int r;

	if (bus_fd < 0) {
		log_line(LOG_LEVEL_ERROR, "no PCI bus in %s/sys: %s; is sysfs mounted?",
			 run->options->root, strerror(errno));
		return EXIT_INCOMPLETE;
	}
	r = make_plan(run, bus_fd);
	if (r == 0)
		r = claim_planned(run, bus_fd);
	if (r < 0) {
		log_line(LOG_LEVEL_ERROR, "nothing is claimed: %s", strerror(-r));
		return EXIT_INCOMPLETE;
	}
	outcome.kernel_us = run->kernel_us;
	outcome.total_us = clock_us() - run->start_us;
	announce(run->root_fd, &outcome);
	write_report(run, &outcome);
	return plan_is_complete(&run->request, &run->plan) ? EXIT_COMPLETE
							   : EXIT_INCOMPLETE;
}

static int run_cmdline(struct run *run, const char *text)
{
	if (request_parse(text, &run->request) < 0) {
		log_line(LOG_LEVEL_ERROR, "nothing is claimed: out of memory");
		return EXIT_INCOMPLETE;
	}
	if (run->request.debug)
		log_set_verbose();
	if (run->options->dry_run)
		run->request.dryrun = true;
	if (request_is_empty(&run->request))
		return EXIT_COMPLETE;
	if (run->request.off) {
		log_line(LOG_LEVEL_INFO, "passthru.off: nothing is done");
		return EXIT_COMPLETE;
	}
	return claim_requested(run);
}

static int run_at_root(struct run *run)
{
	const struct options *options = run->options;
	_cleanup_free_ char *text = NULL;
	int r, status;

	if (!options->cmdline) {
		r = cmdline_read(run->root_fd, &text);
		if (r < 0) {
			log_line(LOG_LEVEL_ERROR, "cannot read %s/proc/cmdline: %s",
				 options->root, strerror(-r));
			return EXIT_INCOMPLETE;
		}
	}
	status = run_cmdline(run, text ? text : options->cmdline);
	plan_free(&run->plan);
	pci_list_free(&run->devices);
	request_free(&run->request);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	struct run run = { .options = &options,
			   .start_us = clock_us(),
			   .start_ms = clock_ms() };
	_cleanup_close_ int root_fd = -1;
	int status = options_parse(argc, argv, &options);

	if (status >= 0)
		return status;
	root_fd = open(options.root[0] ? options.root : "/",
		       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root_fd < 0) {
		log_line(LOG_LEVEL_ERROR, "cannot open %s: %s", options.root,
			 strerror(errno));
		return EXIT_USAGE;
	}
	run.root_fd = root_fd;
	log_open(root_fd, options.verbose || options.dry_run, options.verbose);
	return run_at_root(&run);
}
