/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "plan/viability.h"

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
	return strcmp(driver, "pcieport") == 0 || strcmp(driver, "pci-stub") == 0 ||
	       strstr(driver, "vfio");
}

static bool is_blocker(const struct plan *plan, const struct pci_device *device)
{
	const struct plan_entry *entry = plan_find(plan, device);

	if (device->is_bridge)
		return false;
	/* Of a deferred one nothing is known yet; the late stage tells. */
	if (entry && (plan_entry_is_taken(entry) || entry->verdict == VERDICT_DEFERRED))
		return false;
	if (device->driver[0])
		return !viability_tolerates(device->driver);
	/* Host bridges and the like rarely get a driver. */
	return pci_base_class(&device->id) != PCI_BASE_CLASS_BRIDGE;
}

const struct pci_device *viability_find_blocker(const struct pci_list *list,
						const struct plan *plan, int group)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->devices[i].group == group &&
		    is_blocker(plan, &list->devices[i]))
			return &list->devices[i];
	return NULL;
}
