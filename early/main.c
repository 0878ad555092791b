/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * passthru-early: binds the PCI devices to vfio-pci that the configuration and the
 * kernel command line select. This file reads both; run.c does the work.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sysfs.h"
#include "base/util.h"
#include "cmdline/config_read.h"
#include "cmdline/params.h"
#include "cmdline/tokenizer.h"
#include "options.h"
#include "report/reader.h"
#include "report/report.h"
#include "run.h"

/*
 * Whether udev repeats an event for a device that was handled already in this boot:
 * udevadm trigger marks its events with SYNTH_UUID.
 */
static bool is_repeated(const struct options *options, int root_fd)
{
	_cleanup_free_ char *report = NULL;

	if (!options->has_device || !getenv("SYNTH_UUID") ||
	    file_read(root_fd, REPORT_PATH, &report) < 0)
		return false;
	/* A deferred one is judged again once the root file system is mounted. */
	return report_has_device(report, &options->device) &&
	       !report_defers(report, &options->device);
}

/*
 * Whether this is the kernel that saves a dump after a crash. It has little memory and
 * one task: Documentation/admin-guide/kdump/kdump.rst.
 */
static bool is_crash_kernel(int root_fd, const char *text)
{
	struct text_cursor rest = { text, text + strlen(text) };
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter))
		if (span_equals(parameter.name, "elfcorehdr"))
			return true;
	return sysfs_exists(root_fd, "proc/vmcore");
}

/* Why this boot claims nothing, or NULL. */
static const char *find_objection(const struct params *params, int root_fd)
{
	if (params->off)
		return "passthru.off is set";
	return is_crash_kernel(root_fd, params->text) ? "this is a crash kernel" : NULL;
}

static bool is_first_stage(const struct options *options)
{
	return !options->has_device && !options->late;
}

static void log_out_of_memory(void)
{
	log_line(LOG_LEVEL_ERROR, "nothing was claimed: out of memory");
}

static int run_cmdline(const struct options *options, int root_fd, const char *text,
		       uint64_t start_us, uint64_t start_ms)
{
	struct params params;
	int status = EXIT_COMPLETE;
	const char *objection;

	if (params_parse(text, &params) < 0) {
		log_out_of_memory();
		status = EXIT_INCOMPLETE;
		goto out;
	}
	if (params.debug)
		log_set_verbose();
	if (options->dry_run)
		params.dryrun = true;
	if (params_are_empty(&params))
		goto out;
	objection = find_objection(&params, root_fd);
	if (objection) {
		if (is_first_stage(options))
			log_line(LOG_LEVEL_INFO, "%s: doing nothing", objection);
		goto out;
	}
	status = run_early(options, root_fd, &params, start_us, start_ms);
out:
	params_free(&params);
	return status;
}

static int run_at_root(const struct options *options, int root_fd, uint64_t start_us,
		       uint64_t start_ms)
{
	_cleanup_free_ char *read = NULL, *text = NULL;
	const char *cmdline = options->cmdline;
	struct config_stage stage = {
		.is_first = is_first_stage(options),
		.is_dry = options->dry_run || options->report,
	};
	int r;

	if (is_repeated(options, root_fd))
		return EXIT_COMPLETE;
	if (!cmdline) {
		r = file_read(root_fd, "proc/cmdline", &read);
		if (r < 0) {
			log_line(LOG_LEVEL_ERROR, "cannot read %s/proc/cmdline: %s",
				 options->root, strerror(-r));
			return EXIT_INCOMPLETE;
		}
		cmdline = read;
	}
	if (config_read(root_fd, cmdline, &stage, &text) < 0) {
		log_out_of_memory();
		return EXIT_INCOMPLETE;
	}
	return run_cmdline(options, root_fd, text, start_us, start_ms);
}

/*
 * A process that hangs in the kernel completes its claim or rollback when it returns,
 * even if this one has ended by then. So nothing may end it before: systemd spares
 * processes with "@" as the first byte of their name at switch-root
 * (https://systemd.io/ROOT_STORAGE_DAEMONS).
 */
static void resist_signals(char **argv)
{
	if (argv[0] && argv[0][0])
		argv[0][0] = '@';
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
}

int main(int argc, char **argv)
{
	uint64_t start_us = clock_us(), start_ms = clock_ms();
	_cleanup_close_ int root_fd = -1;
	struct options options;
	int status = options_parse(argc, argv, &options);

	if (status >= 0)
		return status;
	resist_signals(argv);
	root_fd = open(options.root[0] ? options.root : "/",
		       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root_fd < 0) {
		log_line(LOG_LEVEL_ERROR, "cannot open %s: %s", options.root,
			 strerror(errno));
		return EXIT_USAGE;
	}
	log_open(root_fd, options.verbose || options.dry_run, options.verbose);
	return run_at_root(&options, root_fd, start_us, start_ms);
}
