/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions the IOMMU groups of enabled devices had: another kernel may differ. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "machine/internal.h"

bool groups_next(const char **text, struct known_group *ret)
{
	struct text_cursor line;
	struct parameter word;

	while (text_next_line(text, &line)) {
		*ret = (struct known_group){ 0 };
		while (tokenizer_next(&line, &word)) {
			if (span_equals(word.name, "kernel"))
				ret->kernel = word.value;
			else if (span_equals(word.name, "members"))
				ret->members = word.value;
		}
		if (ret->members.length)
			return true;
	}
	return false;
}

/* Whether test() is true for a member. Other versions' items are none. */
static bool has_member(const struct known_group *group,
		       bool (*test)(void *data, const struct selector *member),
		       void *data)
{
	struct span item, rest = group->members;
	struct selector_error error;
	struct selector member;

	while (span_next_item(&rest, &item))
		if (selector_parse_id(item, &member, &error) == 0 && test(data, &member))
			return true;
	return false;
}

static bool is_device(void *data, const struct selector *member)
{
	const struct device *device = data;

	return selector_matches(member, device->pci);
}

bool groups_had(const struct known_group *group, const struct device *device)
{
	return has_member(group, is_device, (void *)(uintptr_t)device);
}

bool groups_is_chosen(void *data, const struct selector *member)
{
	const struct machine *machine = data;

	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].is_chosen &&
		    selector_matches(member, machine->devices[i].pci))
			return true;
	return false;
}

/* -- making the text ----------------------------------------------------------------- */

/* Prints the lines without a member for which that is true. */
static void put_others(FILE *file, const char *text,
		       bool (*is_dropped)(void *data, const struct selector *member),
		       void *data)
{
	const char *rest = text;
	struct known_group group;

	while (groups_next(&rest, &group))
		if (!has_member(&group, is_dropped, data))
			fprintf(file, "kernel=%.*s members=%.*s\n",
				(int)group.kernel.length,
				group.kernel.length ? group.kernel.at : "",
				(int)group.members.length, group.members.at);
}

/* Whether a group has a line because of this device, the first one that is chosen. */
static bool is_first_chosen(const struct machine *machine, const struct device *device)
{
	if (!device->is_chosen || device->pci->group == NO_GROUP)
		return false;
	for (const struct device *at = machine->devices; at < device; at++)
		if (at->is_chosen && at->pci->group == device->pci->group)
			return false;
	return true;
}

static void put_group(FILE *file, const struct machine *machine, int group)
{
	const char *separator = "";

	fprintf(file, "kernel=%s members=", machine->kernel);
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (device->pci->group != group || device->pci->is_bridge)
			continue;
		fprintf(file, "%s%04x:%04x@%s", separator,
			(unsigned)device->pci->id.vendor,
			(unsigned)device->pci->id.device,
			device_lasting_address(machine, device));
		separator = ",";
	}
	fputc('\n', file);
}

char *groups_remember(const struct machine *machine, const char *old)
{
	struct text_file text;
	FILE *file = text_file_open(&text);

	if (file)
		put_others(file, old, groups_is_chosen, (void *)(uintptr_t)machine);
	for (size_t i = 0; file && i < machine->count; i++)
		if (is_first_chosen(machine, &machine->devices[i]))
			put_group(file, machine, machine->devices[i].pci->group);
	return text_file_close(&text);
}

char *groups_forget(const char *old,
		    bool (*is_forgotten)(void *data, const struct selector *member),
		    void *data)
{
	struct text_file text;
	FILE *file = text_file_open(&text);

	if (file)
		put_others(file, old, is_forgotten, data);
	return text_file_close(&text);
}
