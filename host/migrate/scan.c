/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cmdline/params.h"
#include "migrate/scan.h"

/* -- notes and edits ----------------------------------------------------------------- */

void scan_note(struct scan *scan, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = output_format(format, arguments);
	va_end(arguments);
	if (!text || settings_add_note(scan->settings, text) < 0)
		scan->error = -ENOMEM;
}

char *scan_format_line(const struct scan *scan, const char *why)
{
	char *text;

	if (asprintf(&text, "/%s, line %zu: %s: %.200s", scan->edit->path, scan->line + 1,
		     why, scan->edit->lines[scan->line].old) < 0)
		return NULL;
	return text;
}

void scan_note_line(struct scan *scan, const char *why)
{
	_cleanup_free_ char *text = scan_format_line(scan, why);

	if (!text || settings_add_note(scan->settings, text) < 0)
		scan->error = -ENOMEM;
}

void scan_note_unclear(struct scan *scan, const char *why)
{
	scan_note_line(scan, why);
	scan->settings->is_unclear = true;
}

void scan_set_line(struct scan *scan, const char *text)
{
	if (edit_set(scan->edit, scan->line, text) < 0)
		scan->error = -ENOMEM;
}

struct target *scan_add_target(struct scan *scan)
{
	struct target *target = array_append(scan->targets, scan->target_count);

	if (!target) {
		scan->error = -ENOMEM;
		return NULL;
	}
	target->loader = scan->reader->loader;
	target->edit = scan->settings->edit_count - 1;
	target->line = scan->line;
	target->replaced = SIZE_MAX;
	return target;
}

/* -- devices ------------------------------------------------------------------------- */

static void add_item(struct scan *scan, const char *item)
{
	if (settings_add_item(scan->settings, item) < 0)
		scan->error = -ENOMEM;
}

bool scan_add_ids(struct scan *scan, const char *list)
{
	struct span rest = span_of(list), item;
	struct selector_error error;
	struct selector selector;
	char text[128];

	while (span_next_item(&rest, &item))
		if (item.length && (item.length >= sizeof(text) ||
				    selector_parse_id(item, &selector, &error) < 0 ||
				    selector.has_address || selector.is_forced))
			return false;
	rest = span_of(list);
	while (span_next_item(&rest, &item)) {
		if (!item.length)
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)item.length, item.at);
		for (char *at = text; *at; at++)
			*at = (char)tolower((unsigned char)*at);
		add_item(scan, text);
	}
	return true;
}

static const struct device *find_device(const struct scan *scan, struct span text)
{
	struct address_pattern pattern;
	const char *why;
	size_t at;

	if (address_parse(text.at, text.length, &pattern, &why, &at) < 0 ||
	    pattern.any_function || pattern.step_count)
		return NULL;
	return machine_find(&scan->machine, &pattern.address);
}

/* The item is ID@ADDRESS, and the ID is known only if the device is present. */
bool scan_add_address(struct scan *scan, struct span text)
{
	const struct device *device = find_device(scan, text);
	char item[64];

	if (!device)
		return false;
	snprintf(item, sizeof(item), "%04x:%04x@%s", (unsigned)device->pci->id.vendor,
		 (unsigned)device->pci->id.device, device->address);
	add_item(scan, item);
	return true;
}

static bool next_address(const char **list, struct span *ret)
{
	*list += strspn(*list, "(), ");
	*ret = (struct span){ *list, strcspn(*list, "(), ") };
	*list += ret->length;
	return ret->length > 0;
}

/* A list that stays where it is must not also become part of the parameter. */
bool scan_add_addresses(struct scan *scan, const char *list)
{
	const char *rest = list;
	struct span item;

	while (next_address(&rest, &item))
		if (!find_device(scan, item))
			return false;
	while (next_address(&list, &item))
		scan_add_address(scan, item);
	return true;
}

/* -- tests --------------------------------------------------------------------------- */

bool scan_is_vfio(const char *module)
{
	static const char *const names[] = { "vfio", "vfio_pci", "vfio_pci_core",
					     "vfio_iommu_type1", "vfio_virqfd" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (text_equals_name(module, names[i]))
			return true;
	return false;
}

bool scan_is_effective(const struct scan *scan, const char *cmdline)
{
	switch (scan->reader->loader) {
	case LOADER_NONE:
		break;
	case LOADER_GRUB:
		return scan->uses_grub;
	case LOADER_ENTRIES:
		return scan->uses_entries;
	case LOADER_KERNEL_INSTALL:
		return !scan->uses_grub;
	case LOADER_UKI:
		return scan->uki_cmdline && wordlist_contains(cmdline, scan->uki_cmdline);
	}
	return false;
}
