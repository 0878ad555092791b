/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "migrate/readers.h"

/* Only the author of a script, a rule or a unit knows what else it does. */
void legacy_scripts_read(struct scan *scan, const char *path)
{
	struct edit edit;
	bool found = false;

	if (edit_open(scan->host->root_fd, path, &edit) < 0)
		return;
	for (size_t i = 0; i < edit.count; i++)
		found |= strstr(edit.lines[i].old, "vfio-pci") ||
			 strstr(edit.lines[i].old, "driver_override");
	edit_free(&edit);
	if (found)
		scan_note(
			scan,
			"/%s mentions vfio-pci and was left unchanged; remove it if passthru replaces it",
			path);
}
