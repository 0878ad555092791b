/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/limits.h"
#include "machine/report_view.h"
#include "plan/viability.h"
#include "report/phrase.h"

/* -- devices ------------------------------------------------------------------------- */

static bool is_claimed(const struct report_view_device *device)
{
	return device->report.entry.verdict == VERDICT_CLAIMED;
}

static bool has_reason(const struct report_view_device *device, enum reason reason)
{
	return device->report.has_reason && device->report.entry.reason == reason;
}

/* By the next boot the IOMMU may be on, and no virtual functions are enabled yet. */
static bool is_planned(const struct report_view *report_view,
		       const struct report_view_device *device)
{
	if (has_reason(device, REASON_DRYRUN))
		return true;
	if (!report_view->is_plan)
		return false;
	return is_claimed(device) || has_reason(device, REASON_HAS_VFS) ||
	       (report_view->iommu_pending && has_reason(device, REASON_NO_IOMMU));
}

static void describe_plan(struct report_view_device *ret)
{
	const char *now = ret->report.entry.now;

	ret->is_ok = true;
	if (has_reason(ret, REASON_NO_IOMMU))
		snprintf(ret->text, sizeof(ret->text),
			 "will be claimed if the IOMMU is on then");
	else if (has_reason(ret, REASON_HAS_VFS))
		snprintf(ret->text, sizeof(ret->text),
			 "will be claimed, without its virtual functions");
	else if (now[0])
		snprintf(ret->text, sizeof(ret->text), "will be claimed (now: %s)", now);
	else
		snprintf(ret->text, sizeof(ret->text), "will be claimed");
}

static bool is_held(const struct report_view_device *device)
{
	return strcmp(device->report.display, fb_release_word(FB_RELEASE_HELD)) == 0;
}

/* What was claimed, and whether it still is. */
static void describe_claimed(struct report_view_device *ret)
{
	const struct plan_entry *entry = &ret->report.entry;
	const char *now = ret->device ? ret->device->pci->driver : "";
	bool is_changed = entry->was[0] && strcmp(entry->was, now) != 0;

	ret->is_ok = ret->device && strcmp(now, entry->driver) == 0;
	if (ret->is_ok && is_held(ret)) {
		ret->is_ok = false;
		snprintf(
			ret->text, sizeof(ret->text),
			"claimed by %s, but the boot framebuffer still covers its memory, so no guest can map it; boot with initcall_blacklist=sysfb_init",
			entry->driver);
	} else if (ret->is_ok)
		snprintf(ret->text, sizeof(ret->text), "claimed by %s%s%s", entry->driver,
			 is_changed ? ", taken from " : "", is_changed ? entry->was : "");
	else if (!ret->device)
		snprintf(ret->text, sizeof(ret->text), "was claimed by %s, but is gone",
			 entry->driver);
	else
		snprintf(ret->text, sizeof(ret->text),
			 "was claimed by %s, but its driver is now %s", entry->driver,
			 now[0] ? now : "none");
}

static void describe_other(const struct report_view *report_view,
			   struct report_view_device *ret)
{
	const struct report_device *report = &ret->report;
	const struct machine *machine = report_view->machine;
	bool is_display = ret->device && device_is_display(ret->device);
	char phrase[PHRASE_SIZE];

	if (report_view->is_live && has_reason(ret, REASON_NO_DRIVER))
		snprintf(phrase, sizeof(phrase),
			 "the kernel has no such driver, nor a module of that name");
	else if (report->has_reason)
		phrase_describe(&report->entry,
				is_display ? machine->display_advice : machine->advice,
				phrase);
	else
		snprintf(phrase, sizeof(phrase), "%s", report->reason);
	ret->is_ok = has_reason(ret, REASON_SKIPPED);
	snprintf(ret->text, sizeof(ret->text), "%s%s: %s%s",
		 report_view->is_plan ? "will be " : "", report->verdict, phrase,
		 report->entry.verdict == VERDICT_FAILED && !report_view->is_live
			 ? "; see dmesg"
			 : "");
}

static bool is_by_address(const struct params *params, const struct device *device)
{
	for (size_t i = 0; params && device && i < params->wanted.count; i++)
		if (params->wanted.items[i].has_address &&
		    selector_matches(&params->wanted.items[i], device->pci))
			return true;
	return false;
}

static bool next_device(const struct report_view *report_view, const char **text,
			struct report_view_device *ret)
{
	*ret = (struct report_view_device){ 0 };
	if (!report_next_device(text, &ret->report))
		return false;
	ret->device = machine_find(report_view->machine, &ret->report.address);
	ret->by_address = is_by_address(report_view->params, ret->device);
	ret->is_planned = is_planned(report_view, ret);
	if (ret->is_planned)
		describe_plan(ret);
	else if (is_claimed(ret))
		describe_claimed(ret);
	else
		describe_other(report_view, ret);
	return true;
}

bool report_view_devices(const struct report_view *report_view,
			 void (*each)(void *data,
				      const struct report_view_device *device),
			 void *data)
{
	const char *text = report_view->report;
	struct report_view_device device;
	bool ok = true;

	while (next_device(report_view, &text, &device)) {
		ok = ok && device.is_ok;
		if (each)
			each(data, &device);
	}
	return ok;
}

/* -- the command line ---------------------------------------------------------------- */

static void describe_selector(const struct report_record *record,
			      struct report_view_problem *problem)
{
	size_t size = sizeof(problem->text);
	char other[64];

	if (strcmp(problem->verdict, "malformed") == 0)
		snprintf(problem->text, size,
			 "\"%s\" in %s is invalid; see passthru-cmdline(7)",
			 problem->selector, problem->parameter);
	else if (report_get(record, "found", other, sizeof(other)))
		snprintf(problem->text, size,
			 "%s: found %s at that address instead; see passthru list %s",
			 problem->selector, other, other);
	else
		snprintf(problem->text, size,
			 "%s: there is no such device; see passthru list",
			 problem->selector);
}

static void describe_parameter(const struct report_record *record,
			       struct report_view_problem *problem)
{
	size_t size = sizeof(problem->text);
	char nearest[64];

	if (report_get(record, "nearest", nearest, sizeof(nearest)))
		snprintf(problem->text, size, "unknown parameter %s; did you mean %s?",
			 problem->parameter, nearest);
	else
		snprintf(problem->text, size,
			 "the value of %s is invalid; see passthru-cmdline(7)",
			 problem->parameter);
}

static bool read_problem(const struct report_record *record,
			 struct report_view_problem *problem)
{
	bool is_selector = report_is(record, "selector");

	if (!is_selector && !report_is(record, "parameter"))
		return false;
	report_get(record, "selector", problem->selector, sizeof(problem->selector));
	report_get(record, "parameter", problem->parameter, sizeof(problem->parameter));
	report_get(record, "verdict", problem->verdict, sizeof(problem->verdict));
	if (is_selector)
		describe_selector(record, problem);
	else
		describe_parameter(record, problem);
	return true;
}

bool report_view_problems(const struct report_view *report_view,
			  void (*each)(void *data,
				       const struct report_view_problem *problem),
			  void *data)
{
	const char *text = report_view->report;
	struct report_view_problem problem;
	struct report_record record;
	bool ok = true;

	while (report_next(&text, &record)) {
		if (!read_problem(&record, &problem))
			continue;
		ok = false;
		if (each)
			each(data, &problem);
	}
	return ok;
}

/* -- groups -------------------------------------------------------------------------- */

/* What is known of each group after one pass over the report and one over the machine. */
struct groups {
	const struct report_view *report_view;
	bool *taken;	 /* by index of the device: claimed or planned */
	bool *has_taken; /* by number of the group */
	/* By number of the group. A display that is held is one, too. */
	const struct device **blockers;
	int count;
};

/*
 * Whether the device makes its group unusable. In a plan, a device that has no driver now
 * is expected to get one.
 */
static bool is_blocker(const struct groups *groups, size_t index)
{
	const struct device *device = &groups->report_view->machine->devices[index];
	bool is_plan = groups->report_view->is_plan;

	if (device->pci->is_bridge || (is_plan && groups->taken[index]))
		return false;
	return device->pci->driver[0] ? !viability_tolerates(device->pci->driver)
				      : is_plan && device_counts(device);
}

static void find_blockers(struct groups *groups)
{
	const struct machine *machine = groups->report_view->machine;

	for (size_t i = 0; i < machine->count; i++) {
		int group = machine->devices[i].pci->group;

		if (group != NO_GROUP && !groups->blockers[group] &&
		    is_blocker(groups, i))
			groups->blockers[group] = &machine->devices[i];
	}
}

static void describe_group(const struct report_view *report_view, int group,
			   const struct device *blocker, bool is_reserved, char *text,
			   size_t size)
{
	const char *driver = "no driver yet";

	if (is_reserved) {
		snprintf(
			text, size,
			"Group %d cannot be given to a guest: the firmware reserves memory for a device in it (RMRR); look for a setting or an update of the firmware",
			group);
		return;
	}
	if (!blocker) {
		snprintf(text, size, "Group %d can%s be given to a guest.", group,
			 report_view->is_plan ? " then" : "");
		return;
	}
	if (blocker->is_claimed) {
		snprintf(
			text, size,
			"Group %d cannot be given to a guest: the boot framebuffer still covers the memory of %s",
			group, blocker->address);
		return;
	}
	if (blocker->pci->driver[0])
		driver = blocker->pci->driver;
	if (report_has_device(report_view->report, &blocker->pci->address))
		snprintf(
			text, size,
			"Group %d cannot be given to a guest: %s (%s) is in it but not claimed",
			group, blocker->address, driver);
	else
		snprintf(
			text, size,
			"Group %d cannot be given to a guest: %s (%s) is in it and stays with the host; name it too (%04x:%04x), or use passthru.group=claim",
			group, blocker->address, driver,
			(unsigned)blocker->pci->id.vendor,
			(unsigned)blocker->pci->id.device);
}

static void note_taken(void *data, const struct report_view_device *device)
{
	struct groups *groups = data;

	if (!device->device || !(is_claimed(device) || device->is_planned))
		return;
	groups->taken[device->device - groups->report_view->machine->devices] = true;
	if (device->device->pci->group == NO_GROUP)
		return;
	groups->has_taken[device->device->pci->group] = true;
	if (is_held(device))
		groups->blockers[device->device->pci->group] = device->device;
}

static int count_groups(const struct machine *machine)
{
	int count = 0;

	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].pci->group >= count)
			count = machine->devices[i].pci->group + 1;
	return count;
}

bool report_view_groups(const struct report_view *report_view,
			void (*each)(void *data, int group, bool usable,
				     const char *text),
			void *data)
{
	struct groups groups = { .report_view = report_view,
				 .count = count_groups(report_view->machine) };
	size_t count = (size_t)groups.count + 1;
	bool ok, usable = true;
	char text[320];

	groups.taken = calloc(report_view->machine->count + 1, sizeof(groups.taken[0]));
	groups.has_taken = calloc(count, sizeof(groups.has_taken[0]));
	groups.blockers = calloc(count, sizeof(groups.blockers[0]));
	ok = groups.taken && groups.has_taken && groups.blockers;
	if (ok) {
		report_view_devices(report_view, note_taken, &groups);
		find_blockers(&groups);
	}
	for (int group = 0; ok && group < groups.count; group++) {
		const struct device *blocker = groups.blockers[group];
		bool is_reserved;

		if (!groups.has_taken[group])
			continue;
		is_reserved = limits_reserve_memory(report_view->host, group);
		usable &= !blocker && !is_reserved;
		describe_group(report_view, group, blocker, is_reserved, text,
			       sizeof(text));
		if (each)
			each(data, group, !blocker && !is_reserved, text);
	}
	free(groups.taken);
	free(groups.has_taken);
	free(groups.blockers);
	return ok && usable;
}
