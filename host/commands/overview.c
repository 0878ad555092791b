/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru without a command: where the machine stands, and the next step. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/internal.h"
#include "lib/lib.h"
#include "ui/ui.h"

#define TEXT_SIZE 1024

struct overview {
	struct host *host;
	struct machine machine;
	struct status status;	 /* of this boot */
	struct preview *enabled; /* the next boot if its image had what the files have */
	struct list list;	 /* with the preview of the next boot as it is */
	size_t groups, claimed, enabled_count, changes; /* of devices */
	const char *image;				/* a word for JSON */
	char image_text[TEXT_SIZE], boot[TEXT_SIZE], coming[TEXT_SIZE], step[TEXT_SIZE];
};

/* -- devices ------------------------------------------------------------------------- */

typedef bool is_meant(const struct overview *overview, const struct device *device);

static bool is_display(const struct overview *overview, const struct device *device)
{
	(void)overview;
	return device_is_display(device) && !device->physical;
}

static bool is_claimed(const struct overview *overview, const struct device *device)
{
	(void)overview;
	return device->is_claimed;
}

static bool is_enabled(const struct overview *overview, const struct device *device)
{
	const struct plan_entry *entry =
		run_result_find(&overview->enabled->result, &device->pci->address);

	return device_gives_vfs(device, &overview->enabled->params) ||
	       (entry && !entry->skipped);
}

static bool is_known(const struct preview *preview)
{
	return preview->error == 0 && !preview->is_dry;
}

static bool comes(const struct overview *overview, const struct device *device)
{
	return is_known(overview->list.preview) &&
	       list_next_boot(&overview->list, device) == NEXT_BOOT_CLAIMS;
}

static bool goes(const struct overview *overview, const struct device *device)
{
	return is_known(overview->list.preview) &&
	       list_next_boot(&overview->list, device) == NEXT_BOOT_RELEASES;
}

static size_t count(const struct overview *overview, is_meant *is)
{
	size_t found = 0;

	for (size_t i = 0; i < overview->machine.count; i++)
		found += is(overview, &overview->machine.devices[i]);
	return found;
}

static void add_addresses(const struct overview *overview, is_meant *is,
			  struct json_object *array)
{
	for (size_t i = 0; i < overview->machine.count; i++)
		if (is(overview, &overview->machine.devices[i]))
			json_append_text(array, overview->machine.devices[i].address);
}

/* As many fit into a line or two. */
#define ADDRESSES_PRINTED 8

/* "0a:00.0, 0a:00.1"; freed by the caller, NULL without memory. */
static char *join_addresses(const struct overview *overview, is_meant *is)
{
	const struct machine *machine = &overview->machine;
	struct text_file text;
	FILE *file = text_file_open(&text);
	size_t found = 0;

	for (size_t i = 0; file && i < machine->count; i++)
		if (is(overview, &machine->devices[i]) && found++ < ADDRESSES_PRINTED)
			fprintf(file, "%s%s", found > 1 ? ", " : "",
				device_short_address(machine, &machine->devices[i]));
	if (file && found > ADDRESSES_PRINTED)
		fprintf(file, " and %zu more", found - ADDRESSES_PRINTED);
	return text_file_close(&text);
}

/* What people see on it, or "". */
static void describe_display(const struct device *device, char text[static TEXT_SIZE])
{
	const struct device_uses *uses = &device->uses;

	text[0] = '\0';
	if (device->is_claimed)
		snprintf(text, TEXT_SIZE, "claimed");
	else if (uses->shower[0])
		snprintf(text, TEXT_SIZE, "shows the desktop: %s", uses->shower);
	else if (device->pci->is_boot_display)
		snprintf(text, TEXT_SIZE, "shows the boot");
	if (uses->connector[0])
		snprintf(text + strlen(text), TEXT_SIZE - strlen(text),
			 "%sa monitor is at %s", text[0] ? "; " : "", uses->connector);
}

/* -- what is known ------------------------------------------------------------------- */

static size_t count_groups(const struct machine *machine)
{
	size_t found = 0;

	for (size_t i = 0; i < machine->count; i++) {
		bool is_new = machine->devices[i].pci->group != NO_GROUP;

		for (size_t j = 0; j < i && is_new; j++)
			is_new = machine->devices[j].pci->group !=
				 machine->devices[i].pci->group;
		found += is_new;
	}
	return found;
}

static void judge_image(struct overview *overview)
{
	const struct preview *next = overview->list.preview;
	const struct initramfs *initramfs = &next->initramfs;

	overview->image = NULL;
	if (!next->has_image || !initramfs->path || initramfs->error) {
		snprintf(overview->image_text, TEXT_SIZE, "%s",
			 next->image_note[0] ? next->image_note : "not known");
		return;
	}
	overview->image = "ready";
	if (!initramfs_starts(initramfs) || !initramfs->image.has_driver)
		overview->image = "lacks-passthru";
	else if (next->outdated[0])
		overview->image = "outdated";
	snprintf(overview->image_text, TEXT_SIZE, "/%s %s", initramfs->path,
		 strcmp(overview->image, "ready") == 0 ? "has it"
		 : next->outdated[0]		       ? "has another configuration"
						       : "does not have passthru");
}

static const char *boot_phrase(enum boot_state state, bool is_good)
{
	switch (state) {
	case BOOT_AS_REPORTED:
		return is_good ? "all is as requested" : "not all is as requested";
	case BOOT_NOT_REQUESTED:
		return "nothing was requested";
	case BOOT_NOT_YET:
		return "nothing: it started before the first device was enabled";
	case BOOT_OUTDATED:
		return "it has another configuration than the files have now";
	case BOOT_NOT_RUN:
		return "nothing, although it was requested";
	case BOOT_DRY_RUN:
		return "nothing: it is a dry run (passthru.dryrun)";
	case BOOT_TRIAL_IGNORED:
		return "it ignored the configuration, which is on trial";
	case BOOT_UNREADABLE:
		return "not known: its report cannot be read";
	}
	return "";
}

static void judge_boot(struct overview *overview)
{
	const struct status *status = &overview->status;
	size_t claimed = overview->claimed;

	snprintf(overview->boot, TEXT_SIZE, "%s",
		 boot_phrase(status->state, status_is_good(status)));
	if (claimed)
		snprintf(overview->boot + strlen(overview->boot),
			 TEXT_SIZE - strlen(overview->boot), "; %zu device%s claimed now",
			 claimed, claimed == 1 ? " is" : "s are");
}

static void judge_coming(struct overview *overview)
{
	const struct preview *next = overview->list.preview;
	_cleanup_free_ char *claims = join_addresses(overview, comes);
	_cleanup_free_ char *releases = join_addresses(overview, goes);
	bool both = claims && claims[0] && releases && releases[0];

	if (next->error < 0)
		snprintf(overview->coming, TEXT_SIZE, "not known: cannot read /%s: %s",
			 next->unread ? next->unread : "", strerror(-next->error));
	else if (next->params.off)
		snprintf(overview->coming, TEXT_SIZE,
			 "nothing: passthru.off is on its command line");
	else if (next->absence[0])
		snprintf(overview->coming, TEXT_SIZE, "%s", next->absence);
	else if (next->is_dry)
		snprintf(overview->coming, TEXT_SIZE,
			 "nothing: a dry run (passthru.dryrun)");
	else if (overview->changes)
		snprintf(overview->coming, TEXT_SIZE, "%s%s%s%s%s",
			 claims && claims[0] ? "claims " : "", claims ? claims : "",
			 both ? ", " : "", releases && releases[0] ? "releases " : "",
			 releases ? releases : "");
	else
		snprintf(overview->coming, TEXT_SIZE, "as it is now");
}

/* The first of these is the next step. */
static const char *find_step(const struct overview *overview)
{
	const struct preview *next = overview->list.preview;

	if (!overview->machine.has_groups && !next->iommu_pending)
		return overview->machine.advice;
	if (trial_is_of_this_boot(overview->host, &overview->status.trial))
		return "passthru confirm keeps what this boot tries";
	if (next->error < 0)
		return overview->host->is_this && geteuid() != 0
			       ? "run this as root, which can read all of it"
			       : "passthru plan tells what cannot be read";
	if (next->params.off)
		return "passthru.off turns passthru off: to use it, remove that word from the kernel command line";
	if (next->outdated[0] || (next->absence[0] && !overview->enabled->empty))
		return "passthru check tells how to bring the image up to date";
	if (overview->enabled->empty && !overview->claimed)
		return "passthru list shows the devices, passthru enable lets you choose one";
	if (!plan_is_as_requested(next))
		return "passthru plan tells what will not be as requested";
	if (overview->changes && overview->status.state != BOOT_NOT_RUN)
		return "reboot, then run passthru status";
	if (!status_is_good(&overview->status))
		return "passthru status tells what is wrong and what to do";
	if (overview->status.view.result &&
	    !view_groups(&overview->status.view, NULL, NULL))
		return "passthru guest ADDRESS tells why no guest can have what is claimed";
	return "all is well: passthru guest prints what a guest needs to use the devices";
}

/* -- printing ------------------------------------------------------------------------ */

static void print_line(const struct overview *overview, const char *label,
		       const char *text)
{
	const struct output *output = &overview->host->output;
	char padded[16];

	snprintf(padded, sizeof(padded), "%-11s", label);
	output_styled(output, STYLE_TITLE, padded);
	output_wrapped(output, STYLE_PLAIN, 11, 11, "%s", text);
}

/* As many displays are printed. */
#define DISPLAYS_PRINTED 4

static void print_displays(const struct overview *overview)
{
	const struct machine *machine = &overview->machine;
	size_t found = 0;
	char text[TEXT_SIZE + FULL_NAME_SIZE + 64], shown[TEXT_SIZE];

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];
		char name[FULL_NAME_SIZE];

		if (!is_display(overview, device) || found++ >= DISPLAYS_PRINTED)
			continue;
		device_full_name(device, name);
		describe_display(device, shown);
		snprintf(text, sizeof(text), "%s %s%s%s",
			 device_short_address(machine, device), name,
			 shown[0] ? ": " : "", shown);
		print_line(overview, found == 1 ? "Displays" : "", text);
	}
	if (!found)
		print_line(overview, "Displays", "none");
	if (found <= DISPLAYS_PRINTED)
		return;
	snprintf(text, sizeof(text), "and %zu more: passthru list gpu",
		 found - DISPLAYS_PRINTED);
	print_line(overview, "", text);
}

static void print_enabled(const struct overview *overview)
{
	_cleanup_free_ char *enabled = join_addresses(overview, is_enabled);
	const char *text = enabled;

	if (overview->enabled->error < 0)
		text = "not known";
	else if (overview->enabled->empty)
		text = "nothing";
	else if (!overview->enabled_count)
		text = "no device that is there; passthru plan tells more";
	print_line(overview, "Enabled", text ? text : "");
}

static void print_text(const struct overview *overview)
{
	const struct machine *machine = &overview->machine;
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), "on, %zu group%s", overview->groups,
		 overview->groups == 1 ? "" : "s");
	print_line(overview, "IOMMU",
		   machine->has_groups ? text
		   : overview->list.preview->iommu_pending
			   ? "off now, on after the reboot"
			   : "off, so no device can be passed through");
	print_displays(overview);
	print_enabled(overview);
	print_line(overview, "Image", overview->image_text);
	print_line(overview, "This boot", overview->boot);
	print_line(overview, "Next boot", overview->coming);
	print_line(overview, "Next step", overview->step);
}

static void add_display(const struct device *device, struct json_object *object)
{
	char name[FULL_NAME_SIZE], shown[TEXT_SIZE];

	device_full_name(device, name);
	describe_display(device, shown);
	json_add_text(object, "address", device->address);
	json_add_text(object, "name", name);
	json_add_text(object, "driver", device->pci->driver);
	json_add_bool(object, "claimed", device->is_claimed);
	json_add_bool(object, "boot_display", device->pci->is_boot_display);
	json_add_text(object, "desktop", device->uses.shower);
	json_add_text(object, "monitor", device->uses.connector);
	json_add_text(object, "text", shown);
}

static bool print_json(const struct overview *overview)
{
	const struct machine *machine = &overview->machine;
	struct json_object *top = json_begin("overview"), *displays;

	json_add_bool(top, "iommu", machine->has_groups);
	json_add_number(top, "groups", (int64_t)overview->groups);
	displays = json_add_array(top, "displays");
	for (size_t i = 0; i < machine->count; i++)
		if (is_display(overview, &machine->devices[i]))
			add_display(&machine->devices[i], json_append(displays));
	add_addresses(overview, is_enabled, json_add_array(top, "enabled"));
	add_addresses(overview, is_claimed, json_add_array(top, "claimed"));
	json_add_text(top, "image", overview->image);
	json_add_text(top, "image_text", overview->image_text);
	json_add_text(top, "state",
		      status_word(&overview->status, status_is_good(&overview->status)));
	json_add_text(top, "this_boot", overview->boot);
	add_addresses(overview, comes, json_add_array(top, "next_claims"));
	add_addresses(overview, goes, json_add_array(top, "next_releases"));
	json_add_text(top, "next_boot", overview->coming);
	json_add_text(top, "next_step", overview->step);
	return json_end(top) == 0;
}

/* -- the command --------------------------------------------------------------------- */

/* What cannot be read is said in the lines; nothing of it is a failure. */
static void judge(struct overview *overview)
{
	const char *step;

	overview->groups = count_groups(&overview->machine);
	overview->claimed = count(overview, is_claimed);
	overview->enabled_count = count(overview, is_enabled);
	overview->changes = count(overview, comes) + count(overview, goes);
	judge_image(overview);
	judge_boot(overview);
	judge_coming(overview);
	step = find_step(overview);
	snprintf(overview->step, TEXT_SIZE, "%s%s", step, iommu_hint(step));
}

static int show(struct overview *overview)
{
	struct host *host = overview->host;

	if (!status_read(host, &overview->machine, &overview->status))
		return STATUS_NOT_GOOD;
	overview->enabled = preview_new(host, &overview->machine,
					&(struct plan_changes){ .is_quick = true });
	overview->list.preview =
		preview_new(host, &overview->machine, &(struct plan_changes){ 0 });
	if (!overview->enabled || !overview->list.preview) {
		warn("out of memory");
		return STATUS_NOT_GOOD;
	}
	judge(overview);
	if (host->arguments->json)
		return print_json(overview) ? STATUS_GOOD : STATUS_NOT_GOOD;
	print_text(overview);
	return STATUS_GOOD;
}

int overview_run(struct host *host)
{
	struct overview overview = { .host = host, .list = { .host = host } };
	int status = show(&overview);

	preview_free(overview.enabled);
	preview_free(overview.list.preview);
	status_free(&overview.status);
	machine_free(&overview.machine);
	return status;
}
