/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/internal.h"
#include "machine/machine.h"
#include "ui/ui.h"

static void warn_members(const struct choice *choice)
{
	char name[FULL_NAME_SIZE];

	for (size_t i = 0; i < choice->machine.count; i++) {
		const struct device *device = &choice->machine.devices[i];

		if (!choice->chosen[i] || choice->named[i])
			continue;
		device_full_name(device, name);
		warn("also includes %s (%s), in the same %s", device->address, name,
		     device->pci->group != NO_GROUP ? "IOMMU group" : "slot");
	}
}

static void warn_caveat(void *data, const char *text)
{
	(void)data;
	warn("%s", text);
}

void members_warn(const struct choice *choice)
{
	warn_members(choice);
	caveats_each(choice, warn_caveat, NULL);
}
