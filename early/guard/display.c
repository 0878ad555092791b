/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "cmdline/cmdline.h"
#include "guard/internal.h"
#include "pci/pci.h"

/* PCI_CLASS_DISPLAY_3D and _OTHER in include/linux/pci_ids.h. */
#define CLASS_3D    0x0302
#define CLASS_OTHER 0x0380

static bool is_display(const struct pci_device *device)
{
	return pci_is_display(&device->id) && !device->is_gone;
}

/*
 * A 3D controller, of most laptops for example, has no connector of its own; nor has a
 * virtual function, or another display controller off the root bus, an accelerator,
 * unless the firmware uses it.
 */
static bool has_screen(const struct pci_device *device)
{
	unsigned class = device->id.class >> 8;

	if (!is_display(device) || device->is_virtual)
		return false;
	return class == CLASS_OTHER ? !device->address.bus || device->is_boot_display
				    : class != CLASS_3D;
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

static void keep_slot(const struct pci_device *display, struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (entry->verdict != VERDICT_PENDING ||
		    !address_is_same_slot(&entry->device->address, &display->address) ||
		    entry->is_named)
			continue;
		entry->verdict = VERDICT_KEPT;
		entry->reason = REASON_BOOT_DISPLAY;
	}
}

/* Of those that are requested, if nobody knows which one the firmware uses. */
static const struct pci_device *find_first(const struct pci_list *list,
					   const struct plan *plan)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->devices[i].is_boot_display)
			return NULL;
	for (size_t i = 0; i < plan->count; i++) {
		const struct pci_device *device = plan->entries[i].device;

		if (is_display(device) && !device->is_virtual &&
		    device->id.class >> 8 != CLASS_3D)
			return device;
	}
	return NULL;
}

void guard_display_judge(const struct pci_list *list, struct plan *plan)
{
	const struct pci_device *first;

	if (host_keeps_display(list, plan))
		return;
	first = find_first(list, plan);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		if (is_display(entry->device) && !entry->is_meant &&
		    (entry->device->is_boot_display || entry->device == first))
			keep_slot(entry->device, plan);
	}
}

void guard_displays(int root_fd, int bus_fd, struct pci_list *list, struct plan *plan)
{
	if (!plan_has_display(plan))
		return;
	pci_read_display_attributes(bus_fd, list);
	for (size_t i = 0; i < list->count; i++) {
		struct pci_device *device = &list->devices[i];
		struct framebuffer unused;

		/* Only one that the host would keep is of interest. */
		if (pci_is_display(&device->id) && !plan_find(plan, device))
			pci_read_physical(bus_fd, device);
		/* Only class 0300 has boot_vga; the firmware may use any display. */
		if (pci_is_display(&device->id) && !device->is_boot_display &&
		    framebuffer_find(root_fd, &device->address, &unused) == 0)
			device->is_boot_display = true;
	}
	guard_display_judge(list, plan);
}

/* -- serial consoles ------------------------------------------------------------------
 */

/* In a plan from some devices only, others may have the same ID. */
static bool is_meant(const struct plan *plan, const struct plan_entry *entry)
{
	return entry->is_named || (entry->is_meant && !plan->is_partial);
}

/* source and name say how the console is known, such as "console=" and "ttyS4". */
static void keep_console(int root_fd, const char *source, struct span words,
			 struct plan *plan)
{
	struct span name = words.length ? span_until(words, ',') : words;
	char path[64], target[PATH_MAX];

	if (!words.length || memchr(name.at, '/', name.length) ||
	    path_format(path, sizeof(path), "sys/class/tty/%.*s", (int)name.length,
			name.at) < 0 ||
	    sysfs_read_target(root_fd, path, target, sizeof(target)) < 0)
		return;
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (entry->verdict != VERDICT_PENDING ||
		    !address_is_in_path(&entry->device->address, target) ||
		    is_meant(plan, entry))
			continue;
		entry->verdict = VERDICT_KEPT;
		entry->reason = REASON_CONSOLE;
		snprintf(entry->note, sizeof(entry->note), "%s%.*s", source,
			 (int)words.length, words.at);
	}
}

/* Whether a serial port may be behind it: also on USB, or of a class that says nothing.
 */
static bool may_have_port(const struct pci_id *id)
{
	switch (pci_base_class(id)) {
	case 0x00:
	case PCI_BASE_CLASS_COMMUNICATION:
	case 0x0c:
	case 0xff:
		return true;
	default:
		return false;
	}
}

/* The kernel's list of the consoles in use: show_cons_active() in drivers/tty/tty_io.c.
 */
static void keep_active(int root_fd, struct plan *plan)
{
	char text[256];
	struct text_cursor rest = { text, text };
	struct span name;
	ssize_t length =
		sysfs_read(root_fd, "sys/class/tty/console/active", text, sizeof(text));

	rest.end += length > 0 ? length : 0;
	while ((name = text_next_word(&rest)).length)
		keep_console(root_fd, "console/active=", name, plan);
}

/* console=ttyS4,115200n8: Documentation/admin-guide/serial-console.rst. */
void guard_console(int root_fd, const struct cmdline *cmdline, struct plan *plan)
{
	for (size_t i = 0; i < cmdline->count; i++)
		if (span_equals(cmdline->words[i].name, "console"))
			keep_console(root_fd, "console=", cmdline->words[i].value, plan);
	for (size_t i = 0; i < plan->count; i++) {
		if (!may_have_port(&plan->entries[i].device->id))
			continue;
		keep_active(root_fd, plan);
		break;
	}
}
