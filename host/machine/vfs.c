/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual functions, which belong to a physical one. */
#include "machine/machine.h"

void vfs_sum(const struct machine *machine, const struct device *physical,
	     struct vf_summary *ret)
{
	*ret = (struct vf_summary){ .driver = "" };
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (device->physical != physical)
			continue;
		if (!ret->count++)
			ret->first = device;
		ret->last = device;
		ret->claimed += device->is_claimed;
		ret->idle += !device->pci->driver[0];
		if (!ret->driver[0] && !device->is_claimed)
			ret->driver = device->pci->driver;
	}
}
