/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "plan/internal.h"

static bool is_selected(const struct selectors *list, const struct pci_device *device)
{
	for (size_t i = 0; i < list->count; i++)
		if (selector_matches(&list->items[i], device))
			return true;
	return false;
}

/*
 * Counts the device for every selector that matches it. Returns whether any does that may
 * take it: no wildcard takes a bridge, such as that to the chipset's LPC bus, which has
 * the configuration header of an endpoint.
 */
static bool match_wanted(const struct selectors *wanted, struct plan_match *matches,
			 const struct pci_device *device)
{
	bool is_bridge = pci_base_class(&device->id) == PCI_BASE_CLASS_BRIDGE;
	bool any = false;

	for (size_t i = 0; i < wanted->count; i++) {
		const struct selector *selector = &wanted->items[i];

		if (selector_matches(selector, device)) {
			matches[i].matched++;
			matches[i].displays += pci_is_display(&device->id);
			if (is_bridge && selector_is_wildcard(selector))
				continue;
			matches[i].has_other = true;
			any = true;
		} else if (selector->has_address && !matches[i].other &&
			   pci_matches(device, &selector->address)) {
			matches[i].other = device;
		}
	}
	return any;
}

/* Whether nothing else of its kind matches: an ID may be the card's and its audio's. */
static bool is_only_match(const struct plan_match *match, const struct pci_device *device)
{
	return pci_is_display(&device->id) ? match->displays == 1 : match->matched == 1;
}

/* How the selectors name the entry, once all devices have been counted. */
static void note_names(const struct selectors *wanted, const struct plan *plan,
		       struct plan_entry *entry)
{
	for (size_t i = wanted->count; i-- > 0;) {
		const struct selector *selector = &wanted->items[i];

		if (!selector_matches(selector, entry->device))
			continue;
		entry->source = selector->source;
		entry->is_forced |= selector->is_forced;
		entry->is_named |= selector->is_forced || (selector->has_address &&
							   !selector->address.any_slot &&
							   !selector->address.is_below);
		entry->is_exact |=
			selector->has_address && !selector->address.any_function;
		entry->is_meant |= entry->is_named ||
				   is_only_match(&plan->matches[i], entry->device);
	}
}

/* passthru.vfs names VFs by their PF, and keeps that unless its address names it, too. */
static void note_vfs(const struct params *params, const struct pci_list *list,
		     struct plan_entry *entry)
{
	const struct pci_device *pf =
		entry->device->is_given ? pci_list_find(list, &entry->device->physical)
					: NULL;

	entry->skipped |= entry->device->gives_vfs && !entry->is_exact;
	for (size_t i = 0; pf && i < params->vfs.count; i++) {
		const struct selector *selector = &params->vfs.items[i];

		if (!selector_matches(selector, pf))
			continue;
		entry->is_named = entry->is_meant = true;
		entry->is_forced |= selector->is_forced;
	}
}

/* Returns NULL if out of memory. */
static struct plan_entry *add_entry(const struct params *params,
				    struct pci_device *device, struct plan *plan)
{
	struct plan_entry *entry = array_append(plan->entries, plan->count);

	if (!entry)
		return NULL;
	plan->total = plan->count;
	entry->device = device;
	entry->skipped = is_selected(&params->skipped, device);
	return entry;
}

const struct plan_entry *plan_find(const struct plan *plan,
				   const struct pci_device *device)
{
	for (size_t i = 0; i < plan->total; i++)
		if (plan->entries[i].device == device)
			return &plan->entries[i];
	return NULL;
}

static int compare_entries(const void *a, const void *b)
{
	const struct plan_entry *left = a, *right = b;

	return address_compare(&left->device->address, &right->device->address);
}

static void sort_entries(struct plan *plan)
{
	if (plan->count)
		qsort(plan->entries, plan->count, sizeof(plan->entries[0]),
		      compare_entries);
}

/* A bridge that a wildcard matches, and nothing else: it is refused, not ignored. */
static bool is_only_bridge(const struct selectors *wanted, const struct plan *plan,
			   const struct pci_device *device)
{
	for (size_t i = 0; i < wanted->count; i++)
		if (!plan->matches[i].has_other &&
		    selector_matches(&wanted->items[i], device))
			return true;
	return false;
}

static int add_bridges(const struct params *params, const struct pci_list *list,
		       struct plan *plan)
{
	size_t before = plan->count;

	for (size_t i = 0; i < list->count; i++) {
		struct pci_device *device = &list->devices[i];
		struct plan_entry *entry;

		if (pci_base_class(&device->id) != PCI_BASE_CLASS_BRIDGE ||
		    plan_find(plan, device) ||
		    !is_only_bridge(&params->wanted, plan, device))
			continue;
		entry = add_entry(params, device, plan);
		if (!entry)
			return -ENOMEM;
		entry->is_bridge = true;
	}
	if (plan->count > before)
		sort_entries(plan);
	return 0;
}

int plan_select(const struct params *params, const struct pci_list *list,
		struct plan *ret)
{
	*ret = (struct plan){ 0 };
	ret->matches = calloc(params->wanted.count + 1, sizeof(ret->matches[0]));
	if (!ret->matches)
		return -ENOMEM;
	ret->match_count = params->wanted.count;
	for (size_t i = 0; i < ret->match_count; i++)
		ret->matches[i].text = params->wanted.items[i].text;
	for (size_t i = 0; i < list->count; i++) {
		struct pci_device *device = &list->devices[i];

		if ((match_wanted(&params->wanted, ret->matches, device) ||
		     device->is_given) &&
		    !add_entry(params, device, ret))
			return -ENOMEM;
	}
	if (add_bridges(params, list, ret) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < ret->count; i++) {
		note_names(&params->wanted, ret, &ret->entries[i]);
		note_vfs(params, list, &ret->entries[i]);
	}
	return 0;
}

const struct plan_entry *plan_find_at(const struct plan *plan,
				      const struct pci_address *address)
{
	for (size_t i = 0; i < plan->count; i++)
		if (address_compare(&plan->entries[i].device->address, address) == 0)
			return &plan->entries[i];
	return NULL;
}

/* A virtual function of the device that is taken, in the same group, or NULL. */
static const struct pci_device *find_virtual(const struct plan *plan,
					     const struct pci_device *device)
{
	for (size_t i = 0; device->has_vfs && i < plan->total; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		if (entry->device->is_virtual && entry->device->group == device->group &&
		    !entry->skipped && plan_entry_is_taken(entry) &&
		    address_compare(&entry->device->physical, &device->address) == 0)
			return entry->device;
	}
	return NULL;
}

/* Whether the function is, or may come to be, in the group of what a selector matched. */
static bool is_group_wanted(const struct plan *plan, const struct pci_device *device)
{
	bool may_join = plan->groups_come && device->group == NO_GROUP;

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		if (entry->by_group || entry->skipped)
			continue;
		if (may_join ? pci_is_same_card(entry->device, device)
			     : device->group != NO_GROUP &&
				       entry->device->group == device->group)
			return true;
	}
	return false;
}

int plan_add_groups(const struct params *params, const struct pci_list *list,
		    struct plan *plan)
{
	if (params->group != GROUP_CLAIM)
		return 0;
	for (size_t i = 0; i < list->count; i++) {
		struct pci_device *device = &list->devices[i];
		struct plan_entry *entry;

		if (device->is_bridge || device->gives_vfs ||
		    pci_base_class(&device->id) == PCI_BASE_CLASS_BRIDGE)
			continue;
		if (!is_group_wanted(plan, device) || plan_find(plan, device) ||
		    find_virtual(plan, device))
			continue;
		entry = add_entry(params, device, plan);
		if (!entry)
			return -ENOMEM;
		entry->by_group = true;
	}
	sort_entries(plan);
	return 0;
}

static void swap(struct plan_entry *a, struct plan_entry *b)
{
	struct plan_entry saved = *a;

	*a = *b;
	*b = saved;
}

void plan_limit(struct plan *plan,
		bool (*is_ours)(const void *data, const struct plan_entry *entry),
		const void *data)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (is_ours(data, &plan->entries[i]))
			swap(&plan->entries[kept++], &plan->entries[i]);
	plan->count = kept;
}

static void decide(struct plan_entry *entry, enum verdict verdict, enum reason reason)
{
	entry->verdict = verdict;
	entry->reason = reason;
}

bool plan_needs_group(const char *driver)
{
	return pci_driver_is_vfio(driver);
}

static void judge(struct plan_entry *entry, struct plan_prospect prospect)
{
	const struct pci_device *device = entry->device;
	bool has_it = text_equals_name(device->driver, entry->wanted);

	strcpy(entry->was, device->driver);
	strcpy(entry->now, device->driver);
	entry->is_noiommu = prospect.is_noiommu && device->group == NO_GROUP &&
			    plan_needs_group(entry->wanted);
	/* The kernel has bound it before any guard could tell, or will have. */
	if (entry->source == SOURCE_BUILTIN && (has_it || prospect.is_next_boot))
		entry->is_forced = entry->is_named = true;
	if (entry->skipped)
		decide(entry, VERDICT_KEPT,
		       device->gives_vfs ? REASON_GIVES_VFS : REASON_SKIPPED);
	else if (device->is_gone)
		decide(entry, VERDICT_FAILED, REASON_GONE);
	else if ((device->id.vendor & device->id.device & 0xffff) == 0xffff)
		decide(entry, VERDICT_REFUSED, REASON_NO_ANSWER);
	else if (device->is_bridge || entry->is_bridge)
		decide(entry, VERDICT_REFUSED, REASON_BRIDGE);
	else if (plan_needs_group(entry->wanted) && device->group == NO_GROUP &&
		 !prospect.groups_may_come && !prospect.is_noiommu)
		decide(entry, VERDICT_REFUSED, REASON_NO_IOMMU);
	else if (plan_needs_group(entry->wanted) && device->has_vfs && !has_it &&
		 !prospect.is_next_boot)
		decide(entry, VERDICT_REFUSED, REASON_HAS_VFS);
	else
		decide(entry, VERDICT_PENDING, REASON_NONE);
}

/*
 * Whether a function of the slot is refused for what it is; a bridge is no part of a
 * card. The entries are in the order of their addresses, so those of a slot are
 * neighbours.
 */
static bool is_slot_refused(const struct plan *plan, size_t index)
{
	const struct pci_device *device = plan->entries[index].device;
	size_t i = index > ADDRESS_SIBLINGS_MAX ? index - ADDRESS_SIBLINGS_MAX : 0;

	for (; i < plan->count && i <= index + ADDRESS_SIBLINGS_MAX; i++) {
		const struct plan_entry *other = &plan->entries[i];

		if (pci_is_same_card(other->device, device) &&
		    (other->reason == REASON_NO_IOMMU ||
		     other->reason == REASON_HAS_VFS ||
		     other->reason == REASON_NO_ANSWER))
			return true;
	}
	return false;
}

void plan_judge(struct plan_prospect prospect, struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		judge(&plan->entries[i], prospect);
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (entry->verdict == VERDICT_PENDING &&
		    !text_equals_name(entry->was, entry->wanted) &&
		    is_slot_refused(plan, i))
			decide(entry, VERDICT_REFUSED, REASON_SLOT);
	}
}

void plan_apply_dry_run(struct plan *plan)
{
	for (size_t i = 0; i < plan->total; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (entry->verdict == VERDICT_PENDING)
			decide(entry, VERDICT_CLAIMED, REASON_NONE);
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

bool plan_has_display(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (pci_base_class(&plan->entries[i].device->id) ==
		    PCI_BASE_CLASS_DISPLAY)
			return true;
	return false;
}

bool plan_entry_is_taken(const struct plan_entry *entry)
{
	return entry->verdict == VERDICT_PENDING || entry->verdict == VERDICT_CLAIMED;
}

bool plan_entry_is_gone(const struct plan_entry *entry)
{
	return entry->verdict == VERDICT_FAILED && entry->reason == REASON_GONE;
}

bool plan_is_complete(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (!plan->entries[i].skipped && !plan_entry_is_gone(&plan->entries[i]) &&
		    !plan_entry_is_taken(&plan->entries[i]))
			return false;
	return true;
}

/* -- groups -------------------------------------------------------------------------- */

int viability_next_group(const struct plan *plan, int previous)
{
	int next = NO_GROUP;

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		int group = entry->device->group;

		if (!plan_entry_is_taken(entry) || group <= previous)
			continue;
		if (next == NO_GROUP || group < next)
			next = group;
	}
	return next;
}

bool viability_tolerates(const char *driver)
{
	return strcmp(driver, "pcieport") == 0 || text_equals_name(driver, "pci-stub") ||
	       pci_driver_is_vfio(driver);
}

bool viability_concerns(const struct pci_device *device)
{
	if (device->is_bridge)
		return false;
	return pci_base_class(&device->id) != PCI_BASE_CLASS_BRIDGE ||
	       (device->driver[0] && !viability_tolerates(device->driver));
}

/* Whether its driver, present or to come, leaves the group usable. */
static bool is_tolerated(const struct blocker *found, enum viability_time time)
{
	bool is_taken = found->entry && plan_entry_is_taken(found->entry);

	if (!found->driver[0])
		return time == VIABILITY_NOW;
	if (time == VIABILITY_NEXT_BOOT && !is_taken && pci_driver_is_vfio(found->driver))
		return false;
	return viability_tolerates(found->driver);
}

static bool is_blocker(const struct blocker *found, enum viability_time time)
{
	const struct plan_entry *entry = found->entry;

	if (!viability_concerns(found->device) ||
	    (time != VIABILITY_NOW && entry && entry->verdict == VERDICT_DEFERRED))
		return false;
	return !is_tolerated(found, time);
}

/*
 * Whether the function of the list is in the group, or may join it once a driver probes
 * it: nobody knows before, but the functions of a slot mostly share one.
 */
static bool is_member(const struct pci_list *list, const struct plan *plan,
		      const struct pci_device *device, int group,
		      enum viability_time time)
{
	const struct pci_device *other;

	if (device->group != NO_GROUP || !plan->groups_come || time == VIABILITY_NOW ||
	    device->is_gone)
		return device->group == group;
	for (other = pci_slot_first(list, device); other;
	     other = pci_slot_next(list, other))
		if (other->group == group && pci_is_same_card(other, device))
			return true;
	return false;
}

struct blocker viability_next_blocker(const struct pci_list *list,
				      const struct plan *plan, int group,
				      enum viability_time time,
				      const struct pci_device *previous)
{
	size_t from = previous ? (size_t)(previous - list->devices) + 1 : 0;

	for (size_t i = from; i < list->count; i++) {
		const struct pci_device *device = &list->devices[i];
		struct blocker found = { device, NULL, device->driver, NULL };

		if (!is_member(list, plan, device, group, time))
			continue;
		found.entry = plan_find(plan, device);
		if (time != VIABILITY_NOW && found.entry &&
		    plan_entry_is_taken(found.entry))
			found.driver = found.entry->wanted;
		if (!is_blocker(&found, time))
			continue;
		found.virtual = find_virtual(plan, device);
		return found;
	}
	return (struct blocker){ 0 };
}

struct blocker viability_find_blocker(const struct pci_list *list,
				      const struct plan *plan, int group,
				      enum viability_time time)
{
	return viability_next_blocker(list, plan, group, time, NULL);
}
