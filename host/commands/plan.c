/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru plan: dry-runs the next boot with the code that will run then. */
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

struct preview {
	struct view view; /* of the result */
	struct boot_sources sources;
	const struct boot_source *source; /* of the command line */
	struct boot_source given;	  /* that source, with --cmdline */
	const char *cmdline;
	struct whole_cmdline whole; /* with the configuration */
	char *rewritten;	    /* without legacy settings, or NULL */
	struct params params;
	bool iommu_pending; /* it is off now and will be on */
	struct run_result result;
	struct outlook outlook;
	char absence[768]; /* why nothing will be claimed, whatever is requested, or "" */
	bool has_conflict; /* that is due to something else on the command line */
	const char *unread; /* the file that preview_make() could not read, or NULL */
	int error;	    /* a negative errno of preview_make(), or 0 */
};

/* -- the command line ---------------------------------------------------------------- */

static int find_cmdline(struct preview *preview)
{
	const struct host *host = preview->view.host;
	int r = boot_read(host->root_fd, &preview->sources);

	if (r < 0)
		return r;
	preview->given = (struct boot_source){ .path = "--cmdline",
					       .cmdline = host->arguments->cmdline };
	preview->source = &preview->given;
	if (!preview->given.cmdline) {
		preview->unread = boot_find_unreadable(host->root_fd, &preview->sources);
		if (preview->unread)
			return -EACCES;
		preview->source = boot_next(&preview->sources);
	}
	if (!preview->source)
		r = boot_sources_add_running(&preview->sources, host->root_fd,
					     &preview->source);
	if (r < 0)
		preview->unread = "proc/cmdline";
	else
		preview->cmdline = preview->source->cmdline;
	return r;
}

/* As it will be without its legacy settings. */
static int rewrite_cmdline(struct preview *preview)
{
	struct legacy_line rewritten;
	int r = legacy_rewrite_cmdline(span_of(preview->cmdline), &rewritten);

	if (r == 0) {
		preview->rewritten = take_pointer(rewritten.text);
		preview->cmdline = preview->rewritten;
	}
	legacy_line_free(&rewritten);
	return r;
}

static int add_configuration(struct preview *preview, const struct change *change)
{
	_cleanup_free_ char *configuration = NULL;
	int r = configuration_read(preview->view.host->root_fd, change, &configuration);

	if (r < 0) {
		preview->unread = CONFIGURATION_DIRECTORY;
		return r;
	}
	return whole_cmdline_make(configuration, preview->cmdline, &preview->whole);
}

static bool has_table(const struct preview *preview, const char *table)
{
	char path[64];

	snprintf(path, sizeof(path), "sys/firmware/acpi/tables/%s", table);
	return beneath_exists(preview->view.host->root_fd, path);
}

/* Whether the parameter has that value, and no other after it. */
static bool ends_with(const char *cmdline, const char *name, const char *value)
{
	struct text_cursor rest = { .at = cmdline, .end = cmdline + strlen(cmdline) };
	struct parameter parameter;
	bool does = false;

	while (tokenizer_next(&rest, &parameter))
		if (span_equals(parameter.name, name)) {
			struct span item, items = parameter.value;

			for (does = false; !does && span_next_item(&items, &item);)
				does = span_equals(item, value);
		}
	return does;
}

/* What turns the IOMMU off in that boot, or NULL. */
static const char *find_iommu_off(const struct preview *preview)
{
	const char *cmdline = preview->cmdline;
	bool has_dmar = has_table(preview, "DMAR"), has_ivrs = has_table(preview, "IVRS");

	if (has_dmar && ends_with(cmdline, "intel_iommu", "off"))
		return "intel_iommu=off";
	if (has_ivrs && cmdline_has_item(cmdline, "amd_iommu", "off"))
		return "amd_iommu=off";
	if ((has_dmar || has_ivrs) && cmdline_has_item(cmdline, "iommu", "off"))
		return "iommu=off";
	return NULL;
}

/* Whether there is an IOMMU that is off now but on with the command line. */
static bool is_iommu_pending(const struct preview *preview)
{
	if (preview->view.machine->has_groups || find_iommu_off(preview))
		return false;
	if (has_table(preview, "DMAR"))
		return ends_with(preview->cmdline, "intel_iommu", "on");
	return has_table(preview, "IVRS");
}

/* The module that vfio-pci or a guest needs and that this boot cannot load, or NULL. */
static const char *find_blacklisted(const struct preview *preview)
{
	static const char *const needed[] = { "vfio", "vfio_pci", "vfio_pci_core",
					      "vfio_iommu_type1" };
	struct text_cursor rest = { .at = preview->cmdline,
				    .end = preview->cmdline + strlen(preview->cmdline) };
	struct parameter parameter;
	const char *found = NULL;

	/* The last list counts; a name in it has no "-". */
	while (tokenizer_next(&rest, &parameter)) {
		struct span item, items = parameter.value;

		if (!span_equals(parameter.name, "module_blacklist"))
			continue;
		for (found = NULL; !found && span_next_item(&items, &item);)
			for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
				if (span_equals(item, needed[i]))
					found = needed[i];
	}
	return found;
}

/* What on the command line is against all that is requested. */
static void find_conflict(struct preview *preview)
{
	const char *off = find_iommu_off(preview);
	const char *module = find_blacklisted(preview);

	preview->has_conflict = off || module;
	if (module)
		snprintf(
			preview->absence, sizeof(preview->absence),
			"nothing can be given to a guest, because module_blacklist=%s on the kernel command line keeps the kernel from loading that module; remove it.",
			module);
	else if (off)
		snprintf(
			preview->absence, sizeof(preview->absence),
			"nothing can be given to a guest, because %s on the kernel command line turns the IOMMU off; remove it.",
			off);
}

static void find_absence(struct preview *preview)
{
	_cleanup_free_ char *path = check_kernels_next_lacks(
		preview->view.host->root_fd, boot_next(&preview->sources));

	if (path)
		snprintf(
			preview->absence, sizeof(preview->absence),
			"nothing will be claimed, because its initramfs image, /%s, does not start passthru-early; passthru check tells what to do.",
			path);
}

/* -- what is printed ----------------------------------------------------------------- */

static const char quiet_text[] =
	"no devices are requested; passthru enable ADDRESS requests one.";
static const char off_text[] = "passthru.off is set, so nothing will be claimed.";

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
	return NULL;
}

static void print_notes(const struct preview *preview)
{
	const struct output *output = &preview->view.host->output;
	struct span rescue = preview->whole.rescue;

	if (preview->source->note[0])
		output_wrapped(output, STYLE_NOTE, 0, 2, "Note: %s.",
			       preview->source->note);
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

static bool print_text(struct preview *preview, const char *empty, bool with_remarks)
{
	const struct output *output = &preview->view.host->output;
	const struct boot_source *next = preview->source;
	const char *caveat = find_caveat(preview);
	char source[1024];
	bool ok;

	snprintf(source, sizeof(source),
		 next->entry[0] ? "%sthe command line from %s%s (\"%s\")"
				: "%sthe command line from %s%s%s",
		 preview->whole.has_config ? "/" CONFIGURATION_DIRECTORY " and " : "",
		 next == &preview->given ? "" : "/", next->path, next->entry);
	print_notes(preview);
	if (empty) {
		output_wrapped(output, STYLE_PLAIN, 0, 2, "Next boot, with %s: %s",
			       source, empty);
		return true;
	}
	if (preview->absence[0]) {
		output_wrapped(output, STYLE_BAD, 0, 2, "Next boot, with %s: %s", source,
			       preview->absence);
		return false;
	}
	output_wrapped(output, STYLE_TITLE, 0, 2, "Next boot, with %s:", source);
	if (preview->result.plan.count >= VIEW_FOLD_MIN)
		view_print_summary(&preview->view, STYLE_PLAIN, "");
	ok = view_print(&preview->view);
	each_limit(preview, print_limit, preview);
	if (with_remarks)
		remarks_print(output, &preview->outlook);
	if (caveat)
		output_wrapped(output, STYLE_NOTE, 0, 2, "%s", caveat);
	return ok;
}

static bool print_json(const struct preview *preview, const char *empty)
{
	struct json_object *top = json_begin("plan");
	bool ok = true;

	json_add_text(top, "source", preview->source->path);
	json_add_text(top, "entry", preview->source->entry);
	json_add_text(top, "note", preview->source->note);
	json_add_text(top, "cmdline", preview->cmdline);
	json_add_bool(top, "configuration", preview->whole.has_config);
	json_add_text(top, "ignored", preview->whole.ignored);
	json_add_bool(top, "requested", !empty);
	json_add_bool(top, "iommu_pending", preview->iommu_pending);
	json_add_text(top, "caveat", find_caveat(preview));
	json_add_text(top, "absence", preview->absence);
	if (!empty)
		ok = view_add(&preview->view, top) && !preview->absence[0];
	remarks_add(&preview->outlook, top);
	json_add_bool(top, "ok", ok);
	return json_end(top) == 0 && ok;
}

/* Why there is nothing to show, or NULL. */
static const char *find_empty(const struct params *params)
{
	if (params->off)
		return off_text;
	return params_are_empty(params) ? quiet_text : NULL;
}

/* -- the command --------------------------------------------------------------------- */

static bool is_denied(const struct preview *preview, const struct plan_entry *entry)
{
	return text_equals_name(entry->wanted, "vfio-pci") &&
	       denylist_has(&entry->device->id) &&
	       !denylist_is_off(preview->view.host, preview->cmdline);
}

/* Whether its physical function is claimed, and then has no virtual ones. */
static bool will_be_gone(const struct preview *preview, const struct plan_entry *entry)
{
	const struct device *device =
		machine_find(preview->view.machine, &entry->device->address);
	const struct plan_entry *physical = NULL;

	if (device && device->physical)
		physical = run_result_find(&preview->result,
					   &device->physical->pci->address);
	return physical && plan_entry_is_taken(physical);
}

/* What the engine only learns from the kernel: it does not know how modules are loaded.
 */
static void foresee(struct preview *preview)
{
	struct plan *plan = &preview->result.plan;

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];
		enum reason reason = REASON_NONE;

		if (!plan_entry_is_taken(entry))
			continue;
		if (is_denied(preview, entry))
			reason = REASON_PROBE;
		else if (will_be_gone(preview, entry))
			reason = REASON_GONE;
		if (reason == REASON_NONE)
			continue;
		entry->verdict = VERDICT_REFUSED;
		entry->reason = reason;
	}
}

/* Returns 0 or a negative errno. */
static int preview_make(const struct host *host, struct machine *machine,
			const struct plan_changes *changes, struct preview *ret)
{
	int r;

	*ret = (struct preview){ .view = { .host = host,
					   .machine = machine,
					   .result = &ret->result,
					   .params = &ret->params,
					   .skipped = &ret->params.skipped } };
	r = find_cmdline(ret);
	if (r == 0 && changes->is_migrated)
		r = rewrite_cmdline(ret);
	if (r == 0)
		r = add_configuration(ret, changes->configuration);
	if (r == 0)
		r = params_parse(ret->whole.text, &ret->params);
	if (r < 0)
		return r;
	ret->iommu_pending = is_iommu_pending(ret);
	if (find_empty(&ret->params))
		return 0;
	/* With changes, the image is not built yet. */
	if (!changes->configuration && !changes->is_migrated)
		find_absence(ret);
	if (!ret->absence[0])
		find_conflict(ret);
	r = run_stage(host, &ret->params,
		      ret->iommu_pending ? RUN_PREVIEW_WITH_IOMMU : RUN_PREVIEW,
		      &ret->result);
	foresee(ret);
	/* Reading the disks again only helps to say why. */
	if (r == 0 && !view_groups(&ret->view, NULL, NULL))
		machine_read_needs(host, machine);
	if (r == 0 && !ret->absence[0])
		r = outlook_make(&(struct outlook_input){ .machine = machine,
							  .plan = &ret->result.plan,
							  .wanted = &ret->params.wanted },
				 &ret->outlook);
	return r;
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

struct preview *preview_new(const struct host *host, struct machine *machine,
			    const struct plan_changes *changes)
{
	struct preview *preview = calloc(1, sizeof(*preview));

	if (preview)
		preview->error = preview_make(host, machine, changes, preview);
	return preview;
}

void preview_free(struct preview *preview)
{
	if (!preview)
		return;
	outlook_free(&preview->outlook);
	run_result_free(&preview->result);
	params_free(&preview->params);
	boot_sources_free(&preview->sources);
	whole_cmdline_free(&preview->whole);
	free(preview->rewritten);
	free(preview);
}

const struct outlook *preview_outlook(const struct preview *preview)
{
	return &preview->outlook;
}

int preview_print(struct preview *preview, bool with_remarks)
{
	const char *empty = find_empty(&preview->params);
	bool ok;

	if (preview->error < 0) {
		warn_unmade(preview, preview->error);
		return STATUS_NOT_GOOD;
	}
	ok = preview->view.host->arguments->json
		     ? print_json(preview, empty)
		     : print_text(preview, empty, with_remarks);
	if (preview->view.host->arguments->strict)
		ok &= outlook_level(&preview->outlook) < REMARK_WARNING;
	return ok ? STATUS_GOOD : STATUS_NOT_GOOD;
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

	if (good && !find_empty(&preview->params)) {
		good = each_limit(preview, each, data) && !preview->has_conflict;
		view_devices(&preview->view, visit_device, &visit);
		for (size_t i = 0; i < preview->outlook.count; i++)
			each(data, preview->outlook.items[i].text);
		if (host->arguments->strict)
			good &= outlook_level(&preview->outlook) < REMARK_WARNING;
		good &= view_problems(&preview->view, NULL, NULL);
		good &= view_groups(&preview->view, visit_group, &visit);
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
			status = preview_print(preview, true);
		else
			warn_error(-ENOMEM, "cannot make the plan");
	}
	preview_free(preview);
	machine_free(&machine);
	return status;
}
