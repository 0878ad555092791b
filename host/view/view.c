/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"
#include "view/view.h"

/* -- devices ------------------------------------------------------------------------- */

/* Whether the next boot will claim it. */
static bool is_planned(const struct view *view, const struct view_device *device)
{
	return view->result->is_dry && device->entry->verdict == VERDICT_CLAIMED;
}

const char *view_verdict(const struct view *view, const struct view_device *device)
{
	return device->is_gone
		       ? reason_word(REASON_GONE)
		       : verdict_word(device->entry->verdict, view->result->is_dry);
}

/* What has to be different then, or what the boot will change. */
static void describe_planned(struct view_device *ret)
{
	const struct plan_entry *entry = ret->entry;
	const char *now = entry->now;
	const char *condition = "";

	if (entry->device->group == NO_GROUP && plan_needs_group(entry->wanted))
		condition = " if the IOMMU is on then";
	else if (entry->device->has_vfs && strcmp(now, entry->wanted) != 0)
		condition = ", without its virtual functions";
	else if (ret->device && device_is_unseen(ret->device) && !entry->is_forced)
		condition = " if its disks turn out not to be the host's";
	ret->is_ok = true;
	if (now[0] && !condition[0])
		snprintf(ret->text, sizeof(ret->text), "will be claimed (now: %s)", now);
	else
		snprintf(ret->text, sizeof(ret->text), "will be claimed%s", condition);
}

/* What is plugged out, or a virtual function that its host no longer wants, may go. */
static void describe_gone(struct view_device *ret)
{
	const struct plan_entry *entry = ret->entry;
	bool was_claimed = entry->verdict == VERDICT_CLAIMED;

	ret->is_ok = true;
	snprintf(ret->text, sizeof(ret->text), "is gone%s%s",
		 was_claimed ? "; it was claimed by " : "",
		 was_claimed ? entry->wanted : "");
}

/* What was claimed, and whether it still is. */
static void describe_claimed(struct view_device *ret)
{
	const struct plan_entry *entry = ret->entry;
	const char *now = ret->device->pci->driver;
	bool is_changed = entry->was[0] && strcmp(entry->was, now) != 0;

	ret->is_ok = strcmp(now, entry->wanted) == 0;
	if (ret->is_ok && entry->fb_release == FB_RELEASE_HELD) {
		ret->is_ok = false;
		snprintf(
			ret->text, sizeof(ret->text),
			"claimed by %s, but the boot framebuffer still covers its memory, so no guest can map it; boot with initcall_blacklist=sysfb_init",
			entry->wanted);
	} else if (ret->is_ok)
		snprintf(ret->text, sizeof(ret->text), "claimed by %s%s%s", entry->wanted,
			 is_changed ? ", taken from " : "", is_changed ? entry->was : "");
	else
		snprintf(ret->text, sizeof(ret->text),
			 "was claimed by %s, but its driver is now %s", entry->wanted,
			 now[0] ? now : "none");
}

static void describe_other(const struct view *view, struct view_device *ret)
{
	const struct plan_entry *entry = ret->entry;
	const struct machine *machine = view->machine;
	bool is_display = ret->device && device_is_display(ret->device);
	char phrase[PHRASE_SIZE];

	if (entry->reason == REASON_PROBE && denylist_has(&entry->device->id))
		snprintf(phrase, sizeof(phrase), "%s", DENYLIST_PHRASE);
	else if (view->result->is_dry && entry->reason == REASON_GONE && ret->device &&
		 ret->device->physical)
		snprintf(
			phrase, sizeof(phrase),
			"its physical function, %s, will be claimed and then has no virtual ones; leave out either",
			ret->device->physical->address);
	else if (view->is_live && entry->reason == REASON_NO_DRIVER)
		snprintf(phrase, sizeof(phrase),
			 "the kernel has no such driver, nor a module of that name");
	else
		phrase_describe(entry,
				is_display ? machine->display_advice : machine->advice,
				phrase);
	ret->is_ok = entry->skipped;
	snprintf(ret->text, sizeof(ret->text), "%s%s: %s%s",
		 view->result->is_dry ? "will be " : "", view_verdict(view, ret), phrase,
		 entry->verdict == VERDICT_FAILED && !view->is_live ? "; see dmesg" : "");
}

/* Which list names it that is not passthru's. */
static void add_source(struct view_device *ret)
{
	enum item_source source = ret->entry->source;
	size_t length = strlen(ret->text);

	if (source)
		snprintf(
			ret->text + length, sizeof(ret->text) - length,
			source == SOURCE_BUILTIN
				? "; vfio-pci.ids= names it and vfio-pci is built in, so no guard can apply"
			: source == SOURCE_MODPROBE ? "; modprobe.d names it"
						    : "; vfio-pci.ids= names it");
}

static bool is_by_address(const struct params *params, const struct device *device)
{
	for (size_t i = 0; params && device && i < params->wanted.count; i++)
		if (params->wanted.items[i].has_address &&
		    selector_matches(&params->wanted.items[i], device->pci))
			return true;
	return false;
}

static void describe(const struct view *view, const struct plan_entry *entry,
		     struct view_device *ret)
{
	const struct pci_id *id = &entry->device->id;

	*ret = (struct view_device){ .entry = entry };
	address_format(&entry->device->address, ret->address);
	snprintf(ret->id, sizeof(ret->id), "%04x:%04x", (unsigned)id->vendor & 0xffff,
		 (unsigned)id->device & 0xffff);
	ret->device = machine_find_same(view->machine, entry->device);
	ret->by_address = is_by_address(view->params, ret->device);
	ret->is_gone = !ret->device && !view->result->is_dry;
	if (ret->is_gone)
		describe_gone(ret);
	else if (is_planned(view, ret))
		describe_planned(ret);
	else if (entry->verdict == VERDICT_CLAIMED)
		describe_claimed(ret);
	else
		describe_other(view, ret);
	add_source(ret);
}

bool view_devices(const struct view *view,
		  void (*each)(void *data, const struct view_device *device), void *data)
{
	const struct plan *plan = &view->result->plan;
	bool ok = true;

	for (size_t i = 0; i < plan->count; i++) {
		struct view_device device;

		describe(view, &plan->entries[i], &device);
		ok = ok && device.is_ok;
		if (each)
			each(data, &device);
	}
	return view_pfs(view, NULL, NULL) && ok;
}

/* -- settings ------------------------------------------------------------------------ */

static const char *value_or_none(const char *value)
{
	return value[0] ? value : "none";
}

static void describe_setting(const struct view *view,
			     const struct setting_result *setting,
			     char text[static PHRASE_SIZE])
{
	const char *name = setting_name(setting->kind),
		   *got = value_or_none(setting->got);
	bool is_new = strcmp(setting->was, setting->got) != 0;

	if (setting->verdict == SETTING_REFUSED || setting->verdict == SETTING_LOST)
		snprintf(text, PHRASE_SIZE, "%s %s %s: %s", name, setting->wanted,
			 view->result->is_dry ? "will be refused" : "was refused",
			 setting_phrase(setting));
	else if (setting->verdict == SETTING_RESTORED)
		snprintf(text, PHRASE_SIZE, "%s %s, as before", name, got);
	else
		snprintf(text, PHRASE_SIZE, "%s %s%s%s%s", name,
			 view->result->is_dry && is_new ? "will be " : "", got,
			 !is_new		? ""
			 : view->result->is_dry ? ", now "
						: ", before ",
			 is_new ? value_or_none(setting->was) : "");
}

void view_settings(const struct view *view, const struct view_device *device,
		   void (*each)(void *data, const struct setting_result *setting,
				const char *text),
		   void *data)
{
	const struct settings *settings = &view->result->settings;
	char text[PHRASE_SIZE];

	for (size_t i = 0; i < settings->count; i++) {
		const struct setting_result *setting = &settings->items[i];

		if (setting->device != device->entry->device ||
		    setting->verdict == SETTING_PENDING)
			continue;
		describe_setting(view, setting, text);
		each(data, setting, text);
	}
}

bool view_problems(const struct view *view,
		   void (*each)(void *data, const struct problem *problem), void *data)
{
	const struct run_result *result = view->result;
	bool ok = true;

	for (size_t i = 0; i < result->problem_count; i++) {
		ok = ok && result->problems[i].kind == PROBLEM_NO_EFFECT;
		if (each)
			each(data, &result->problems[i]);
	}
	return ok;
}
