/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "machine/internal.h"
#include "pci/pci.h"

/* Base classes and classes of <linux/pci_ids.h>. */
#define BASE_CLASS_MULTIMEDIA 0x04
#define CLASS_SERIAL_USB      0x0c03
#define CLASS_SERIAL_OTHER    0x0c80 /* UCSI of the card's USB-C port */

/*
 * What a card with a display has. All of it has the vendor of the display. On an APU the
 * neighbours of the display's slot are other devices of the processor, with the vendor of
 * the processor: 1022, where the display and its HDMI sound have 1002.
 */
static bool may_be_of_card(const struct device *device)
{
	uint32_t class = device->pci->id.class >> 8;

	return !device->physical && !device->pci->is_bridge &&
	       (pci_is_display(&device->pci->id) || class >> 8 == BASE_CLASS_MULTIMEDIA ||
		class == CLASS_SERIAL_USB || class == CLASS_SERIAL_OTHER);
}

static bool is_same_vendor(const struct device *a, const struct device *b)
{
	return a->pci->id.vendor == b->pci->id.vendor;
}

static bool is_same_slot(const struct device *a, const struct device *b)
{
	return address_is_same_slot(&a->pci->address, &b->pci->address);
}

static bool is_display_of_vendor(const struct device *device, const struct device *like)
{
	return pci_is_display(&device->pci->id) && !device->physical &&
	       is_same_vendor(device, like);
}

static const struct device *find_in_slot(const struct machine *machine,
					 const struct device *device)
{
	for (size_t i = 0; i < machine->count; i++)
		if (is_display_of_vendor(&machine->devices[i], device) &&
		    is_same_slot(&machine->devices[i], device))
			return &machine->devices[i];
	return NULL;
}

/* -- a card with a switch ------------------------------------------------------------ */

/* Whether the path of the device leads through the bridge, as the last one. */
static bool is_right_above(const struct device *bridge, const struct device *device)
{
	const struct address_pattern *path = &device->pci->path;
	const struct address_pattern *above = &bridge->pci->path;

	if (!bridge->pci->is_bridge || path->step_count != above->step_count + 1)
		return false;
	if (above->step_count == 0)
		return address_compare(&bridge->pci->address, &path->address) == 0;
	return address_compare(&above->address, &path->address) == 0 &&
	       memcmp(above->steps, path->steps, above->step_count) == 0;
}

static const struct device *find_bridge(const struct machine *machine,
					const struct device *device)
{
	for (size_t i = 0; device && i < machine->count; i++)
		if (is_right_above(&machine->devices[i], device))
			return &machine->devices[i];
	return NULL;
}

/*
 * The upstream port of the switch that the device is below, if it is the card's own: it
 * has the vendor of the card, and is no root port.
 */
static const struct device *find_switch(const struct machine *machine,
					const struct device *device)
{
	const struct device *port = find_bridge(machine, device);
	const struct device *upstream = find_bridge(machine, port);

	return upstream && upstream->pci->path.step_count &&
			       is_same_vendor(port, device) &&
			       is_same_vendor(upstream, device)
		       ? upstream
		       : NULL;
}

/*
 * The display for which a sound function below a switch is: Intel's cards have each of
 * the two behind a port of its own. Only sound: Thunderbolt's bridges are Intel's, too,
 * and have USB controllers beside whatever is plugged in. Below a switch with several
 * cards, such as the NF200 of some boards, each is in a slot.
 */
static const struct device *find_below_switch(const struct machine *machine,
					      const struct device *device)
{
	const struct device *upstream = find_switch(machine, device), *found = NULL;

	if (!upstream || device->pci->id.class >> 16 != BASE_CLASS_MULTIMEDIA)
		return NULL;
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *display = &machine->devices[i];

		if (!is_display_of_vendor(display, device) ||
		    find_switch(machine, display) != upstream)
			continue;
		if (found && !is_same_slot(found, display))
			return NULL;
		if (!found)
			found = display;
	}
	return found;
}

/* -- cards --------------------------------------------------------------------------- */

void cards_find(struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		struct device *device = &machine->devices[i];

		device->card = NULL;
		if (!may_be_of_card(device))
			continue;
		device->card = find_in_slot(machine, device);
		if (!device->card)
			device->card = find_below_switch(machine, device);
	}
}

bool device_is_of_card(const struct device *device, const struct device *other)
{
	return device != other && device->card && device->card == other->card;
}
