/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "util.h"

static bool is_selected(const struct selectors *list, const struct pci_device *device)
{
	for (size_t i = 0; i < list->count; i++)
		if (selector_matches(&list->items[i], &device->id, &device->address))
			return true;
	return false;
}

/* Notes for every selector whether it fits. Returns whether any does. */
static bool match_wanted(const struct selectors *wanted, struct plan_match *matches,
			 const struct pci_device *device)
{
	bool any = false;

	for (size_t i = 0; i < wanted->count; i++) {
		const struct selector *selector = &wanted->items[i];

		if (selector_matches(selector, &device->id, &device->address)) {
			matches[i].matched++;
			any = true;
		} else if (selector->has_address && !matches[i].other &&
			   address_matches(&selector->address, &device->address)) {
			matches[i].other = device;
		}
	}
	return any;
}

int plan_select(const struct request *request, const struct pci_list *list,
		struct plan *ret)
{
	size_t room = 0;

	*ret = (struct plan){ 0 };
	ret->matches = calloc(request->wanted.count + 1, sizeof(ret->matches[0]));
	if (!ret->matches)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++) {
		if (!match_wanted(&request->wanted, ret->matches, &list->devices[i]))
			continue;
		if (ret->count == room) {
			size_t larger = room ? room * 2 : 16;
			void *entries =
				realloc(ret->entries, larger * sizeof(ret->entries[0]));

			if (!entries)
				return -ENOMEM;
			ret->entries = entries;
			room = larger;
		}
		ret->entries[ret->count++] =
			(struct plan_entry){ .device = &list->devices[i] };
	}
	return 0;
}

static void decide(struct plan_entry *entry, enum verdict verdict, enum reason reason)
{
	entry->verdict = verdict;
	entry->reason = reason;
}

static void judge(const struct request *request, struct plan_entry *entry)
{
	const struct pci_device *device = entry->device;

	strcpy(entry->was, device->driver);
	strcpy(entry->now, device->driver);
	if (is_selected(&request->skipped, device))
		decide(entry, VERDICT_KEPT, REASON_SKIPPED);
	else if (entry->reason == REASON_GONE)
		decide(entry, VERDICT_FAILED, REASON_GONE);
	else if (device->is_bridge)
		decide(entry, VERDICT_REFUSED, REASON_BRIDGE);
	else if (device->group == NO_GROUP)
		decide(entry, VERDICT_REFUSED, REASON_NO_IOMMU);
	else if (device->has_vfs && strcmp(device->driver, request->driver) != 0)
		decide(entry, VERDICT_REFUSED, REASON_HAS_VFS);
	else
		decide(entry, VERDICT_CLAIMED, REASON_NONE);
}

void plan_judge(const struct request *request, struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		judge(request, &plan->entries[i]);
}

void plan_hold_back(const struct request *request, struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (entry->verdict == VERDICT_CLAIMED &&
		    strcmp(entry->was, request->driver) != 0)
			decide(entry, VERDICT_KEPT, REASON_DRYRUN);
	}
}

void plan_free(struct plan *plan)
{
	free(plan->entries);
	free(plan->matches);
	*plan = (struct plan){ 0 };
}

size_t plan_count(const struct plan *plan, enum verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		count += plan->entries[i].verdict == verdict;
	return count;
}

static bool is_satisfied(const struct plan_entry *entry)
{
	return entry->verdict == VERDICT_CLAIMED || entry->reason == REASON_SKIPPED ||
	       entry->reason == REASON_DRYRUN;
}

bool plan_is_complete(const struct request *request, const struct plan *plan)
{
	for (size_t i = 0; i < request->problem_count; i++)
		if (request->problems[i].kind != PROBLEM_NO_EFFECT)
			return false;
	for (size_t i = 0; i < request->wanted.count; i++)
		if (plan->matches[i].matched == 0)
			return false;
	for (size_t i = 0; i < plan->count; i++)
		if (!is_satisfied(&plan->entries[i]))
			return false;
	return true;
}
