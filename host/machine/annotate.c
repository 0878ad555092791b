/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "machine/internal.h"

size_t annotate_group_members(const struct machine *machine, const struct device *device,
			      void (*each)(void *data, const struct device *other),
			      void *data)
{
	size_t count = 0;

	if (device->pci->group == NO_GROUP || !device_shares_fate(device))
		return 0;
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *other = &machine->devices[i];

		if (other == device || other->pci->group != device->pci->group ||
		    !device_shares_fate(other))
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

void annotate_print(const struct output *output, const struct device *device,
		    unsigned indent)
{
	char text[sizeof(device->system) + 64];

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
}
