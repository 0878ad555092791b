/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "migrate/internal.h"

static const struct device *find_device(const struct collector *collector,
					struct span text)
{
	struct address_pattern pattern;
	const char *why;
	size_t at;

	if (address_parse(text.at, text.length, &pattern, &why, &at) < 0 ||
	    pattern.any_function || pattern.step_count)
		return NULL;
	return machine_find(&collector->machine, &pattern.address);
}

/* An override is a file with the driver's name; its own name is the device's address. */
void read_driverctl(struct collector *collector, const char *line)
{
	struct span address = span_of(strrchr(collector->edit->path, '/') + 1);
	const struct device *device;
	char items[64];

	if (collector->edit->count != 1 || strcmp(line, "vfio-pci") != 0)
		return;
	span_skip_prefix(&address, "pci-");
	device = find_device(collector, address);
	if (!device) {
		collect_path(
			collector, FACT_CHECK,
			"/%s names a device that is not present and was left unchanged",
			collector->edit->path);
		return;
	}
	snprintf(items, sizeof(items), "%04x:%04x@%s", (unsigned)device->pci->id.vendor,
		 (unsigned)device->pci->id.device, device->address);
	collect_setting(collector, FACT_REQUEST, NULL, items);
}
