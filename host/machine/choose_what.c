/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user names: an address, or what a filter of passthru list finds one card by.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "machine/internal.h"
#include "ui/ui.h"

/* -- cards --------------------------------------------------------------------------- */

bool device_can_be_meant(const struct device *device)
{
	return !device->pci->is_bridge &&
	       pci_base_class(&device->pci->id) != PCI_BASE_CLASS_BRIDGE;
}

const struct device *device_of_card(const struct machine *machine,
				    const struct device *device)
{
	if (device->physical)
		return device;
	if (device->card)
		return device->card;
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *other = &machine->devices[i];

		if (device_can_be_meant(other) && !other->physical && !other->card &&
		    address_is_same_slot(&device->pci->address, &other->pci->address))
			return other;
	}
	return device;
}

const char *device_short_address(const struct machine *machine,
				 const struct device *device)
{
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].pci->address.domain)
			return device->address;
	return device->address + strlen("0000:");
}

/* -- readings ------------------------------------------------------------------------ */

/* A way to read a word. */
struct reading {
	const char *what; /* what the word is then */
	char form[32]; /* how to write that so that it means nothing else; "": by address
			*/
	struct filter filter;
};

/* The first one is that of passthru list. */
struct readings {
	struct reading items[6];
	size_t count;
};

static bool means(const struct reading *reading, const struct device *device)
{
	return device_can_be_meant(device) && filter_matches(&reading->filter, device);
}

/* Whether it means a function of that card. */
static bool means_card(const struct machine *machine, const struct reading *reading,
		       const struct device *card)
{
	for (size_t i = 0; i < machine->count; i++)
		if (means(reading, &machine->devices[i]) &&
		    device_of_card(machine, &machine->devices[i]) == card)
			return true;
	return false;
}

/* The next one that a reading means of another card than those before it; or NULL. */
static const struct device *next_card(const struct machine *machine,
				      const struct reading *reading,
				      const struct device *after)
{
	size_t i = after ? (size_t)(after - machine->devices) + 1 : 0;

	for (; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];
		const struct device *card = device_of_card(machine, device);
		bool is_known = false;

		if (!means(reading, device))
			continue;
		for (size_t j = 0; j < i && !is_known; j++)
			is_known = means(reading, &machine->devices[j]) &&
				   device_of_card(machine, &machine->devices[j]) == card;
		if (!is_known)
			return device;
	}
	return NULL;
}

/* Unless it means nothing, or no other card than the first one does. */
static void add_reading(const struct machine *machine, struct readings *readings,
			const struct reading *reading)
{
	const struct device *at = NULL;
	bool is_new = readings->count == 0;

	while (!is_new && (at = next_card(machine, reading, at)))
		is_new = !means_card(machine, &readings->items[0],
				     device_of_card(machine, at));
	if (is_new && readings->count < ARRAY_SIZE(readings->items))
		readings->items[readings->count++] = *reading;
}

static _printf_(4, 5) void add_form(const struct machine *machine,
				    struct readings *readings, const char *what,
				    const char *format, ...)
{
	struct reading reading = { .what = what };
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reading.form, sizeof(reading.form), format, arguments);
	va_end(arguments);
	if (filter_parse(reading.form, &reading.filter) == 0)
		add_reading(machine, readings, &reading);
}

/* A device ID without its vendor. */
static void add_ids(const struct machine *machine, struct readings *readings,
		    const char *text)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_id *id = &machine->devices[i].pci->id;
		char device[16];

		snprintf(device, sizeof(device), "%04x", (unsigned)id->device);
		if (strcasecmp(device, text) == 0)
			add_form(machine, readings, "the ID", "%04x:%s",
				 (unsigned)id->vendor, device);
	}
}

/* What the word, which is of hex digits, may be besides what passthru list takes it for.
 */
static void add_hex(const struct machine *machine, struct readings *readings,
		    const char *text)
{
	if (strlen(text) <= 2)
		add_form(machine, readings, "the bus", "%s:", text);
	if (strlen(text) != 4)
		return;
	add_form(machine, readings, "the slot", "%.2s:%.2s", text, text + 2);
	add_form(machine, readings, "the vendor", "%s:", text);
	add_ids(machine, readings, text);
}

static void read_word(const struct machine *machine, const char *text,
		      const struct filter *filter, struct readings *ret)
{
	struct reading first = { .what = "the name", .filter = *filter };
	struct reading name = first;

	*ret = (struct readings){ 0 };
	filter_settle(machine, &first.filter);
	if (first.filter.kind == FILTER_GROUP) {
		first.what = "the IOMMU group";
		snprintf(first.form, sizeof(first.form), "group:%d", first.filter.group);
	}
	add_reading(machine, ret, &first);
	if (first.filter.kind == FILTER_GROUP && filter->name) {
		name.filter.kind = FILTER_NAME;
		add_reading(machine, ret, &name);
	}
	if (!text[strspn(text, "0123456789abcdefABCDEF")])
		add_hex(machine, ret, text);
}

/* -- listing them -------------------------------------------------------------------- */

/* More would hide the message. */
#define CARDS_LISTED 12

static _printf_(1, 2) void print_line(const char *format, ...)
{
	_cleanup_free_ char *line = NULL;
	va_list arguments;

	va_start(arguments, format);
	line = output_format(format, arguments);
	va_end(arguments);
	if (!line)
		return;
	info("  %s", line);
	json_note(line);
}

static void list_cards(const struct machine *machine, const struct reading *reading,
		       const char *text)
{
	const struct device *at = NULL;
	size_t count = 0;

	while ((at = next_card(machine, reading, at))) {
		char name[FULL_NAME_SIZE];

		if (count++ >= CARDS_LISTED)
			continue;
		device_full_name(at, name);
		print_line("%s %s [%04x:%04x]", device_short_address(machine, at), name,
			   (unsigned)at->pci->id.vendor, (unsigned)at->pci->id.device);
	}
	if (count > CARDS_LISTED)
		print_line("and %zu more: passthru list %s", count - CARDS_LISTED, text);
}

static void list_reading(const struct machine *machine, const struct reading *reading,
			 const char *text)
{
	const struct device *first = next_card(machine, reading, NULL);
	char name[FULL_NAME_SIZE];

	if (!first)
		return;
	if (!reading->form[0]) {
		list_cards(machine, reading, text);
		return;
	}
	device_full_name(first, name);
	print_line("%s for %s: %s %s%s", reading->form, reading->what,
		   device_short_address(machine, first), name,
		   next_card(machine, reading, first) ? ", and others" : "");
}

static int refuse_readings(const struct machine *machine, const struct readings *readings,
			   const char *text)
{
	warn("\"%s\" is not clear, so no device is chosen; write what you mean:", text);
	for (size_t i = 0; i < readings->count; i++)
		list_reading(machine, &readings->items[i], text);
	return STATUS_USAGE;
}

static int refuse_several(const struct machine *machine, const struct reading *reading,
			  const char *text)
{
	warn("\"%s\" matches several cards, so none is chosen; write the address of one:",
	     text);
	list_cards(machine, reading, text);
	return STATUS_USAGE;
}

static int refuse_none(const struct machine *machine, const struct reading *reading,
		       const char *text)
{
	for (size_t i = 0; i < machine->count; i++)
		if (filter_matches(&reading->filter, &machine->devices[i])) {
			warn("\"%s\" matches only bridges, such as %s, which cannot be passed through; name the devices behind it",
			     text, machine->devices[i].address);
			return STATUS_NOT_GOOD;
		}
	warn("no device of this machine matches \"%s\"; see passthru list", text);
	return STATUS_NOT_GOOD;
}

/* -- choosing ------------------------------------------------------------------------ */

/* Says what it is, since the user wrote something else. */
static int choose(struct machine *machine, const struct reading *reading,
		  const char *text)
{
	const struct device *first = next_card(machine, reading, NULL);
	char name[FULL_NAME_SIZE];

	for (size_t i = 0; i < machine->count; i++)
		if (means(reading, &machine->devices[i]))
			machine->devices[i].is_named = machine->devices[i].is_chosen =
				true;
	device_full_name(first, name);
	info("\"%s\" is %s %s", text, device_short_address(machine, first), name);
	return STATUS_GOOD;
}

static int add_by_name(struct machine *machine, const char *text,
		       const struct filter *filter)
{
	struct readings readings;
	const struct reading *reading = &readings.items[0];
	const struct device *first;

	read_word(machine, text, filter, &readings);
	first = next_card(machine, reading, NULL);
	if (readings.count > 1)
		return refuse_readings(machine, &readings, text);
	if (!first)
		return refuse_none(machine, reading, text);
	if (next_card(machine, reading, first))
		return refuse_several(machine, reading, text);
	return choose(machine, reading, text);
}

static int add_by_address(struct machine *machine, const char *text,
			  const struct address_pattern *pattern)
{
	size_t found = 0;

	for (size_t i = 0; i < machine->count; i++) {
		struct device *device = &machine->devices[i];

		if (!pci_matches(device->pci, pattern))
			continue;
		found++;
		if (device->pci->is_bridge) {
			warn("%s is a bridge, which cannot be passed through; name the devices behind it",
			     device->address);
			return STATUS_NOT_GOOD;
		}
		device->is_named = device->is_chosen = true;
	}
	if (found)
		return STATUS_GOOD;
	warn("there is no device at %s; see passthru list", text);
	return STATUS_NOT_GOOD;
}

int choice_add(struct machine *machine, const char *text)
{
	struct address_pattern pattern;
	struct filter filter;
	const char *why;
	size_t at;

	if (address_parse(text, strlen(text), &pattern, &why, &at) == 0)
		return add_by_address(machine, text, &pattern);
	if (filter_parse(text, &filter) == 0)
		return add_by_name(machine, text, &filter);
	warn("\"%s\": %s; see passthru list for the addresses", text, why);
	return STATUS_USAGE;
}
