/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "machine/annotate.h"

size_t annotate_group_members(const struct machine *machine, const struct device *device,
			      void (*each)(void *data, const struct device *other),
			      void *data)
{
	size_t count = 0;

	if (device->pci->group == NO_GROUP || !device_counts(device))
		return 0;
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *other = &machine->devices[i];

		if (other == device || other->pci->group != device->pci->group ||
		    !device_counts(other))
			continue;
		count++;
		if (each)
			each(data, other);
	}
	return count;
}

static void print_note(const struct output *output, enum style style, unsigned indent,
		       const char *text)
{
	printf("%*s", (int)indent, "");
	output_styled(output, style, "* ");
	output_wrapped(output, style, indent + 2, indent + 2, "%s", text);
}

struct listing {
	char text[160];
	size_t count;
};

/* Names the first three. */
static void list_member(void *data, const struct device *other)
{
	struct listing *listing = data;
	size_t length = strlen(listing->text);

	if (listing->count++ >= 3)
		return;
	snprintf(listing->text + length, sizeof(listing->text) - length, "%s%s",
		 length ? ", " : "", other->address);
}

static void print_members(const struct output *output, const struct machine *machine,
			  const struct device *device, unsigned indent)
{
	struct listing listing = { .text = "" };
	size_t count = annotate_group_members(machine, device, list_member, &listing);
	char text[320], more[32] = "";

	if (count == 0)
		return;
	if (count > 3)
		snprintf(more, sizeof(more), " and %zu more", count - 3);
	snprintf(text, sizeof(text),
		 "cannot be passed through alone: %s%s %s in its group", listing.text,
		 more, count > 1 ? "are" : "is");
	print_note(output, STYLE_DIM, indent, text);
}

void annotate_print(const struct output *output, const struct machine *machine,
		    const struct device *device, unsigned indent)
{
	char text[200];

	if (device->is_claimed)
		print_note(output, STYLE_GOOD, indent, "claimed for passthrough");
	if (device->pci->is_boot_display)
		print_note(output, STYLE_NOTE, indent, "boot display");
	if (device->backs_system) {
		snprintf(text, sizeof(text), "root disk or in use: %s", device->system);
		print_note(output, STYLE_BAD, indent, text);
	}
	if (device->vf_count) {
		snprintf(
			text, sizeof(text),
			"%u virtual functions are enabled: pass those through, or write 0 to its sriov_numvfs",
			device->vf_count);
		print_note(output, STYLE_NOTE, indent, text);
	}
	print_members(output, machine, device, indent);
}
