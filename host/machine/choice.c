/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/lib.h"
#include "machine/internal.h"
#include "ui/ui.h"

bool choice_open(const struct host *host, struct machine *ret)
{
	if (!machine_read(host, ret))
		return false;
	machine_read_needs(host, ret);
	return true;
}

/* -- which devices ------------------------------------------------------------------- */

/*
 * Without IOMMU groups the functions of a slot are the best guess; but not with
 * what the system needs, nor a display with other devices of an APU.
 */
static bool is_member(const struct device *device, const struct device *other)
{
	if (other->pci->is_bridge ||
	    pci_base_class(&other->pci->id) == PCI_BASE_CLASS_BRIDGE)
		return false;
	if (device->pci->group != NO_GROUP)
		return device->pci->group == other->pci->group;
	return other->pci->group == NO_GROUP && !other->needed_for &&
	       device->card == other->card &&
	       address_is_same_slot(&device->pci->address, &other->pci->address);
}

/* Without it the virtual functions would be gone: it is never taken along with them. */
static bool is_physical_of_chosen(const struct machine *machine,
				  const struct device *device)
{
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].is_chosen &&
		    machine->devices[i].physical == device)
			return true;
	return false;
}

/* Chooses what belongs to that device. Returns whether there was any. */
static bool add_members_of(struct machine *machine, const struct device *device)
{
	bool any = false;

	for (size_t i = 0; i < machine->count; i++) {
		struct device *other = &machine->devices[i];

		if (other->is_chosen || is_physical_of_chosen(machine, other) ||
		    (!is_member(device, other) && !device_is_of_card(device, other)))
			continue;
		other->is_chosen = any = true;
	}
	return any;
}

/* The other functions of a card may be in further groups, which have members, too. */
void choice_add_members(struct machine *machine)
{
	bool any = true;

	while (any) {
		any = false;
		for (size_t i = 0; i < machine->count; i++)
			if (machine->devices[i].is_chosen)
				any |= add_members_of(machine, &machine->devices[i]);
	}
}

bool choice_is_by_card(const struct machine *machine, const struct device *device)
{
	bool is_by_card = false;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *named = &machine->devices[i];

		if (!named->is_named)
			continue;
		if (is_member(named, device))
			return false;
		is_by_card |= device_is_of_card(named, device);
	}
	return is_by_card;
}

int choice_make_named(const struct host *host, struct machine *ret)
{
	const struct arguments *arguments = host->arguments;
	int status = STATUS_GOOD;

	if (!choice_open(host, ret))
		return STATUS_NOT_GOOD;
	for (int i = 0; status == STATUS_GOOD && i < arguments->operand_count; i++)
		status = choice_add(ret, arguments->operands[i]);
	return status;
}

int choice_make(const struct host *host, struct machine *ret)
{
	int status = choice_make_named(host, ret);

	if (status == STATUS_GOOD)
		choice_add_members(ret);
	return status;
}

/* -- their items --------------------------------------------------------------------- */

static bool is_same_id(const struct device *a, const struct device *b)
{
	return a->pci->id.vendor == b->pci->id.vendor &&
	       a->pci->id.device == b->pci->id.device;
}

/* Whether it needs an item, which not even the parameters in force give it. */
static bool is_new(const struct device *device, const struct params *in_force)
{
	return device->is_chosen && !(in_force && device_is_requested(device, in_force));
}

/* Whether the ID also matches a device that needs no item, or its virtual functions. */
static bool is_ambiguous(const struct machine *machine, const struct params *in_force,
			 const struct device *device)
{
	if (device->pf.total && device->pf.vf_device == device->pci->id.device)
		return true;
	for (size_t i = 0; i < machine->count; i++)
		if (!is_new(&machine->devices[i], in_force) &&
		    is_same_id(&machine->devices[i], device))
			return true;
	return false;
}

static bool is_first_of_id(const struct machine *machine, const struct device *device)
{
	for (const struct device *at = machine->devices; at < device; at++)
		if (at->is_chosen && is_same_id(at, device))
			return false;
	return true;
}

bool choice_has_item(const struct machine *machine, const struct params *in_force,
		     const struct device *device)
{
	return is_new(device, in_force) && (is_ambiguous(machine, in_force, device) ||
					    is_first_of_id(machine, device));
}

void choice_put_item(const struct machine *machine, const struct params *in_force,
		     const struct device *device, FILE *file)
{
	fprintf(file, "%04x:%04x", (unsigned)device->pci->id.vendor,
		(unsigned)device->pci->id.device);
	if (is_ambiguous(machine, in_force, device))
		fprintf(file, "@%s", device_lasting_address(machine, device));
}

bool choice_shares_item(const struct machine *machine, const struct device *a,
			const struct device *b)
{
	return is_same_id(a, b) && !is_ambiguous(machine, NULL, a);
}

char *choice_make_parameter(const struct machine *machine)
{
	const char *separator = "passthru.ids=";
	struct text_file parameter;
	FILE *file = text_file_open(&parameter);

	if (!file)
		return NULL;
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (!choice_has_item(machine, NULL, device))
			continue;
		fputs(separator, file);
		choice_put_item(machine, NULL, device, file);
		separator = ",";
	}
	return text_file_close(&parameter);
}
