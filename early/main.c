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
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "block/block.h"
#include "claim/claim.h"
#include "cmdline/cmdline.h"
#include "options.h"
#include "report/report.h"
#include "run/run.h"
#include "trial/trial.h"
#include "udev/udev.h"

/* What the program was called for, and what it works on. */
struct job {
	const struct options *options;
	int root_fd;
	uint64_t start_us, start_ms;
	enum stage stage;
	bool has_earlier;
	struct run_result earlier; /* the report of the stages before */
	struct trial trial;	   /* decided in this run */
};

static bool is_first_stage(const struct job *job)
{
	return job->stage == STAGE_EARLY;
}

static const char *report_path(const struct job *job, int *ret_fd)
{
	*ret_fd = job->options->report ? AT_FDCWD : job->root_fd;
	return job->options->report ? job->options->report : REPORT_PATH;
}

static void read_earlier(struct job *job)
{
	int fd;
	const char *path = report_path(job, &fd);

	if (!is_first_stage(job))
		job->has_earlier = report_read_outcome(fd, path, &job->earlier) == 0;
}

/*
 * Whether udev repeats an event for a device that was handled already in this boot:
 * udevadm trigger marks its events with SYNTH_UUID.
 */
static bool is_repeated(const struct job *job)
{
	const struct plan_entry *entry =
		run_result_find(&job->earlier, &job->options->device);

	/*
	 * A deferred one is judged again once the root file system is mounted, and one
	 * that gives away its virtual functions may have its driver by now.
	 */
	return job->stage == STAGE_DEVICE && getenv("SYNTH_UUID") && entry &&
	       entry->verdict != VERDICT_DEFERRED && entry->reason != REASON_GIVES_VFS;
}

/* The late stage is for what the early one has deferred. */
static bool is_done(const struct job *job)
{
	if (job->stage == STAGE_LATE)
		return !job->has_earlier || !run_result_defers(&job->earlier, NULL);
	return is_repeated(job);
}

/*
 * Whether this is the kernel that saves a dump after a crash. It has little memory and
 * one task: Documentation/admin-guide/kdump/kdump.rst.
 */
static bool is_crash_kernel(int root_fd, const struct cmdline *cmdline)
{
	return cmdline_has(cmdline, "elfcorehdr") || file_exists(root_fd, "proc/vmcore");
}

/* Why this boot claims nothing, or NULL. */
static const char *find_objection(const struct params *params, int root_fd)
{
	if (params->off)
		return "passthru.off is set";
	return is_crash_kernel(root_fd, &params->cmdline) ? "this is a crash kernel"
							  : NULL;
}

/* -- the readers of the result ------------------------------------------------------- */

/* Lets udev run the device stage. Without it virtual functions are left to the host. */
static void write_rule(const struct job *job, const struct params *params, int bus_fd,
		       struct run_result *result)
{
	int r;

	if (!is_first_stage(job) || params->wanted.count + params->vfs.count == 0 ||
	    params->dryrun)
		return;
	r = rule_write(job->root_fd, params);
	if (r == 0)
		return;
	pfs_restore(bus_fd, &result->pfs);
	log_line(LOG_LEVEL_WARNING,
		 "cannot write /%s: %s; no device that appears later will be claimed",
		 RULE_PATH, strerror(-r));
}

static void write_report(const struct job *job, const struct run_result *result)
{
	int fd, r;
	const char *path = report_path(job, &fd);

	if (!job->options->report && job->options->dry_run)
		path = "-";
	r = report_write(fd, path, result);
	if (r < 0)
		log_line(LOG_LEVEL_WARNING, "cannot write the report to %s: %s", path,
			 strerror(-r));
}

/* -- the run ------------------------------------------------------------------------- */

static void log_nothing(int error)
{
	log_line(LOG_LEVEL_ERROR, "nothing was claimed: %s",
		 error == -ENOMEM ? "out of memory" : strerror(-error));
}

static struct run_request make_request(const struct job *job, const struct params *params,
				       int bus_fd)
{
	const char *action = getenv("ACTION");
	struct run_request request = {
		.params = params,
		.root = job->options->root,
		.root_fd = job->root_fd,
		.bus_fd = bus_fd,
		.stage = job->stage,
		.device = job->options->device,
		.earlier = job->has_earlier ? &job->earlier : NULL,
		.start_us = job->start_us,
		.start_ms = job->start_ms,
	};

	request.is_change =
		job->stage == STAGE_DEVICE && action && !strcmp(action, "change");
	request.report = report_path(job, &request.report_fd);
	return request;
}

static int run(const struct job *job, const struct params *params, int bus_fd,
	       bool is_detached)
{
	_cleanup_close_ int slot_fd = -1;
	struct run_request request = make_request(job, params, bus_fd);
	struct run_result result;
	bool is_complete;
	int r;

	request.slot_fd = &slot_fd;
	request.is_detached = is_detached;
	r = run_early(&request, &result);
	if (r < 0) {
		log_nothing(r);
	} else if (!result.is_silent) {
		result.trial = job->trial;
		summary_log(job->root_fd, &result);
		write_rule(job, params, bus_fd, &result);
		write_report(job, &result);
	}
	/* In any case: the guards may have kept all that is on its list. */
	if (params->adopt && is_first_stage(job) && !params->dryrun)
		(void)module_load(job->options->root, "vfio-pci");
	is_complete = r == 0 && run_result_is_complete(&result);
	run_result_free(&result);
	return is_complete ? EXIT_COMPLETE : EXIT_INCOMPLETE;
}

/* -- the watch ----------------------------------------------------------------------- */

static void wake(int number)
{
	(void)number;
}

/*
 * Waits for the process that does the work, a little longer than that itself would. Any
 * access to a device may hang in the kernel, reads as well: then this one gives up.
 * Returns its exit status, or -1 if it has none.
 */
static int watch(const struct job *job, pid_t process, unsigned timeout, const char *note)
{
	/* Less than half of it, for a trial. */
	unsigned used = (unsigned)((clock_ms() - job->start_ms) / 1000);
	/* Without SA_RESTART, so that waitpid() returns. */
	const struct sigaction action = { .sa_handler = wake };
	int status = 0;

	(void)sigaction(SIGALRM, &action, NULL);
	alarm(timeout + 1 - used);
	if (waitpid(process, &status, 0) != process) {
		log_line(LOG_LEVEL_ERROR,
			 "an access to %s did not return in time (passthru.timeout=%u)",
			 note && note[0] ? note : "the devices", timeout);
		return -1;
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	log_line(LOG_LEVEL_ERROR, "passthru-early was aborted by signal %d",
		 WTERMSIG(status));
	return -1;
}

static int run_watched(const struct job *job, const struct params *params)
{
	_cleanup_close_ int bus_fd =
		openat(job->root_fd, "sys/bus/pci", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct run_request request = make_request(job, params, bus_fd);
	bool is_detached;
	char *note;
	pid_t process;
	int status;

	if (bus_fd < 0) {
		log_line(LOG_LEVEL_ERROR, "no PCI bus in %s/sys: %s; is sysfs mounted?",
			 job->options->root, strerror(errno));
		return EXIT_INCOMPLETE;
	}
	note = mmap(NULL, FILE_NOTE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (note == MAP_FAILED)
		note = NULL;
	is_detached = run_detaches(&request);
	process = fork();
	/* Without another process, nobody watches. */
	if (process <= 0) {
		file_note_to(note);
		return run(job, params, bus_fd, is_detached);
	}
	if (is_detached)
		return EXIT_COMPLETE;
	status = watch(job, process, params->timeout, note);
	if (status >= 0)
		return status;
	/*
	 * Nobody else has changed that before udev starts. In another process, since it
	 * may hang as well.
	 */
	if (is_first_stage(job) && fork() == 0)
		vfs_restore(bus_fd);
	return EXIT_INCOMPLETE;
}

static int run_params(const struct job *job, struct params *params)
{
	const char *objection;

	if (params->debug)
		log_set_verbose();
	if (params_are_empty(params) && !job->trial.verdict)
		return EXIT_COMPLETE;
	objection = find_objection(params, job->root_fd);
	if (!objection)
		return run_watched(job, params);
	if (is_first_stage(job))
		log_line(LOG_LEVEL_INFO, "%s: doing nothing", objection);
	return EXIT_COMPLETE;
}

/* -- the parameters ------------------------------------------------------------------ */

static int read_params(const struct job *job, const char *cmdline, bool is_before_trial,
		       struct params *ret)
{
	struct config_stage stage = { .is_first = is_first_stage(job),
				      .is_before_trial = is_before_trial };
	struct cmdline words;
	int r = cmdline_split(cmdline, &words);

	*ret = (struct params){ 0 };
	if (r == 0)
		r = config_read(job->root_fd, &stage, &words);
	if (r == 0)
		r = params_read(&words, ret);
	cmdline_free(&words);
	if (job->options->dry_run)
		ret->dryrun = true;
	return r;
}

static void log_trial(const struct trial *trial)
{
	char phrase[PHRASE_SIZE];

	phrase_trial(trial, phrase);
	log_line(trial->verdict == TRIAL_IGNORED ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
		 "trial %s: %s", trial->token[0] ? trial->token : "none", phrase);
}

/*
 * Whether the configuration is one on trial of which no stage of this boot has decided
 * yet. If it does not count for another reason, the trial is not used up.
 */
static bool is_undecided(const struct job *job, const struct params *params)
{
	return params->has_trial && params->cmdline.config && !params->cmdline.is_kept &&
	       !find_objection(params, job->root_fd);
}

/* Later stages take what was kept as decided. */
static bool may_keep(const struct job *job, const struct params *params)
{
	const struct options *options = job->options;
	bool is_decided = job->trial.verdict ? job->trial.verdict != TRIAL_PLANNED
					     : !params->has_trial;

	return is_decided && is_first_stage(job) && !options->dry_run && !options->report;
}

/* Half of the time is for that. */
static int try_configuration(struct job *job, const char *cmdline, struct params *params)
{
	struct trial *trial = &job->trial;
	int r = 0;

	if (params->dryrun) {
		*trial = trial_plan(params);
		return 0;
	}
	*trial = trial_decide(job->options->root, job->root_fd, params,
			      job->start_ms + params->timeout * UINT64_C(500));
	if (trial->verdict == TRIAL_IGNORED) {
		params_free(params);
		r = read_params(job, cmdline, true, params);
		trial->has_before = params->cmdline.config;
	}
	log_trial(trial);
	if (trial->verdict != TRIAL_CONFIRMED &&
	    trial_announce(job->root_fd, trial) < 0 && trial->verdict == TRIAL_TRIED)
		log_line(LOG_LEVEL_WARNING,
			 "cannot write /" TRIAL_RUN_PATH
			 ": nothing will end this trial before the next boot");
	return r;
}

static int run_cmdline(struct job *job, const char *cmdline)
{
	struct params params;
	int r = read_params(job, cmdline, false, &params), status = EXIT_INCOMPLETE;
	bool keeps;

	if (r == 0 && is_undecided(job, &params))
		r = try_configuration(job, cmdline, &params);
	keeps = r == 0 && may_keep(job, &params);
	if (keeps)
		config_keep(job->root_fd, &params.cmdline);
	if (r == 0)
		r = run_adopt(job->options->root, job->root_fd, keeps, &params);
	if (r == 0)
		status = run_params(job, &params);
	else
		log_nothing(r);
	params_free(&params);
	return status;
}

static int run_job(struct job *job)
{
	_cleanup_free_ char *read = NULL;
	const char *cmdline = job->options->cmdline;
	int r = 0, status = EXIT_COMPLETE;

	read_earlier(job);
	if (!is_done(job)) {
		if (!cmdline)
			r = file_read(job->root_fd, "proc/cmdline", &read);
		if (r < 0) {
			log_line(LOG_LEVEL_ERROR, "cannot read %s/proc/cmdline: %s",
				 job->options->root, strerror(-r));
			status = EXIT_INCOMPLETE;
		} else {
			status = run_cmdline(job, cmdline ? cmdline : read);
		}
	}
	run_result_free(&job->earlier);
	return status;
}

static enum stage find_stage(const struct options *options)
{
	if (options->late)
		return STAGE_LATE;
	return options->has_device ? STAGE_DEVICE : STAGE_EARLY;
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
	struct job job;

	if (status >= 0)
		return status;
	if (options.probe)
		blkid_probe_serve();
	resist_signals(argv);
	root_fd = open(options.root[0] ? options.root : "/",
		       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root_fd < 0) {
		log_line(LOG_LEVEL_ERROR, "cannot open %s: %s", options.root,
			 strerror(errno));
		return EXIT_USAGE;
	}
	log_open(root_fd, options.verbose || options.dry_run, options.verbose);
	job = (struct job){ .options = &options,
			    .root_fd = root_fd,
			    .start_us = start_us,
			    .start_ms = start_ms,
			    .stage = find_stage(&options) };
	return run_job(&job);
}
