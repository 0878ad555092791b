/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that bind devices, and files that programs write: these are not edited. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "migrate/internal.h"

/* Only the author of a script, a rule or a unit knows what else it does. */
static void read_one(struct collector *collector, const char *path)
{
	_cleanup_free_ char *text = NULL;

	if (beneath_read(collector->host->root_fd, path, &text) == 0 &&
	    (strstr(text, "vfio-pci") || strstr(text, "vfio_pci") ||
	     strstr(text, "driver_override")))
		collect_path(
			collector, FACT_CHECK,
			"/%s mentions vfio-pci and was left unchanged; remove it if passthru replaces it",
			path);
}

/* Also one directory deeper: drop-ins of units, and dracut's modules. */
void read_script(struct collector *collector, const char *path)
{
	_cleanup_free_ char **names = dirlist_read(collector->host->root_fd, path, "");
	char inside[PATH_MAX];

	if (strcmp(beneath_name(path), "50passthru") == 0)
		return;
	if (names && !names[0])
		read_one(collector, path);
	for (size_t i = 0; names && names[i]; i++)
		if (path_format(inside, sizeof(inside), "%s/%s", path, names[i]) < 0)
			collector->error = -ENAMETOOLONG;
		else
			read_one(collector, inside);
}

/* Whether each list of IDs in GRUB's menu is in a file that it is generated from. */
static bool is_from_files(const struct collector *collector, const char *menu)
{
	while ((menu = strstr(menu, ".ids="))) {
		_cleanup_free_ char *list = strndup(menu, strcspn(menu, " \t\n\"'\\"));
		bool found = false;

		for (size_t i = 0; list && i < collector->facts->file_count; i++) {
			const struct fact_file *file = &collector->facts->files[i];

			found |= collect_is_used(collector, file->format) &&
				 strstr(file->edit.old, list);
		}
		if (!found)
			return false;
		menu++;
	}
	return true;
}

/* What GRUB reads besides its defaults. */
void read_generated(struct collector *collector, const char *path)
{
	_cleanup_free_ char *text = NULL;
	bool is_menu = strcmp(beneath_name(path), "grub.cfg") == 0;

	if (!collect_is_used(collector, CONFIG_GRUB) ||
	    beneath_read(collector->host->root_fd, path, &text) < 0 ||
	    !legacy_list_is_mentioned(text) ||
	    (is_menu && is_from_files(collector, text)))
		return;
	collect_path(
		collector, FACT_UNCLEAR,
		"/%s has a list of devices that is in no file that passthru can edit: rename the parameter to passthru.ids there",
		path);
}
