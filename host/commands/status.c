/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru status: what this boot claimed, and whether that still holds. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "commands/internal.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "run/run.h"
#include "ui/ui.h"
#include "view/view.h"

/* Whether a boot with this command line uses the configuration, whatever is in it. */
static bool uses_configuration(const char *cmdline)
{
	struct params params;
	bool uses = !cmdline_is_rescue(cmdline);

	uses &= params_parse(cmdline, &params) < 0 || !params.off;
	params_free(&params);
	return uses;
}

/*
 * Whether the configuration requests something else than that of this boot: its image is
 * older, or was booted before the files were changed. What counts instead of an ignored
 * trial is as good.
 */
static bool has_new_configuration(int root_fd, const char *cmdline, bool was_ignored)
{
	_cleanup_free_ char *booted = NULL, *before = NULL;
	struct configuration now;
	bool is_new = false;
	int r = configuration_read_all(root_fd, NULL, &now);

	if (r == 0 && was_ignored)
		r = configuration_read_before_trial(root_fd, &before);

	if (r < 0) {
		warn_error(
			r,
			"cannot tell whether the configuration changed after this boot: cannot read /%s",
			CONFIGURATION_DIRECTORY);
	} else {
		beneath_read(root_fd, CONFIG_RUN_PATH, &booted);
		is_new = uses_configuration(cmdline) &&
			 !configuration_means_same(
				 before ? before : whole_cmdline_choose(&now, cmdline),
				 booted ? booted : "");
	}
	configuration_free(&now);
	return is_new;
}

/* What this boot has adopted; the report tells the rest. */
static int adopt_booted(const struct host *host, struct params *params)
{
	char *list = NULL;

	if (!params->adopt)
		return 0;
	if (!params_have_list(params))
		(void)beneath_read(host->root_fd, ADOPTED_RUN_PATH, &list);
	return params_adopt(params, list, false);
}

static void read_request(const struct host *host, struct status *status)
{
	static const struct config_stage stage = { 0 };
	_cleanup_free_ char *cmdline = NULL;
	struct params *params = &status->params;
	struct cmdline words;
	int r;

	if (beneath_read(host->root_fd, "proc/cmdline", &cmdline) < 0)
		return;
	status->is_outdated = has_new_configuration(
		host->root_fd, cmdline, status->trial.verdict == TRIAL_IGNORED);
	profile_find(cmdline, &status->profile);
	r = cmdline_split(cmdline, &words);
	/* Otherwise the files of the system would count as those of an image. */
	if (r == 0 && beneath_exists(host->root_fd, CONFIG_RUN_PATH))
		r = config_read(host->root_fd, &stage, &words);
	if (r == 0 && params_read(&words, params) == 0 &&
	    adopt_booted(host, params) == 0 && !params->off) {
		status->is_boot_requested = !params_are_empty(params);
		status->profile_verdict = params->cmdline.profile_verdict;
	}
	status->is_requested = status->is_outdated || status->is_boot_requested ||
			       status->trial.verdict == TRIAL_IGNORED;
	cmdline_free(&words);
}

/* Whether the profile that this boot chose was there, or it chose none. */
static bool has_profile(const struct status *status)
{
	return !status->profile_verdict || strcmp(status->profile_verdict, "used") == 0;
}

static void print_profile(const struct status *status)
{
	const struct output *output = &status->view.host->output;

	if (!has_profile(status))
		output_wrapped(
			output, STYLE_BAD, 0, 0,
			"Not all is well: " PROFILE_PARAMETER
			"=%s is on the kernel command line, the image had no such profile, and so no configuration counted. passthru check tells what to do.",
			status->profile.name);
	else if (status->profile_verdict)
		output_wrapped(output, STYLE_PLAIN, 0, 0, "The profile of this boot: %s.",
			       status->profile.name);
}

static void print_times(const struct view *view)
{
	for (int i = 0; i < STAGES; i++) {
		const struct stage_time *time = &view->result->times[i];

		if (time->has_run)
			output_wrapped(
				&view->host->output, STYLE_PLAIN, 0, 2,
				"The %s stage took %llu ms, %llu ms of it in the kernel.",
				stage_word((enum stage)i),
				(unsigned long long)time->total_us / 1000,
				(unsigned long long)time->kernel_us / 1000);
	}
}

static void add_times(const struct view *view, struct json_object *array)
{
	for (int i = 0; i < STAGES; i++) {
		const struct stage_time *time = &view->result->times[i];
		struct json_object *object;

		if (!time->has_run)
			continue;
		object = json_append(array);
		json_add_text(object, "phase", stage_word((enum stage)i));
		json_add_number(object, "total_us", (int64_t)time->total_us);
		json_add_number(object, "kernel_us", (int64_t)time->kernel_us);
	}
}

static void print_summary(const struct view *view)
{
	bool ok = view_devices(view, NULL, NULL);

	ok &= view_groups(view, NULL, NULL);
	ok &= view_problems(view, NULL, NULL);
	view_print_summary(view, ok ? STYLE_GOOD : STYLE_BAD,
			   ok ? "All is well: " : "Not all is well: ");
}

/* What a guest may have: a device of the first card, and whether there are others. */
struct claimed_cards {
	const struct device *first;
	bool has_more;
};

/* Only what this boot claimed, and has not lost since. */
static void note_claimed(void *data, const struct view_device *device)
{
	struct claimed_cards *claimed = data;

	if (!device->device || !device->device->is_claimed ||
	    device->entry->verdict != VERDICT_CLAIMED)
		return;
	if (!claimed->first)
		claimed->first = device->device;
	claimed->has_more |=
		device->device != claimed->first &&
		!pci_is_same_card(device->device->pci, claimed->first->pci) &&
		!device_is_of_card(device->device, claimed->first);
}

/* The next step once all is well. */
static void print_next(const struct status *status)
{
	const struct output *output = &status->view.host->output;
	struct claimed_cards claimed = { 0 };

	view_devices(&status->view, note_claimed, &claimed);
	if (!claimed.first)
		return;
	output_wrapped(output, STYLE_PLAIN, 0, 2,
		       "Next: passthru guest %s prints what a guest needs to use %s.",
		       claimed.has_more ? "ADDRESS"
					: device_short_address(status->view.machine,
							       claimed.first),
		       claimed.has_more ? "them" : "it");
}

static enum style missing_style(const struct status *status)
{
	if (status->state == BOOT_NOT_YET)
		return STYLE_NOTE;
	return status->is_requested ? STYLE_BAD : STYLE_PLAIN;
}

/* The first line says whether all is well. */
static bool print_text(const struct status *status)
{
	const struct output *output = &status->view.host->output;
	bool ok;

	if (status->missing) {
		output_wrapped(output, missing_style(status), 0, 0, "%s",
			       status->missing);
		return !status->is_requested;
	}
	if (!has_profile(status))
		print_profile(status);
	else if (status->result.is_dry)
		output_wrapped(
			output, STYLE_NOTE, 0, 0,
			"This boot was a dry run (passthru.dryrun) and claimed nothing. Without it:");
	else if (status->is_outdated)
		output_wrapped(output,
			       status->state == BOOT_NOT_YET ? STYLE_NOTE : STYLE_BAD, 0,
			       0, "%s", status->absence);
	else if (status->state != BOOT_TRIAL_IGNORED)
		print_summary(&status->view);
	if (has_profile(status))
		print_profile(status);
	if (status->trial_text[0])
		output_wrapped(output,
			       status->trial.verdict == TRIAL_IGNORED ? STYLE_BAD
								      : STYLE_NOTE,
			       0, 0, "%s", status->trial_text);
	ok = view_print(&status->view);
	remarks_print(output, &status->outlook);
	print_times(&status->view);
	ok &= status_counts(status);
	if (ok)
		print_next(status);
	return ok;
}

static bool print_json(const struct status *status)
{
	struct json_object *top = json_begin("status");
	bool ok = !status->is_requested;

	json_add_bool(top, "requested", status->is_requested);
	json_add_bool(top, "reported", !status->missing);
	json_add_bool(top, "dryrun", status->result.is_dry);
	json_add_text(top, "profile",
		      status->profile_verdict ? status->profile.name : NULL);
	json_add_text(top, "profile_verdict", status->profile_verdict);
	if (!status->missing)
		ok = view_add(&status->view, top) && status_counts(status);
	json_add_bool(top, "outdated", status->is_outdated);
	trial_add_json(top, &status->trial, status->trial_text);
	json_add_text(top, "state", status_word(status, ok));
	json_add_bool(top, "ok", ok);
	json_add_text(top, "missing", status->missing);
	if (!status->missing)
		add_times(&status->view, json_add_array(top, "phases"));
	if (!status->missing)
		remarks_add(&status->outlook, top);
	return json_end(top) == 0 && ok;
}

static const char not_requested[] =
	"Nothing was requested for this boot: neither its command line nor the configuration has a parameter of passthru; passthru enable ADDRESS adds one.";
static const char not_readable[] =
	"/run/passthru/report cannot be read, or another version of passthru wrote it.";

static void describe_absence(struct status *status)
{
	char commands[REBUILD_SIZE], path[PROFILE_PATH_SIZE];

	profile_source(&status->profile, path);
	rebuild_describe(status->view.host->root_fd, NULL, commands);
	if (status->state == BOOT_NOT_YET)
		snprintf(
			status->absence, sizeof(status->absence),
			"Enabled, not booted yet: reboot. passthru check tells whether the initramfs images are ready.");
	else if (status->state == BOOT_OUTDATED)
		snprintf(
			status->absence, sizeof(status->absence),
			"This boot has another configuration than /%s has now. Reboot; if that does not help, the initramfs is old: run %s, and reboot.",
			path, commands);
	else if (status->is_outdated)
		snprintf(
			status->absence, sizeof(status->absence),
			"passthru claimed nothing in this boot: it did not run, or its initramfs does not have the configuration in /%s, which is older than this boot. Rebuild the initramfs: run %s, and reboot.",
			path, commands);
	else
		snprintf(
			status->absence, sizeof(status->absence),
			"The command line requests devices, but passthru-early did not run: it is not in the initramfs of this boot. Rebuild the initramfs: run %s.",
			commands);
}

static enum boot_state find_state(const struct status *status)
{
	const struct view *view = &status->view;

	if (status->result.is_dry)
		return BOOT_DRY_RUN;
	if (!status->is_requested && !status->result.plan.count &&
	    !status->result.pfs.count)
		return BOOT_NOT_REQUESTED;
	if (!status->is_outdated && status->trial.verdict == TRIAL_IGNORED)
		return BOOT_TRIAL_IGNORED;
	if (!status->is_outdated)
		return view->result ? BOOT_AS_REPORTED : BOOT_NOT_RUN;
	if (status->is_boot_requested)
		return BOOT_OUTDATED;
	if (!configuration_is_older_than_boot(
		    view->host->root_fd,
		    status->profile.is_valid ? status->profile.name : NULL))
		return BOOT_NOT_YET;
	return view->result ? BOOT_OUTDATED : BOOT_NOT_RUN;
}

/* Returns 0, -ENOENT if there is none, or another negative errno. */
static int read_report(struct status *status)
{
	const struct host *host = status->view.host;
	_cleanup_free_ char *text = NULL;
	int r = beneath_read(host->root_fd, REPORT_PATH, &text);

	if (r == 0)
		r = report_parse(text, &status->result);
	if (r == 0)
		status->view.result = &status->result;
	status->trial = trial_find_boot(host, &status->result.trial);
	trial_describe_boot(host, &status->trial, status->trial_text);
	return r;
}

/* r is read_report()'s. */
static void judge(struct status *status, int r)
{
	status->state = find_state(status);
	if (status->is_outdated || status->state == BOOT_NOT_RUN)
		describe_absence(status);
	if (r == -ENOENT)
		status->missing = status->is_requested ? status->absence : not_requested;
	if (r == 0 || r == -ENOENT)
		return;
	status->missing = not_readable;
	status->state = BOOT_UNREADABLE;
	status->is_requested = true;
}

/* Returns what prints it, or NULL after a warning. */
static bool (*find_format(const struct arguments *arguments))(const struct status *status)
{
	static const struct {
		const char *name;
		bool (*print)(const struct status *status);
	} formats[] = {
		{ "text", print_text },
		{ "json", print_json },
		{ "prometheus", status_export_prometheus },
		{ "nfd", status_export_nfd },
	};

	if (!arguments->format)
		return arguments->json ? print_json : print_text;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (strcmp(formats[i].name, arguments->format) == 0)
			return formats[i].print;
	warn("unknown format %s; write text, json, prometheus or nfd", arguments->format);
	return NULL;
}

/* A guest has what is claimed now. */
static void read_groups(struct status *status, struct machine *machine)
{
	if (!status->view.result || status->result.is_dry)
		return;
	for (size_t i = 0; i < machine->count; i++)
		machine->devices[i].is_chosen = machine->devices[i].is_claimed;
	if (outlook_make_groups(&(struct outlook_input){ .machine = machine },
				&status->outlook) < 0)
		warn("out of memory");
}

bool status_read(const struct host *host, struct machine *machine, struct status *ret)
{
	int r;

	*ret = (struct status){ .view = { .host = host, .machine = machine } };
	ret->view.skipped = &ret->params.skipped;
	r = read_report(ret);
	read_request(host, ret);
	if (!machine_read(host, machine))
		return false;
	judge(ret, r);
	read_groups(ret, machine);
	if (!ret->missing && !view_groups(&ret->view, NULL, NULL))
		machine_read_needs(host, machine);
	return true;
}

void status_free(struct status *status)
{
	outlook_free(&status->outlook);
	run_result_free(&status->result);
	params_free(&status->params);
}

bool status_is_good(const struct status *status)
{
	const struct view *view = &status->view;

	if (status->missing)
		return !status->is_requested;
	return view_devices(view, NULL, NULL) && view_problems(view, NULL, NULL) &&
	       view_groups(view, NULL, NULL) && status_counts(status);
}

int status_run(struct host *host)
{
	bool (*print)(const struct status *status) = find_format(host->arguments);
	struct machine machine;
	struct status status;
	bool ok;

	if (!print)
		return STATUS_USAGE;
	ok = status_read(host, &machine, &status) && print(&status);
	status_free(&status);
	machine_free(&machine);
	return ok ? STATUS_GOOD : STATUS_NOT_GOOD;
}
