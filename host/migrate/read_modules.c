/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of modules to load, and what driverctl(8) keeps. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/lib.h"
#include "migrate/internal.h"

/* -- /etc/modules, modules-load.d and initramfs-tools/modules ---------------------------
 */

static bool is_comment(const char *word)
{
	return word[0] == '#';
}

/* Returns why the options are not understood, or NULL; puts the IDs into the file. */
static const char *read_options(struct wordlist *words, FILE *items)
{
	for (size_t i = 1; i < words->count && !is_comment(words->items[i]); i++) {
		const char *option = wordlist_unquote(words->items[i]), *why;

		if (strncmp(option, "ids=", 4) != 0)
			return "an option is not understood";
		why = legacy_check_ids(span_of(option + 4));
		if (why)
			return why;
		fprintf(items, "%s%s", ftell(items) ? "," : "", option + 4);
	}
	return NULL;
}

static void read_vfio(struct collector *collector, struct wordlist *words)
{
	char *items = NULL;
	size_t size;
	FILE *file = open_memstream(&items, &size);
	const char *why = file ? read_options(words, file) : NULL;

	if (!file || fclose(file) != 0)
		collector->error = -ENOMEM;
	else if (why)
		collect_line(collector, FACT_UNCLEAR, why);
	else
		collect_setting(collector, items[0] ? FACT_REQUEST : FACT_SUPPORT, NULL,
				items);
	free(items);
}

void read_modules(struct collector *collector, const char *line)
{
	struct wordlist words;

	if (wordlist_split(line, &words) < 0) {
		collector->error = -ENOMEM;
		return;
	}
	if (!words.count || is_comment(words.items[0]))
		;
	else if (legacy_is_vfio(span_of(words.items[0])))
		read_vfio(collector, &words);
	else if (strstr(line, "vfio"))
		collect_line(
			collector, FACT_CHECK,
			"left unchanged, since it has no effect in a list of modules");
	wordlist_free(&words);
}

/* -- driverctl(8) ---------------------------------------------------------------------
 */

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
