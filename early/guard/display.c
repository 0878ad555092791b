/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "guard/internal.h"
#include "pci/pci.h"

/* PCI_CLASS_DISPLAY_3D in include/linux/pci_ids.h. */
#define CLASS_3D 0x0302

static bool is_display(const struct pci_device *device)
{
	return pci_base_class(&device->id) == PCI_BASE_CLASS_DISPLAY && !device->is_gone;
}

/* A 3D controller, of most laptops for example, has no connector of its own. */
static bool has_screen(const struct pci_device *device)
{
	return is_display(device) && device->id.class >> 8 != CLASS_3D;
}

static bool host_keeps_display(const struct pci_list *list, const struct plan *plan)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct pci_device *device = &list->devices[i];
		const struct plan_entry *entry = plan_find(plan, device);

		if (!has_screen(device))
			continue;
		if (entry ? entry->verdict != VERDICT_PENDING
			  : !pci_driver_is_vfio(device->driver))
			return true;
	}
	return false;
}

/* Whether the selector means one display: by address, or by an ID that no other has. */
static bool is_unambiguous(const struct selector *selector, const struct pci_list *list)
{
	unsigned count = 0;

	if (selector->has_address)
		return true;
	for (size_t i = 0; i < list->count; i++)
		count += is_display(&list->devices[i]) &&
			 selector_matches(selector, &list->devices[i]);
	return count == 1;
}

static bool is_display_requested(const struct params *params, const struct pci_list *list,
				 const struct pci_device *device)
{
	for (size_t i = 0; i < params->wanted.count; i++) {
		const struct selector *selector = &params->wanted.items[i];

		if (selector_matches(selector, device) &&
		    (selector->is_forced || is_unambiguous(selector, list)))
			return true;
	}
	return false;
}

static bool is_requested_alone(const struct params *params,
			       const struct pci_device *device)
{
	for (size_t i = 0; i < params->wanted.count; i++) {
		const struct selector *selector = &params->wanted.items[i];

		if ((selector->has_address || selector->is_forced) &&
		    selector_matches(selector, device))
			return true;
	}
	return false;
}

static void keep_slot(const struct params *params, const struct pci_device *display,
		      struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (entry->verdict != VERDICT_PENDING ||
		    !address_is_same_slot(&entry->device->address, &display->address) ||
		    is_requested_alone(params, entry->device))
			continue;
		entry->verdict = VERDICT_KEPT;
		entry->reason = REASON_BOOT_DISPLAY;
	}
}

void guard_display_judge(const struct params *params, const struct pci_list *list,
			 struct plan *plan)
{
	if (host_keeps_display(list, plan))
		return;
	for (size_t i = 0; i < plan->count; i++) {
		const struct pci_device *device = plan->entries[i].device;

		if (is_display(device) && device->is_boot_display &&
		    !is_display_requested(params, list, device))
			keep_slot(params, device, plan);
	}
}

void guard_displays(int root_fd, int bus_fd, const struct params *params,
		    struct pci_list *list, struct plan *plan)
{
	if (!plan_has_display(plan))
		return;
	pci_read_display_attributes(bus_fd, list);
	for (size_t i = 0; i < list->count; i++) {
		struct pci_device *device = &list->devices[i];
		struct framebuffer unused;

		/* Only class 0300 has boot_vga; the firmware may use any display. */
		if (pci_base_class(&device->id) == PCI_BASE_CLASS_DISPLAY &&
		    framebuffer_find(root_fd, &device->address, &unused) == 0)
			device->is_boot_display = true;
	}
	guard_display_judge(params, list, plan);
}
