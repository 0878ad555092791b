/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru plan: dry-runs the next boot with the code that will run then. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "boot/configuration.h"
#include "cmdline/params.h"
#include "commands/plan.h"
#include "lib/beneath.h"
#include "machine/dry_run.h"
#include "machine/report_view.h"
#include "migrate/words.h"
#include "report/reader.h"
#include "ui/message.h"

struct preview {
	struct host *host;
	struct machine machine;
	struct boot_sources sources;
	const char *source; /* of the command line */
	const char *entry;  /* title of the boot entry in it, or "" */
	const char *note;   /* caveat about the entry, or "" */
	const char *cmdline;
	struct whole_cmdline whole; /* with the configuration */
	char *running;		    /* this boot's, if the next one's is unknown */
	char *rewritten;	    /* without legacy settings, or NULL */
	char *report;
};

/* -- the command line ---------------------------------------------------------------- */

static int find_cmdline(struct preview *preview)
{
	const struct boot_source *next;
	int r = boot_read(preview->host->root_fd, &preview->sources);

	preview->entry = preview->note = "";
	if (r < 0)
		return r;
	next = boot_next(&preview->sources);
	if (preview->host->arguments->cmdline) {
		preview->cmdline = preview->host->arguments->cmdline;
		preview->source = "--cmdline";
		return 0;
	}
	if (next) {
		preview->cmdline = next->cmdline;
		preview->source = next->path;
		preview->entry = next->entry;
		preview->note = next->note;
		return 0;
	}
	r = beneath_read(preview->host->root_fd, "proc/cmdline", &preview->running);
	if (r == 0)
		preview->running[strcspn(preview->running, "\n")] = '\0';
	preview->cmdline = preview->running;
	preview->source = "proc/cmdline";
	return r;
}

/* As it will be without its legacy settings. */
static int rewrite_cmdline(struct preview *preview)
{
	struct words words;
	int r = words_rewrite_cmdline(span_of(preview->cmdline), &words);

	if (r == 0) {
		preview->rewritten = take_pointer(words.text);
		preview->cmdline = preview->rewritten;
	}
	words_free(&words);
	return r;
}

static int add_configuration(struct preview *preview, const struct change *change)
{
	_cleanup_free_ char *configuration = NULL;
	int r = configuration_read(preview->host->root_fd, change, &configuration);

	if (r < 0) {
		warn("cannot read /%s: %s", CONFIGURATION_DIRECTORY, strerror(-r));
		return r;
	}
	return whole_cmdline_make(configuration, preview->cmdline, &preview->whole);
}

/* Whether there is an IOMMU that is off now but on with the command line. */
static bool is_iommu_pending(const struct preview *preview)
{
	int root_fd = preview->host->root_fd;

	if (preview->machine.has_groups)
		return false;
	if (faccessat(root_fd, "sys/firmware/acpi/tables/DMAR", F_OK, 0) == 0)
		return cmdline_has_item(preview->cmdline, "intel_iommu", "on");
	return faccessat(root_fd, "sys/firmware/acpi/tables/IVRS", F_OK, 0) == 0 &&
	       !cmdline_has_item(preview->cmdline, "iommu", "off") &&
	       !cmdline_has_item(preview->cmdline, "amd_iommu", "off");
}

/* -- what is printed ----------------------------------------------------------------- */

static const char quiet_text[] =
	"no devices are requested; passthru args ADDRESS prints the parameter for one.";
static const char off_text[] = "passthru.off is set, so nothing will be claimed.";

/* Whether a guard could not tell what is on a disk. */
static bool has_unknown_disks(const struct preview *preview)
{
	const char *text = preview->report;
	struct report_device device;

	while (text && report_next_device(&text, &device))
		if (device.entry.reason == REASON_UNREADABLE ||
		    device.entry.reason == REASON_UNCLEAR)
			return true;
	return false;
}

/* Why the boot may treat disks differently, a sentence, or NULL. */
static const char *find_caveat(const struct preview *preview)
{
	if (!has_unknown_disks(preview))
		return NULL;
	if (!preview->host->is_this)
		return "The disks of another machine cannot be read here; the boot itself will know more about storage.";
	if (geteuid() != 0)
		return "Only root can read the disks; run this with sudo to learn what happens to storage.";
	return NULL;
}

static void print_notes(const struct preview *preview)
{
	const struct output *output = &preview->host->output;
	struct span rescue = preview->whole.rescue;

	if (preview->note[0])
		output_wrapped(output, STYLE_NOTE, 0, 2, "Note: %s.", preview->note);
	if (preview->whole.ignored[0])
		output_wrapped(
			output, STYLE_NOTE, 0, 2,
			"Note: not parameters of passthru, and ignored in /%s: %s.",
			CONFIGURATION_DIRECTORY, preview->whole.ignored);
	if (rescue.length)
		output_wrapped(
			output, STYLE_NOTE, 0, 2,
			"Note: /%s does not count on this boot: \"%.*s\" is on its command line.",
			CONFIGURATION_DIRECTORY, (int)rescue.length, rescue.at);
}

static bool print_text(const struct preview *preview,
		       const struct report_view *report_view, const char *empty)
{
	const struct output *output = &preview->host->output;
	const char *caveat = find_caveat(preview);
	char source[1024];
	bool ok;

	snprintf(source, sizeof(source),
		 preview->entry[0] ? "%sthe command line from %s%s (\"%s\")"
				   : "%sthe command line from %s%s%s",
		 preview->whole.has_config ? "/" CONFIGURATION_DIRECTORY " and " : "",
		 preview->source[0] == '-' ? "" : "/", preview->source, preview->entry);
	print_notes(preview);
	if (empty) {
		output_wrapped(output, STYLE_PLAIN, 0, 2, "Next boot, with %s: %s",
			       source, empty);
		return true;
	}
	output_wrapped(output, STYLE_TITLE, 0, 2, "Next boot, with %s:", source);
	ok = report_view_print(report_view);
	if (caveat)
		output_wrapped(output, STYLE_NOTE, 0, 2, "%s", caveat);
	return ok;
}

static bool print_json(const struct preview *preview,
		       const struct report_view *report_view, const char *empty)
{
	struct json_object *top = json_begin("plan");
	bool ok = true;

	json_add_text(top, "source", preview->source);
	json_add_text(top, "entry", preview->entry[0] ? preview->entry : NULL);
	json_add_text(top, "note", preview->note[0] ? preview->note : NULL);
	json_add_text(top, "cmdline", preview->cmdline);
	json_add_bool(top, "configuration", preview->whole.has_config);
	json_add_text(top, "ignored",
		      preview->whole.ignored[0] ? preview->whole.ignored : NULL);
	json_add_bool(top, "requested", !empty);
	json_add_bool(top, "iommu_pending", report_view->iommu_pending);
	json_add_text(top, "caveat", find_caveat(preview));
	if (!empty)
		ok = report_view_add(report_view, top);
	json_add_bool(top, "ok", ok);
	return json_end(top) == 0 && ok;
}

static bool show(struct preview *preview, struct params *params)
{
	struct report_view report_view = { .host = preview->host,
					   .machine = &preview->machine,
					   .params = params,
					   .is_plan = true,
					   .iommu_pending = is_iommu_pending(preview) };
	const char *empty = params->off		       ? off_text
			    : params_are_empty(params) ? quiet_text
						       : NULL;

	if (!empty &&
	    dry_run(preview->host, preview->whole.text, params, &preview->report) < 0)
		return false;
	report_view.report = preview->report;
	return preview->host->arguments->json ? print_json(preview, &report_view, empty)
					      : print_text(preview, &report_view, empty);
}

int plan_show(struct host *host, const struct plan_changes *changes)
{
	struct preview preview = { .host = host };
	struct params params = { 0 };
	bool ok = false;

	if (machine_read(host, &preview.machine) < 0)
		goto out;
	if (find_cmdline(&preview) < 0 ||
	    (changes->is_migrated && rewrite_cmdline(&preview) < 0) ||
	    add_configuration(&preview, changes->configuration) < 0 ||
	    params_parse(preview.whole.text, &params) < 0) {
		warn("cannot read the command line of the next boot; pass it with --cmdline");
		goto out;
	}
	ok = show(&preview, &params);
out:
	params_free(&params);
	boot_sources_free(&preview.sources);
	whole_cmdline_free(&preview.whole);
	machine_free(&preview.machine);
	free(preview.running);
	free(preview.rewritten);
	free(preview.report);
	return ok ? STATUS_GOOD : STATUS_NOT_GOOD;
}

int plan_run(struct host *host)
{
	return plan_show(host, &(struct plan_changes){ 0 });
}
