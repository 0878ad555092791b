/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "guard.h"
#include "text.h"
#include "util.h"

/* include/linux/pci_ids.h and the PCI Code and ID Assignment Specification. */
#define BASE_CLASS_STORAGE 0x01
#define BASE_CLASS_NETWORK 0x02
#define BASE_CLASS_MEMORY  0x05
#define CLASS_FIREWIRE	   0x0c00
#define CLASS_USB	   0x0c03
#define CLASS_USB4	   0x0c0340
#define CLASS_FIBRE	   0x0c04
#define CLASS_INFINIBAND   0x0c06
#define CLASS_SD	   0x0805
#define CLASS_SYSTEM_OTHER 0x0880 /* Thunderbolt before USB4, which is USB */
#define VENDOR_INTEL	   0x8086

bool guard_is_storage(const struct pci_id *id)
{
	switch (id->class >> 8) {
	case CLASS_FIREWIRE:
	case CLASS_USB:
	case CLASS_FIBRE:
	case CLASS_INFINIBAND:
	case CLASS_SD:
		return true;
	case CLASS_SYSTEM_OTHER:
		return id->vendor == VENDOR_INTEL;
	default:
		return pci_base_class(id) == BASE_CLASS_STORAGE ||
		       pci_base_class(id) == BASE_CLASS_MEMORY;
	}
}

bool guard_is_tunnel(const struct pci_id *id)
{
	return id->class == CLASS_USB4 ||
	       (id->class >> 8 == CLASS_SYSTEM_OTHER && id->vendor == VENDOR_INTEL);
}

bool guard_is_network(const struct pci_id *id)
{
	return pci_base_class(id) == BASE_CLASS_NETWORK ||
	       id->class >> 8 == CLASS_INFINIBAND;
}

bool guard_is_concerned(const struct plan_entry *entry)
{
	const struct pci_id *id = &entry->device->id;

	return entry->verdict == VERDICT_CLAIMED &&
	       !text_equals_name(entry->was, entry->driver) &&
	       (guard_is_storage(id) || guard_is_network(id));
}

static void keep(struct plan_entry *entry, enum reason reason)
{
	entry->verdict = VERDICT_KEPT;
	entry->reason = reason;
}

/* -- displays ------------------------------------------------------------------------ */

static bool is_display(const struct pci_device *device)
{
	return pci_base_class(&device->id) == PCI_BASE_CLASS_DISPLAY && !device->is_gone;
}

static bool host_keeps_display(const struct pci_list *list, const struct plan *plan)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct pci_device *device = &list->devices[i];
		const struct plan_entry *entry = plan_find(plan, device);

		if (!is_display(device))
			continue;
		if (entry ? entry->verdict != VERDICT_CLAIMED
			  : !strstr(device->driver, "vfio"))
			return true;
	}
	return false;
}

static bool is_meant(const struct selector *selector, const struct pci_list *list)
{
	unsigned count = 0;

	if (selector->has_address)
		return true;
	for (size_t i = 0; i < list->count; i++)
		count += is_display(&list->devices[i]) &&
			 selector_matches(selector, &list->devices[i].id,
					  &list->devices[i].address);
	return count == 1;
}

/* Whether the user can have meant none but this one by an item of the request. */
static bool is_display_named(const struct request *request, const struct pci_list *list,
			     const struct pci_device *device)
{
	for (size_t i = 0; i < request->wanted.count; i++) {
		const struct selector *selector = &request->wanted.items[i];

		if (selector_matches(selector, &device->id, &device->address) &&
		    is_meant(selector, list))
			return true;
	}
	return false;
}

static bool is_address_named(const struct request *request,
			     const struct pci_device *device)
{
	for (size_t i = 0; i < request->wanted.count; i++) {
		const struct selector *selector = &request->wanted.items[i];

		if (selector->has_address &&
		    selector_matches(selector, &device->id, &device->address))
			return true;
	}
	return false;
}

static bool is_sibling(const struct pci_address *a, const struct pci_address *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->slot == b->slot;
}

static void keep_slot(const struct request *request, const struct pci_device *display,
		      struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (entry->verdict == VERDICT_CLAIMED &&
		    is_sibling(&entry->device->address, &display->address) &&
		    !is_address_named(request, entry->device))
			keep(entry, REASON_BOOT_DISPLAY);
	}
}

void guard_displays(const struct request *request, const struct pci_list *list,
		    struct plan *plan)
{
	if (host_keeps_display(list, plan))
		return;
	for (size_t i = 0; i < plan->count; i++) {
		const struct pci_device *device = plan->entries[i].device;

		if (is_display(device) && device->is_boot_display &&
		    !is_display_named(request, list, device))
			keep_slot(request, device, plan);
	}
}

/* -- disks --------------------------------------------------------------------------- */

static void note(struct plan_entry *entry, const struct block *block,
		 const struct need *need)
{
	if (block)
		strcpy(entry->block, block->name);
	if (need)
		strcpy(entry->need, need->origin);
}

static bool is_use(const struct need *need)
{
	return need->source == NEED_FROM_MOUNT || need->source == NEED_FROM_SWAP;
}

static enum reason find_reason(const struct guard_facts *facts)
{
	if (facts->block)
		return is_use(facts->need) ? REASON_IN_USE : REASON_ROOT_DISK;
	if (facts->has_root_network)
		return REASON_ROOT_NETWORK;
	if (!facts->root_found)
		return REASON_ROOT_UNKNOWN;
	if (facts->unread)
		return REASON_UNREADABLE;
	if (facts->unclear || facts->missing || facts->is_stack_unclear)
		return REASON_UNCLEAR;
	return REASON_NONE;
}

void guard_judge(const struct guard_facts *facts, struct plan_entry *entry)
{
	enum reason reason = find_reason(facts);

	if (reason == REASON_NONE)
		return;
	keep(entry, reason);
	if (reason == REASON_ROOT_UNKNOWN && !facts->is_late)
		entry->verdict = VERDICT_DEFERRED;
	if (facts->block)
		note(entry, facts->block, facts->need);
	else if (facts->unread || facts->unclear)
		note(entry, facts->unread ? facts->unread : facts->unclear, NULL);
	else
		note(entry, NULL, facts->missing);
}
