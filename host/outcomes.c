/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "outcomes.h"

/* -- devices ------------------------------------------------------------------------- */

/* The words of passthru-report(5), and what each of them asks for. */
static const struct {
	const char *reason, *text;
} reasons[] = {
	{ "skipped", "passthru.skip names it" },
	{ "boot-display",
	  "the host would have no other display; if it is meant, name its "
	  "address in passthru.addrs" },
	{ "root-disk", "it carries the root file system; leave it out" },
	{ "in-use", "what is on it is in use; unmount it, or leave it out" },
	{ "root-network", "the root file system comes through it; leave it out" },
	{ "unreadable", "a disk behind it cannot be read, and may be the system's" },
	{ "unclear", "a disk behind it may be the system's" },
	{ "root-unknown",
	  "the root disk is not known, and may be behind it; have root= name "
	  "one that is there" },
	{ "bridge", "it is a bridge; name the devices behind it" },
	{ "has-vfs",
	  "its virtual functions are switched on; name those, or do not switch "
	  "them on" },
	{ "gone", "it vanished" },
	{ "override", "its driver_override could not be written; see dmesg" },
	{ "no-driver", "the driver is not in the boot image; see passthru check" },
	{ "unbind", "its driver does not let go; see dmesg" },
	{ "probe", "the driver does not take it; see dmesg" },
	{ "timeout", "it took longer than passthru.timeout; see dmesg" },
	{ "internal", "passthru-early could not do its work; see dmesg" },
};

static const char *find_text(const char *reason)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (strcmp(reasons[i].reason, reason) == 0)
			return reasons[i].text;
	return reason;
}

static const char *name_or(const char *name, const char *other)
{
	return name[0] && strcmp(name, "none") != 0 ? name : other;
}

/* A dry run says "kept" of what is to be claimed. */
static bool is_dry(const struct outcome_device *device)
{
	return strcmp(device->reason, "dryrun") == 0;
}

/* In the boot to come there may be an IOMMU, and there are no virtual functions yet. */
static bool is_planned(const struct outcomes *outcomes,
		       const struct outcome_device *device)
{
	if (is_dry(device))
		return true;
	if (!outcomes->is_plan)
		return false;
	if (strcmp(device->verdict, "claimed") == 0)
		return true;
	return strcmp(device->reason, "has-vfs") == 0 ||
	       (outcomes->iommu_comes && strcmp(device->reason, "no-iommu") == 0);
}

static void describe_plan(struct outcome_device *ret)
{
	const char *now = name_or(ret->driver, "");

	ret->is_good = true;
	if (strcmp(ret->reason, "no-iommu") == 0)
		snprintf(ret->text, sizeof(ret->text),
			 "will be claimed, if the IOMMU comes up");
	else if (strcmp(ret->reason, "has-vfs") == 0)
		snprintf(ret->text, sizeof(ret->text),
			 "will be claimed, so that there will be none of its virtual "
			 "functions");
	else if (now[0])
		snprintf(ret->text, sizeof(ret->text), "will be claimed (now: %s)", now);
	else
		snprintf(ret->text, sizeof(ret->text), "will be claimed");
}

/* What was claimed, and whether it still is. */
static void describe_claimed(struct outcome_device *ret)
{
	const char *now = ret->device ? ret->device->pci->driver : "";

	ret->is_good = ret->device && strcmp(now, ret->driver) == 0;
	if (ret->is_good)
		snprintf(ret->text, sizeof(ret->text), "claimed by %s%s%s", ret->driver,
			 name_or(ret->was, "")[0] && strcmp(ret->was, now) != 0
				 ? ", taken from "
				 : "",
			 strcmp(ret->was, now) != 0 ? name_or(ret->was, "") : "");
	else if (!ret->device)
		snprintf(ret->text, sizeof(ret->text),
			 "was claimed by %s, but is not there any more", ret->driver);
	else
		snprintf(ret->text, sizeof(ret->text),
			 "was claimed by %s, but now %s has it", ret->driver,
			 name_or(now, "no driver"));
}

static void describe_other(const struct outcomes *outcomes, const struct record *record,
			   struct outcome_device *ret)
{
	const char *text = find_text(ret->reason);
	char block[64], need[128];

	if (strcmp(ret->reason, "no-iommu") == 0)
		text = outcomes->machine->advice;
	ret->is_good = strcmp(ret->reason, "skipped") == 0;
	snprintf(ret->text, sizeof(ret->text), "%s%s: %s%s",
		 outcomes->is_plan ? "will be " : "", ret->verdict,
		 strcmp(ret->reason, "no-iommu") == 0 ? "it has no IOMMU group; " : "",
		 text);
	record_get(record, "need", need, sizeof(need));
	if (record_get(record, "block", block, sizeof(block))) {
		size_t length = strlen(ret->text);

		snprintf(ret->text + length, sizeof(ret->text) - length, " (%s%s%s)",
			 block, need[0] ? ", " : "", need);
	}
}

static bool read_device(const struct outcomes *outcomes, const struct record *record,
			struct outcome_device *ret)
{
	struct address_pattern pattern;
	const char *why;
	size_t at;

	*ret = (struct outcome_device){ 0 };
	record_get(record, "device", ret->address, sizeof(ret->address));
	record_get(record, "id", ret->id, sizeof(ret->id));
	record_get(record, "verdict", ret->verdict, sizeof(ret->verdict));
	record_get(record, "reason", ret->reason, sizeof(ret->reason));
	record_get(record, "driver", ret->driver, sizeof(ret->driver));
	record_get(record, "was", ret->was, sizeof(ret->was));
	if (address_parse(ret->address, strlen(ret->address), &pattern, &why, &at) < 0)
		return false;
	ret->device = machine_find(outcomes->machine, &pattern.address);
	ret->is_planned = is_planned(outcomes, ret);
	if (ret->is_planned)
		describe_plan(ret);
	else if (strcmp(ret->verdict, "claimed") == 0)
		describe_claimed(ret);
	else
		describe_other(outcomes, record, ret);
	return true;
}

bool outcomes_devices(const struct outcomes *outcomes,
		      void (*each)(void *data, const struct outcome_device *device),
		      void *data)
{
	const char *text = outcomes->report;
	struct outcome_device device;
	struct record record;
	bool good = true;

	while (record_next(&text, &record)) {
		if (!record_is(&record, "device") ||
		    !read_device(outcomes, &record, &device))
			continue;
		good = good && device.is_good;
		if (each)
			each(data, &device);
	}
	return good;
}

/* -- the command line ---------------------------------------------------------------- */

static bool describe_problem(const struct record *record, char *text, size_t size)
{
	char item[128], verdict[16], parameter[64], other[64];

	record_get(record, "verdict", verdict, sizeof(verdict));
	record_get(record, "parameter", parameter, sizeof(parameter));
	if (record_is(record, "selector")) {
		record_get(record, "selector", item, sizeof(item));
		if (strcmp(verdict, "malformed") == 0)
			snprintf(text, size,
				 "\"%s\" in %s cannot be read; see passthru-cmdline(7)",
				 item, parameter);
		else if (record_get(record, "found", other, sizeof(other)))
			snprintf(text, size,
				 "%s is not there: at that address is %s; see passthru "
				 "list %s",
				 item, other, other);
		else
			snprintf(text, size,
				 "%s is not there; see passthru list for what is", item);
		return true;
	}
	if (!record_is(record, "parameter"))
		return false;
	if (record_get(record, "nearest", other, sizeof(other)))
		snprintf(text, size, "there is no parameter %s, the nearest is %s",
			 parameter, other);
	else
		snprintf(text, size,
			 "the value of %s cannot be read; see "
			 "passthru-cmdline(7)",
			 parameter);
	return true;
}

bool outcomes_problems(const struct outcomes *outcomes,
		       void (*each)(void *data, const char *text), void *data)
{
	const char *text = outcomes->report;
	struct record record;
	char problem[384];
	bool good = true;

	while (record_next(&text, &record)) {
		if (!describe_problem(&record, problem, sizeof(problem)))
			continue;
		good = false;
		if (each)
			each(data, problem);
	}
	return good;
}

/* -- groups -------------------------------------------------------------------------- */

static bool is_reported(const struct outcomes *outcomes, const char *address)
{
	char record[sizeof("device= ") + ADDRESS_SIZE];

	snprintf(record, sizeof(record), "device=%s ", address);
	return strstr(outcomes->report, record) != NULL;
}

/* Whether the report's text takes that device, now or in the plan. */
static bool is_taken(const struct outcomes *outcomes, const char *address)
{
	const char *text = outcomes->report;
	struct outcome_device device;
	struct record record;

	while (record_next(&text, &record))
		if (record_is(&record, "device") &&
		    read_device(outcomes, &record, &device) &&
		    strcmp(device.address, address) == 0)
			return strcmp(device.verdict, "claimed") == 0 ||
			       device.is_planned;
	return false;
}

/*
 * What keeps the group from being usable, or NULL. In a boot that is yet to come a device
 * without a driver gets one.
 */
static const struct device *find_blocker(const struct outcomes *outcomes, int group)
{
	for (size_t i = 0; i < outcomes->machine->count; i++) {
		const struct device *device = &outcomes->machine->devices[i];

		if (device->pci->group != group || device->pci->is_bridge)
			continue;
		if (outcomes->is_plan && is_taken(outcomes, device->address))
			continue;
		if (device->pci->driver[0] ? !group_tolerates(device->pci->driver)
					   : outcomes->is_plan && device_counts(device))
			return device;
	}
	return NULL;
}

static void describe_group(const struct outcomes *outcomes, int group,
			   const struct device *blocker, char *text, size_t size)
{
	const char *driver =
		blocker ? name_or(blocker->pci->driver, "no driver yet") : "";

	if (!blocker)
		snprintf(text, size, "Group %d can be given to a guest%s.", group,
			 outcomes->is_plan ? " then" : "");
	else if (is_reported(outcomes, blocker->address))
		snprintf(text, size,
			 "Group %d cannot be given to a guest: %s (%s) is in it, and is "
			 "not claimed",
			 group, blocker->address, driver);
	else
		snprintf(
			text, size,
			"Group %d cannot be given to a guest: %s (%s) is in it and stays "
			"with the host; name it too (%04x:%04x), or use "
			"passthru.group=claim",
			group, blocker->address, driver,
			(unsigned)blocker->pci->id.vendor,
			(unsigned)blocker->pci->id.device);
}

/* Groups of which something is taken, in the order of their first device. */
struct seen {
	const struct outcomes *outcomes;
	bool *groups; /* by number */
	int count;
};

static void note_group(void *data, const struct outcome_device *device)
{
	struct seen *seen = data;
	int group = device->device ? device->device->pci->group : NO_GROUP;

	if (group != NO_GROUP && group < seen->count &&
	    (strcmp(device->verdict, "claimed") == 0 || device->is_planned))
		seen->groups[group] = true;
}

static int count_groups(const struct machine *machine)
{
	int count = 0;

	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].pci->group >= count)
			count = machine->devices[i].pci->group + 1;
	return count;
}

bool outcomes_groups(const struct outcomes *outcomes,
		     void (*each)(void *data, int group, bool usable, const char *text),
		     void *data)
{
	struct seen seen = { .outcomes = outcomes,
			     .count = count_groups(outcomes->machine) };
	bool good = true;
	char text[320];

	seen.groups = calloc((size_t)seen.count + 1, sizeof(seen.groups[0]));
	if (!seen.groups)
		return false;
	outcomes_devices(outcomes, note_group, &seen);
	for (int group = 0; group < seen.count; group++) {
		const struct device *blocker;

		if (!seen.groups[group])
			continue;
		blocker = find_blocker(outcomes, group);
		good = good && !blocker;
		describe_group(outcomes, group, blocker, text, sizeof(text));
		if (each)
			each(data, group, !blocker, text);
	}
	free(seen.groups);
	return good;
}

/* -- all of it ----------------------------------------------------------------------- */

static void print_device(void *data, const struct outcome_device *device)
{
	const struct outcomes *outcomes = data;
	const struct output *output = &outcomes->host->output;
	char name[FULL_NAME_SIZE] = "not there";

	if (device->device)
		device_full_name(device->device, name);
	output_styled(output, STYLE_TITLE, device->address);
	printf("%*s", 14 - (int)strlen(device->address), " ");
	output_wrapped(output, device->is_good ? STYLE_GOOD : STYLE_BAD, 14, 14, "%s",
		       device->text);
	printf("%14s", "");
	output_wrapped(output, STYLE_PLAIN, 14, 14, "%s [%s]", name, device->id);
}

static void print_problem(void *data, const char *text)
{
	const struct outcomes *outcomes = data;

	output_wrapped(&outcomes->host->output, STYLE_BAD, 0, 2, "%s", text);
}

static void print_group(void *data, int group, bool usable, const char *text)
{
	const struct outcomes *outcomes = data;

	(void)group;
	output_wrapped(&outcomes->host->output, usable ? STYLE_PLAIN : STYLE_BAD, 0, 2,
		       "%s", text);
}

bool outcomes_print(const struct outcomes *outcomes)
{
	void *data = (void *)(uintptr_t)outcomes;
	bool good = outcomes_devices(outcomes, print_device, data);

	good &= outcomes_groups(outcomes, print_group, data);
	good &= outcomes_problems(outcomes, print_problem, data);
	return good;
}

static void add_device(void *data, const struct outcome_device *device)
{
	struct json_object *object = json_append(data);

	json_add_text(object, "address", device->address);
	json_add_text(object, "id", device->id);
	json_add_text(object, "verdict",
		      device->is_planned ? "claimed" : device->verdict);
	json_add_text(object, "reason", device->is_planned ? NULL : device->reason);
	json_add_bool(object, "good", device->is_good);
	json_add_text(object, "driver",
		      device->device ? device->device->pci->driver : NULL);
	json_add_text(object, "text", device->text);
}

static void add_group(void *data, int group, bool usable, const char *text)
{
	struct json_object *object = json_append(data);

	json_add_number(object, "group", group);
	json_add_bool(object, "usable", usable);
	json_add_text(object, "text", text);
}

static void add_problem(void *data, const char *text)
{
	json_append_text(data, text);
}

bool outcomes_add(const struct outcomes *outcomes, struct json_object *object)
{
	bool good =
		outcomes_devices(outcomes, add_device, json_add_array(object, "devices"));

	good &= outcomes_groups(outcomes, add_group, json_add_array(object, "groups"));
	good &= outcomes_problems(outcomes, add_problem,
				  json_add_array(object, "problems"));
	return good;
}
