/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "migrate/readers.h"

/* An override is a file with the driver's name; its own name is the device's address. */
void legacy_driverctl_read(struct scan *scan, const char *line)
{
	const char *address = strrchr(scan->edit->path, '/') + 1;

	if (scan->edit->count != 1 || strcmp(line, "vfio-pci") != 0)
		return;
	if (strncmp(address, "pci-", 4) == 0)
		address += 4;
	if (scan_add_address(scan, span_of(address)))
		scan->edit->is_deleted = true;
	else
		scan_note(scan, "/%s names a device that is not present; left unchanged",
			  scan->edit->path);
}
