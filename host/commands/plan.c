/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru plan: what the next boot will do. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "machine/machine.h"
#include "outlook/outlook.h"
#include "ui/ui.h"
#include "view/view.h"

/* -- what is printed --------------------------------------------------------------- */

/* Whether a guard could not tell what is on a disk. */
static bool has_unknown_disks(const struct preview *preview)
{
	const struct plan *plan = &preview->result.plan;

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		if (entry->reason == REASON_UNREADABLE ||
		    entry->reason == REASON_UNCLEAR ||
		    (entry->reason == REASON_NOT_FOUND && entry->disk[0]))
			return true;
	}
	return false;
}

/* Why the boot may treat disks differently, a sentence, or NULL. */
static const char *find_caveat(const struct preview *preview)
{
	if (!has_unknown_disks(preview))
		return NULL;
	if (!preview->view.host->is_this)
		return "The disks of another machine cannot be read here; the boot itself will know more about storage.";
	if (geteuid() != 0)
		return "Only root can read the disks; run this with sudo to learn what happens to storage.";
	if (!reader_choose())
		return "passthru-early is not installed in the same version, so another libblkid than that of the boot has read the disks; the boot may see them differently.";
	return NULL;
}

static void print_notes(const struct preview *preview)
{
	const struct output *output = &preview->view.host->output;
	struct span rescue = preview->whole.rescue;

	if (preview->source->note[0])
		output_wrapped(output, STYLE_NOTE, 0, 2, "Note: %s.",
			       preview->source->note);
	if (preview->image_note[0])
		output_wrapped(output, STYLE_NOTE, 0, 2, "Note: %s.",
			       preview->image_note);
	if (preview->outdated[0])
		output_wrapped(output, STYLE_BAD, 0, 2, "Not as requested: %s.",
			       preview->outdated);
	if (preview->whole.ignored[0])
		output_wrapped(
			output, STYLE_NOTE, 0, 2,
			"Note: not parameters of passthru, and ignored in /%s: %s.",
			CONFIGURATION_DIRECTORY, preview->whole.ignored);
	if (preview->trial_text[0])
		output_wrapped(
			output,
			preview->trial.verdict == TRIAL_IGNORED ? STYLE_BAD : STYLE_NOTE,
			0, 2, "%s: %s.",
			preview->trial.verdict == TRIAL_IGNORED ? "Not as requested"
								: "Note",
			preview->trial_text);
	if (rescue.length)
		output_wrapped(
			output, STYLE_NOTE, 0, 2,
			"Note: /%s does not count on this boot: \"%.*s\" is on its command line.",
			CONFIGURATION_DIRECTORY, (int)rescue.length, rescue.at);
}

/* The devices that will be claimed. */
struct taken {
	const struct device **devices;
	size_t count;
};

static void add_taken(void *data, const struct view_device *device)
{
	struct taken *taken = data;
	const struct device **added;

	if (device->entry->verdict != VERDICT_CLAIMED || !device->device)
		return;
	added = array_append(taken->devices, taken->count);
	if (added)
		*added = device->device;
}

/*
 * Calls back for each limit of a device that will be claimed. Returns whether all devices
 * are as requested.
 */
static bool each_limit(const struct preview *preview,
		       void (*each)(void *data, const char *text), void *data)
{
	struct taken taken = { 0 };
	bool ok = view_devices(&preview->view, add_taken, &taken);

	limits_each(preview->view.host, preview->view.machine, preview->cmdline,
		    taken.devices, taken.count, each, data);
	free(taken.devices);
	return ok;
}

static void print_limit(void *data, const char *text)
{
	const struct preview *preview = data;

	output_wrapped(&preview->view.host->output, STYLE_NOTE, 0, 2, "Note: %s.", text);
}

/* Whether another configuration counts than that of the files. */
static bool differs(const struct preview *preview)
{
	return preview->outdated[0] || preview->trial.verdict == TRIAL_IGNORED;
}

static bool print_text(const struct preview *preview, bool with_remarks)
{
	const struct output *output = &preview->view.host->output;
	const struct boot_source *next = preview->source;
	const char *caveat = find_caveat(preview);
	char source[1024];
	bool ok;

	snprintf(source, sizeof(source),
		 next->entry[0] ? "%sthe command line from %s%s (\"%s\")"
				: "%sthe command line from %s%s%s",
		 !preview->whole.has_config ? ""
		 : preview->outdated[0]	    ? "the configuration in the image and "
					    : "/" CONFIGURATION_DIRECTORY " and ",
		 next == &preview->given ? "" : "/", next->path, next->entry);
	print_notes(preview);
	if (preview->empty) {
		output_wrapped(output, STYLE_PLAIN, 0, 2, "Next boot, with %s: %s",
			       source, preview->empty);
		return !differs(preview);
	}
	if (preview->absence[0]) {
		output_wrapped(output, STYLE_BAD, 0, 2, "Next boot, with %s: %s", source,
			       preview->absence);
		return false;
	}
	output_wrapped(output, STYLE_TITLE, 0, 2,
		       preview->is_dry
			       ? "Next boot, with %s: a dry run (passthru.dryrun), which "
				 "claims nothing. Without it:"
			       : "Next boot, with %s:",
		       source);
	if (preview->result.plan.count >= VIEW_FOLD_MIN)
		view_print_summary(&preview->view, STYLE_PLAIN, "");
	ok = view_print(&preview->view);
	each_limit(preview, print_limit, (void *)preview);
	if (with_remarks)
		remarks_print(output, &preview->outlook);
	if (caveat)
		output_wrapped(output, STYLE_NOTE, 0, 2, "%s", caveat);
	return ok && !preview->is_dry && !differs(preview);
}

static bool print_json(const struct preview *preview)
{
	struct json_object *top = json_begin("plan");
	bool ok = true;

	json_add_text(top, "source", preview->source->path);
	json_add_text(top, "entry", preview->source->entry);
	json_add_text(top, "note", preview->source->note);
	json_add_text(top, "cmdline", preview->cmdline);
	json_add_bool(top, "configuration", preview->whole.has_config);
	json_add_text(top, "ignored", preview->whole.ignored);
	json_add_bool(top, "requested", !preview->empty);
	json_add_bool(top, "dryrun", preview->is_dry);
	json_add_bool(top, "iommu_pending", preview->iommu_pending);
	json_add_text(top, "caveat", find_caveat(preview));
	json_add_text(top, "absence", preview->absence);
	json_add_text(top, "image", preview->initramfs.path);
	json_add_text(top, "image_note", preview->image_note);
	json_add_text(top, "outdated", preview->outdated);
	if (!preview->empty)
		ok = view_add(&preview->view, top) && !preview->absence[0];
	trial_add_json(top, &preview->trial, preview->trial_text);
	ok &= !preview->is_dry && !differs(preview);
	remarks_add(&preview->outlook, top);
	json_add_bool(top, "ok", ok);
	return json_end(top) == 0 && ok;
}

static void warn_unmade(const struct preview *preview, int r)
{
	if (!preview->unread)
		warn_error(r, "cannot make the plan");
	else if (preview->cmdline || r == -EACCES)
		warn_error(r, "cannot read /%s", preview->unread);
	else
		warn("cannot read /%s: %s; pass the command line of the next boot with --cmdline",
		     preview->unread, strerror(-r));
}

int plan_print(const struct preview *preview, bool with_remarks)
{
	bool ok;

	if (preview->error < 0) {
		warn_unmade(preview, preview->error);
		return STATUS_NOT_GOOD;
	}
	ok = preview->view.host->arguments->json ? print_json(preview)
						 : print_text(preview, with_remarks);
	if (preview->view.host->arguments->strict)
		ok &= outlook_level(&preview->outlook) < REMARK_WARNING;
	return ok ? STATUS_GOOD : STATUS_NOT_GOOD;
}

bool plan_is_as_requested(const struct preview *preview)
{
	const struct view *view = &preview->view;

	if (preview->error < 0)
		warn_unmade(preview, preview->error);
	if (preview->error < 0 || preview->absence[0] || preview->is_dry)
		return false;
	return preview->empty ||
	       (view_devices(view, NULL, NULL) && view_problems(view, NULL, NULL) &&
		view_groups(view, NULL, NULL));
}

/* -- for passthru check -------------------------------------------------------------- */

/* Whom to call back with why a device is not claimed, or a group is of no use. */
struct visit {
	void (*each)(void *data, const char *text);
	void *data;
	char last[sizeof(((struct view_device *)NULL)->text)]; /* of a device */
};

/* Of neighbours with the same fate, the first one will do. */
static void visit_device(void *data, const struct view_device *device)
{
	struct visit *visit = data;
	char text[sizeof(device->address) + sizeof(device->text) + 1];

	if (device->is_ok || strcmp(device->text, visit->last) == 0)
		return;
	strcpy(visit->last, device->text);
	snprintf(text, sizeof(text), "%s %s", device->address, device->text);
	visit->each(visit->data, text);
}

static void visit_group(void *data, int group, bool usable, const char *text)
{
	const struct visit *visit = data;

	(void)group;
	if (!usable)
		visit->each(visit->data, text);
}

bool plan_is_good(const struct host *host, struct machine *machine,
		  void (*each)(void *data, const char *text), void *data)
{
	struct preview *preview = preview_new(host, machine, &(struct plan_changes){ 0 });
	struct visit visit = { .each = each, .data = data };
	bool good = preview && preview->error == 0;

	if (good && !preview->empty) {
		good = each_limit(preview, each, data) && !preview->has_conflict;
		view_devices(&preview->view, visit_device, &visit);
		for (size_t i = 0; i < preview->outlook.count; i++)
			each(data, preview->outlook.items[i].text);
		if (host->arguments->strict)
			good &= outlook_level(&preview->outlook) < REMARK_WARNING;
		good &= view_problems(&preview->view, NULL, NULL);
		good &= view_groups(&preview->view, visit_group, &visit);
		if (preview->trial.verdict == TRIAL_IGNORED)
			good = false;
		if (preview->is_dry)
			each(data, "the next boot is a dry run (passthru.dryrun), which "
				   "claims nothing; remove that word");
		good &= !preview->is_dry;
	}
	preview_free(preview);
	return good;
}

int plan_run(struct host *host)
{
	struct machine machine;
	struct preview *preview = NULL;
	int status = STATUS_NOT_GOOD;

	if (machine_read(host, &machine)) {
		preview = preview_new(host, &machine, &(struct plan_changes){ 0 });
		if (preview)
			status = plan_print(preview, true);
		else
			warn_error(-ENOMEM, "cannot make the plan");
	}
	preview_free(preview);
	machine_free(&machine);
	return status;
}
