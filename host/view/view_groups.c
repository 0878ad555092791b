/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which IOMMU groups can be given to a guest, and if not why. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/lib.h"
#include "machine/machine.h"
#include "view/view.h"

/* A sentence names no more devices; passthru list does. */
#define NAMES_MAX 6

/* A group that is judged, and what keeps it from a guest. */
struct judged {
	const struct view *view;
	const struct plan *plan;
	int group;
	enum viability_time time;
	struct blocker *blockers;
	size_t count;
};

/* The plan with the devices as they are now, without those that are gone. */
static int plan_for_now(const struct view *view, struct plan *ret)
{
	const struct plan *plan = &view->result->plan;

	*ret = (struct plan){ 0 };
	ret->entries = calloc(plan->count + 1, sizeof(ret->entries[0]));
	if (!ret->entries)
		return -ENOMEM;
	for (size_t i = 0; i < plan->count; i++) {
		const struct device *device =
			machine_find_same(view->machine, plan->entries[i].device);

		if (!device)
			continue;
		ret->entries[ret->count] = plan->entries[i];
		ret->entries[ret->count++].device = device->pci;
	}
	ret->total = ret->count;
	ret->groups_come = plan->groups_come;
	return 0;
}

static const struct plan_entry *find_held(const struct plan *plan, int group)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->entries[i].fb_release == FB_RELEASE_HELD &&
		    plan->entries[i].device->group == group)
			return &plan->entries[i];
	return NULL;
}

/* -- blockers ------------------------------------------------------------------------ */

static const struct device *find_needed(const struct judged *judged,
					const struct blocker *blocker)
{
	const struct device *device =
		machine_find(judged->view->machine, &blocker->device->address);
	bool is_taken = blocker->entry && plan_entry_is_taken(blocker->entry);

	return device && device->needed_for && !is_taken ? device : NULL;
}

/* What can never be mended comes first, then what naming it does not mend. */
static unsigned rank(const struct judged *judged, const struct blocker *blocker)
{
	if (find_needed(judged, blocker))
		return 0;
	return blocker->entry || blocker->virtual ? 1 : 2;
}

static int add_blocker(struct judged *judged, const struct blocker *blocker)
{
	struct blocker *added = array_append(judged->blockers, judged->count);

	if (!added)
		return -ENOMEM;
	*added = *blocker;
	return 0;
}

/* The deciding one becomes the first; the others stay in the order of their addresses. */
static int find_blockers(struct judged *judged)
{
	struct blocker found = { 0 };
	size_t first = 0;

	while ((found = viability_next_blocker(&judged->view->machine->pci, judged->plan,
					       judged->group, judged->time, found.device))
		       .device)
		if (add_blocker(judged, &found) < 0)
			return -ENOMEM;
	for (size_t i = 1; i < judged->count; i++)
		if (rank(judged, &judged->blockers[i]) <
		    rank(judged, &judged->blockers[first]))
			first = i;
	if (first) {
		found = judged->blockers[first];
		memmove(&judged->blockers[1], &judged->blockers[0],
			first * sizeof(found));
		judged->blockers[0] = found;
	}
	return 0;
}

/* "A (nvme), B (ahci) and C (xhci_hcd)". */
static void put_names(FILE *file, const struct blocker *blockers, size_t count)
{
	size_t shown = count <= NAMES_MAX ? count : NAMES_MAX - 1;
	char address[ADDRESS_SIZE];

	for (size_t i = 0; i < shown; i++) {
		const char *driver = blockers[i].driver;

		address_format(&blockers[i].device->address, address);
		fprintf(file, "%s%s (%s)",
			i == 0		 ? ""
			: i + 1 == count ? " and "
					 : ", ",
			address, driver[0] ? driver : "no driver yet");
	}
	if (shown < count)
		fprintf(file, " and %zu more", count - shown);
}

static bool is_known_id(const struct blocker *blockers, size_t index)
{
	const struct pci_id *id = &blockers[index].device->id;

	for (size_t i = 0; i < index; i++)
		if (blockers[i].device->id.vendor == id->vendor &&
		    blockers[i].device->id.device == id->device)
			return true;
	return false;
}

static void put_advice(FILE *file, const struct blocker *blockers, size_t count)
{
	const char *separator = "";

	fprintf(file, " with the host; name %s too (", count == 1 ? "it" : "them");
	for (size_t i = 0; i < count; i++) {
		if (is_known_id(blockers, i))
			continue;
		fprintf(file, "%s%04x:%04x", separator,
			(unsigned)blockers[i].device->id.vendor & 0xffff,
			(unsigned)blockers[i].device->id.device & 0xffff);
		separator = ",";
	}
	fputs(")", file);
}

static void put_blockers(FILE *file, const struct judged *judged)
{
	const struct blocker *first = &judged->blockers[0];
	const struct device *needed = find_needed(judged, first);
	char text[NEED_SIZE];

	if (!needed && !first->entry && !first->virtual) {
		put_names(file, first, judged->count);
		fputs(judged->count == 1 ? " is in it and stays" : " are in it and stay",
		      file);
		put_advice(file, first, judged->count);
		fputs(", or use passthru.group=claim", file);
		return;
	}
	if (needed)
		device_describe_need(needed, text);
	else
		phrase_blocker(first, text);
	fputs(text, file);
	if (judged->count > 1) {
		fputs("; also in it: ", file);
		put_names(file, first + 1, judged->count - 1);
	}
}

/* -- halves of a card ---------------------------------------------------------------- */

/* Whether a function of its card is taken, in the group that is judged. */
static bool is_other_half(const struct judged *judged, const struct device *device)
{
	const struct plan *plan = judged->plan;

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		const struct device *taken =
			machine_find(judged->view->machine, &entry->device->address);

		if (plan_entry_is_taken(entry) && entry->device->group == judged->group &&
		    taken && device_is_of_card(taken, device))
			return true;
	}
	return false;
}

static bool is_skipped(const struct view *view, const struct device *device)
{
	for (size_t i = 0; view->skipped && i < view->skipped->count; i++)
		if (selector_matches(&view->skipped->items[i], device->pci))
			return true;
	return false;
}

/* Whether it stays with the host, and nobody wants it so. */
static bool stays(const struct judged *judged, const struct device *device)
{
	const struct plan_entry *entry = plan_find(judged->plan, device->pci);

	if (entry && (plan_entry_is_taken(entry) || entry->skipped ||
		      entry->verdict == VERDICT_DEFERRED))
		return false;
	/* That VFIO has it now is nothing that the next boot repeats. */
	if (judged->time == VIABILITY_NOW && pci_driver_is_vfio(device->pci->driver))
		return false;
	return !is_skipped(judged->view, device);
}

/* Functions of a card in other groups; those in this one are its blockers. */
static int find_halves(struct judged *judged)
{
	const struct machine *machine = judged->view->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];
		const struct blocker half = { device->pci,
					      plan_find(judged->plan, device->pci),
					      device->pci->driver, NULL };

		if (device->pci->group == judged->group || !device->card ||
		    !is_other_half(judged, device) || !stays(judged, device))
			continue;
		if (add_blocker(judged, &half) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* The line of the device tells why it is not claimed if it is requested. */
static void put_halves(FILE *file, const struct judged *judged)
{
	bool is_requested = false;

	for (size_t i = 0; i < judged->count; i++)
		is_requested |= judged->blockers[i].entry != NULL;
	fprintf(file, "Group %d has only a part of a card: ", judged->group);
	put_names(file, judged->blockers, judged->count);
	fputs(judged->count == 1 ? " stays" : " stay", file);
	if (is_requested)
		fputs(" with the host", file);
	else
		put_advice(file, judged->blockers, judged->count);
}

/* -- groups -------------------------------------------------------------------------- */

static void put_held(FILE *file, const struct plan_entry *held)
{
	char address[ADDRESS_SIZE];

	address_format(&held->device->address, address);
	fprintf(file, "the boot framebuffer still covers the memory of %s", address);
}

/* name is what the firmware's tables call it, or NULL. */
static void put_reserved(FILE *file, const char *name)
{
	fputs("the firmware reserves memory for a device in it", file);
	if (name)
		fprintf(file, " (%s)", name);
	fputs("; look for a setting or an update of the firmware", file);
}

static void put_foreign(FILE *file, const char *name, const char *driver)
{
	fprintf(file,
		"it includes %s, which is no PCI device and has the host's driver %s; only another device tree or firmware separates them",
		name, driver);
}

/* Writes a sentence about the group. Returns whether a guest can have it, and use it. */
static bool put_group(FILE *file, struct judged *judged)
{
	const struct view *view = judged->view;
	const struct plan_entry *held = find_held(judged->plan, judged->group);
	bool is_reserved = limits_reserve_memory(view->host, judged->group);
	char name[NAME_SIZE], driver[DRIVER_NAME_SIZE];
	bool is_foreign = limits_find_foreign(view->host, judged->group, name, driver);

	if (!is_reserved && !is_foreign && !held && find_blockers(judged) == 0 &&
	    !judged->count && find_halves(judged) == 0) {
		if (judged->count)
			put_halves(file, judged);
		else
			fprintf(file, "Group %d can%s be given to a guest.",
				judged->group, view->result->is_dry ? " then" : "");
		return !judged->count;
	}
	fprintf(file, "Group %d cannot be given to a guest: ", judged->group);
	if (is_reserved)
		put_reserved(file, limits_reserved_name(view->host));
	else if (is_foreign)
		put_foreign(file, name, driver);
	else if (held)
		put_held(file, held);
	else if (judged->count)
		put_blockers(file, judged);
	else
		fputs("out of memory", file);
	return false;
}

bool view_groups(const struct view *view,
		 void (*each)(void *data, int group, bool usable, const char *text),
		 void *data)
{
	bool all = true;
	struct plan plan;

	if (plan_for_now(view, &plan) < 0)
		return false;
	for (int group = NO_GROUP;
	     (group = viability_next_group(&plan, group)) != NO_GROUP;) {
		struct judged judged = {
			.view = view,
			.plan = &plan,
			.group = group,
			.time = view->result->is_dry ? VIABILITY_NEXT_BOOT
						     : VIABILITY_NOW,
		};
		struct text_file sentence;
		FILE *file = text_file_open(&sentence);
		bool usable = file && put_group(file, &judged);
		_cleanup_free_ char *text = text_file_close(&sentence);

		free(judged.blockers);
		all &= usable;
		if (each)
			each(data, group, usable, text ? text : "out of memory");
	}
	plan_free(&plan);
	return all;
}
