/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "search.h"

/* -- what there is to say --------------------------------------------------------- */

static int append(char ***list, size_t *count, const char *text)
{
	char **larger = realloc(*list, (*count + 1) * sizeof(larger[0]));
	char *copy = strdup(text);

	if (larger)
		*list = larger;
	if (!larger || !copy) {
		free(copy);
		return -ENOMEM;
	}
	larger[(*count)++] = copy;
	return 0;
}

void search_note(struct search *search, const char *format, ...)
{
	char *text;
	va_list arguments;

	if (!search->is_second)
		return;
	va_start(arguments, format);
	text = output_format(format, arguments);
	va_end(arguments);
	if (!text || append(&search->found->notes, &search->found->note_count, text) < 0)
		search->error = -ENOMEM;
	free(text);
}

void search_note_line(struct search *search, const char *why)
{
	search_note(search, "/%s, line %zu: %s: %.200s", search->edit->path,
		    search->line + 1, why, search->edit->lines[search->line].old);
}

void search_note_unclear(struct search *search, const char *why)
{
	search_note_line(search, why);
	search->found->is_unclear = true;
}

void search_set_line(struct search *search, const char *text)
{
	if (search->is_second && edit_set(search->edit, search->line, text) < 0)
		search->error = -ENOMEM;
}

/* -- what is asked for --------------------------------------------------------------- */

static void add_item(struct search *search, const char *item)
{
	struct leftovers *found = search->found;

	if (search->is_second)
		return;
	for (size_t i = 0; i < found->item_count; i++)
		if (strcasecmp(found->items[i], item) == 0)
			return;
	if (append(&found->items, &found->item_count, item) < 0)
		search->error = -ENOMEM;
}

bool search_add_ids(struct search *search, const char *list)
{
	struct span rest = span_of(list), item;
	struct selector_error error;
	struct selector selector;
	char text[128];

	while (span_next_item(&rest, &item))
		if (item.length && (item.length >= sizeof(text) ||
				    selector_parse_id(item, &selector, &error) < 0 ||
				    selector.has_address))
			return false;
	rest = span_of(list);
	while (span_next_item(&rest, &item)) {
		if (!item.length)
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)item.length, item.at);
		for (char *at = text; *at; at++)
			*at = (char)tolower((unsigned char)*at);
		add_item(search, text);
	}
	return true;
}

/* An address becomes ID@ADDRESS; of a device that is not there nobody knows the ID. */
static const struct device *find_device(const struct search *search, struct span text)
{
	struct address_pattern pattern;
	const char *why;
	size_t at;

	if (address_parse(text.at, text.length, &pattern, &why, &at) < 0 ||
	    pattern.any_function)
		return NULL;
	return machine_find(&search->machine, &pattern.address);
}

bool search_add_address(struct search *search, struct span text)
{
	const struct device *device = find_device(search, text);
	char item[64];

	if (!device)
		return false;
	snprintf(item, sizeof(item), "%04x:%04x@%s", (unsigned)device->pci->id.vendor,
		 (unsigned)device->pci->id.device, device->address);
	add_item(search, item);
	return true;
}

static bool next_address(const char **list, struct span *ret)
{
	*list += strspn(*list, "(), ");
	*ret = (struct span){ *list, strcspn(*list, "(), ") };
	*list += ret->length;
	return ret->length > 0;
}

/* What is left where it is must not be asked for twice. */
bool search_add_addresses(struct search *search, const char *list)
{
	const char *rest = list;
	struct span item;

	while (next_address(&rest, &item))
		if (!find_device(search, item))
			return false;
	while (next_address(&list, &item))
		search_add_address(search, item);
	return true;
}

/* -- what is looked for, and where it goes ---------------------------------------- */

bool search_is_vfio(const char *module)
{
	static const char *const names[] = { "vfio", "vfio_pci", "vfio_pci_core",
					     "vfio_iommu_type1", "vfio_virqfd" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (text_equals_name(module, names[i]))
			return true;
	return false;
}

bool search_has_old_words(const char *text)
{
	return strstr(text, "vfio-pci") || strstr(text, "vfio_pci") ||
	       strstr(text, "pciback") || strstr(text, "qubes.hide_pci") ||
	       strstr(text, "fb:off") || strstr(text, "pci-stub") ||
	       strstr(text, "pci_stub");
}

bool search_is_part(const char *path)
{
	return strncmp(path, "etc/cmdline.d/", 14) == 0 ||
	       strncmp(path, "etc/dracut.conf", 15) == 0;
}

bool search_is_effective(const struct search *search)
{
	const char *path = search->edit ? search->edit->path : "";

	if (leftovers_is_of_grub(path))
		return search->uses_grub;
	if (strstr(path, "loader/entries/"))
		return search->uses_entries;
	if (search_is_part(path))
		return search->image && search->part &&
		       words_contain(search->part, search->image);
	return !search->uses_grub && strcmp(path, "etc/kernel/cmdline") == 0;
}

bool search_is_home(const struct search *search)
{
	return search->is_second && search->found->item_count && !search->has_carrier &&
	       search_is_effective(search);
}
