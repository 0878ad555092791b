/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"

struct caller {
	const struct choice *choice;
	void (*each)(void *data, const char *text);
	void *data;
};

static void say(const struct caller *caller, const char *format, ...) _printf_(2, 3);

static void say(const struct caller *caller, const char *format, ...)
{
	char *text;
	va_list arguments;

	va_start(arguments, format);
	text = output_format(format, arguments);
	va_end(arguments);
	caller->each(caller->data, text ? text : format);
	free(text);
}

static void check_display(const struct caller *caller)
{
	const struct choice *choice = caller->choice;
	const char *taken = NULL;

	for (size_t i = 0; i < choice->machine.count; i++) {
		const struct device *device = &choice->machine.devices[i];

		if (!device_is_display(device))
			continue;
		if (choice->chosen[i])
			taken = device->address;
		else if (!pci_driver_is_vfio(device->pci->driver))
			return;
	}
	if (taken)
		say(caller,
		    "%s is the last display of this machine: its screen freezes or stays dark from early in the boot; make sure that you can log in another way, such as ssh",
		    taken);
}

static void check_device(const struct caller *caller, const struct device *device)
{
	if (device->backs_system)
		say(caller,
		    "%s backs the system (%s), so passthru keeps it for the host; leave it out",
		    device->address, device->system);
	if (device->vf_count)
		say(caller,
		    "%s has %u virtual functions enabled, so passthru refuses it; name those, or disable them",
		    device->address, device->vf_count);
}

/* Bridges with a driver of the host make their group unusable. */
static void check_blockers(const struct caller *caller)
{
	const struct choice *choice = caller->choice;
	const struct machine *machine = &choice->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (choice->chosen[i] || !device_shares_fate(device) ||
		    device->pci->group == NO_GROUP)
			continue;
		for (size_t j = 0; j < machine->count; j++) {
			if (!choice->named[j] ||
			    machine->devices[j].pci->group != device->pci->group)
				continue;
			say(caller,
			    "the group cannot be given to a guest: it includes the bridge %s, which has the driver %s",
			    device->address, device->pci->driver);
			break;
		}
	}
}

void caveats_each(const struct choice *choice, void (*each)(void *data, const char *text),
		  void *data)
{
	const struct caller caller = { choice, each, data };

	check_display(&caller);
	for (size_t i = 0; i < choice->machine.count; i++)
		if (choice->chosen[i])
			check_device(&caller, &choice->machine.devices[i]);
	check_blockers(&caller);
	if (!choice->machine.has_groups)
		say(&caller,
		    "there are no IOMMU groups yet, so their members are a guess, and no device can be passed through: %s",
		    choice->machine.advice);
}
