/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"
#include "ui/ui.h"

int choice_open(struct host *host, struct choice *ret)
{
	int r;

	*ret = (struct choice){ 0 };
	r = machine_read(host, &ret->machine);
	if (r < 0)
		return r;
	machine_read_backing(host, &ret->machine);
	ret->named = calloc(ret->machine.count + 1, sizeof(ret->named[0]));
	ret->chosen = calloc(ret->machine.count + 1, sizeof(ret->chosen[0]));
	if (ret->named && ret->chosen)
		return 0;
	warn("out of memory");
	return -ENOMEM;
}

void choice_free(struct choice *choice)
{
	free(choice->named);
	free(choice->chosen);
	machine_free(&choice->machine);
	*choice = (struct choice){ 0 };
}

/* -- which devices ------------------------------------------------------------------- */

int choice_add(struct choice *choice, const char *text)
{
	struct address_pattern pattern;
	size_t at, found = 0;
	const char *why;

	if (address_parse(text, strlen(text), &pattern, &why, &at) < 0) {
		warn("\"%s\": %s; see passthru list for the addresses", text, why);
		return STATUS_USAGE;
	}
	for (size_t i = 0; i < choice->machine.count; i++) {
		const struct device *device = &choice->machine.devices[i];

		if (!pci_matches(device->pci, &pattern))
			continue;
		found++;
		if (device->pci->is_bridge) {
			warn("%s is a bridge, which cannot be passed through; name the devices behind it",
			     device->address);
			return STATUS_NOT_GOOD;
		}
		choice->named[i] = choice->chosen[i] = true;
	}
	if (found)
		return STATUS_GOOD;
	warn("there is no device at %s; see passthru list", text);
	return STATUS_NOT_GOOD;
}

/* Without IOMMU groups the functions of a slot are the best guess. */
static bool is_member(const struct device *device, const struct device *other)
{
	if (other->pci->is_bridge ||
	    pci_base_class(&other->pci->id) == PCI_BASE_CLASS_BRIDGE)
		return false;
	if (device->pci->group != NO_GROUP)
		return device->pci->group == other->pci->group;
	return other->pci->group == NO_GROUP &&
	       address_is_same_slot(&device->pci->address, &other->pci->address);
}

void choice_add_members(struct choice *choice)
{
	const struct machine *machine = &choice->machine;

	for (size_t i = 0; i < machine->count; i++) {
		if (!choice->named[i])
			continue;
		for (size_t j = 0; j < machine->count; j++)
			if (is_member(&machine->devices[i], &machine->devices[j]))
				choice->chosen[j] = true;
	}
}

int choice_make(struct host *host, struct choice *ret)
{
	const struct arguments *arguments = host->arguments;
	int status = STATUS_GOOD;

	if (choice_open(host, ret) < 0)
		return STATUS_NOT_GOOD;
	for (int i = 0; status == STATUS_GOOD && i < arguments->operand_count; i++)
		status = choice_add(ret, arguments->operands[i]);
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

/* Whether the ID also matches a device that is not chosen. */
static bool is_ambiguous(const struct choice *choice, const struct device *device)
{
	for (size_t i = 0; i < choice->machine.count; i++)
		if (!choice->chosen[i] && is_same_id(&choice->machine.devices[i], device))
			return true;
	return false;
}

static bool is_first_of_id(const struct choice *choice, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (choice->chosen[i] && is_same_id(&choice->machine.devices[i],
						    &choice->machine.devices[index]))
			return false;
	return true;
}

bool choice_has_item(const struct choice *choice, size_t index)
{
	return choice->chosen[index] &&
	       (is_ambiguous(choice, &choice->machine.devices[index]) ||
		is_first_of_id(choice, index));
}

void choice_put_item(const struct choice *choice, size_t index, FILE *file)
{
	const struct device *device = &choice->machine.devices[index];

	fprintf(file, "%04x:%04x", (unsigned)device->pci->id.vendor,
		(unsigned)device->pci->id.device);
	if (is_ambiguous(choice, device))
		fprintf(file, "@%s", device_lasting_address(&choice->machine, device));
}
