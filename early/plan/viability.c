/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/text.h"
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

static bool is_blocker(const struct blocker *found, enum viability_time time)
{
	const struct plan_entry *entry = found->entry;

	if (!viability_concerns(found->device) ||
	    (time == VIABILITY_BOOT && entry && entry->verdict == VERDICT_DEFERRED))
		return false;
	return found->driver[0] ? !viability_tolerates(found->driver)
				: time == VIABILITY_BOOT;
}

struct blocker viability_find_blocker(const struct pci_list *list,
				      const struct plan *plan, int group,
				      enum viability_time time)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct pci_device *device = &list->devices[i];
		struct blocker found = { device, NULL, device->driver };

		if (device->group != group)
			continue;
		found.entry = plan_find(plan, device);
		if (time == VIABILITY_BOOT && found.entry &&
		    plan_entry_is_taken(found.entry))
			found.driver = found.entry->driver;
		if (is_blocker(&found, time))
			return found;
	}
	return (struct blocker){ 0 };
}
