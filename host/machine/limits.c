/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"
#include "lib/beneath.h"
#include "machine/limits.h"

/* Lines are "0xSTART 0xEND TYPE"; VFIO accepts the type "direct-relaxable". */
bool limits_reserve_memory(const struct host *host, int group)
{
	_cleanup_free_ char *regions = NULL;
	char path[128];

	snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%d/reserved_regions",
		 group);
	return beneath_read(host->root_fd, path, &regions) == 0 &&
	       strstr(regions, " direct\n");
}

static bool has_reset(const struct host *host, const struct device *device)
{
	char path[128], methods[64];

	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/reset_method",
		 device->address);
	return sysfs_read(host->root_fd, path, methods, sizeof(methods)) > 0 &&
	       methods[0];
}

bool limits_know_resets(const struct host *host, const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		if (has_reset(host, &machine->devices[i]))
			return true;
	return false;
}

void limits_each(const struct host *host, bool resets_known, const struct device *device,
		 void (*each)(void *data, const char *text), void *data)
{
	char text[256];

	if (resets_known && !has_reset(host, device)) {
		snprintf(
			text, sizeof(text),
			"%s cannot be reset, so a guest may be able to use it only once until the host boots again",
			device->address);
		each(data, text);
	}
}
