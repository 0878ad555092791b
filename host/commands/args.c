/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru args: prints the parameter that requests the devices at some addresses. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/prompt.h"
#include "machine/annotate.h"
#include "ui/json.h"
#include "ui/message.h"

struct choice {
	struct host *host;
	struct machine machine;
	bool *named;	 /* by index of the device: the user named it */
	bool *chosen;	 /* the same, and members of the groups of those */
	char *parameter; /* "passthru.ids=…" */
	struct json_object *warnings;
};

static void add_caveat(struct choice *choice, const char *format, ...) _printf_(2, 3);

static void add_caveat(struct choice *choice, const char *format, ...)
{
	char *text;
	va_list arguments;

	va_start(arguments, format);
	text = output_format(format, arguments);
	va_end(arguments);
	json_append_text(choice->warnings, text);
	if (!choice->host->arguments->json)
		warn("%s", text ? text : format);
	free(text);
}

static bool is_same_id(const struct device *a, const struct device *b)
{
	return a->pci->id.vendor == b->pci->id.vendor &&
	       a->pci->id.device == b->pci->id.device;
}

/* -- which devices ------------------------------------------------------------------- */

/* Returns an exit status, or -1 to go on. */
static int name_devices(struct choice *choice, const char *text)
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
		return -1;
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
	return other->pci->group == NO_GROUP && device_is_sibling(device, other);
}

static void add_members(struct choice *choice)
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

/* -- the parameter ------------------------------------------------------------------- */

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

static int build_parameter(struct choice *choice)
{
	const char *separator = "passthru.ids=";
	size_t size;
	FILE *file = open_memstream(&choice->parameter, &size);

	if (!file)
		return -ENOMEM;
	for (size_t i = 0; i < choice->machine.count; i++) {
		const struct device *device = &choice->machine.devices[i];
		bool ambiguous = choice->chosen[i] && is_ambiguous(choice, device);

		if (!choice->chosen[i] || (!ambiguous && !is_first_of_id(choice, i)))
			continue;
		fprintf(file, "%s%04x:%04x", separator, (unsigned)device->pci->id.vendor,
			(unsigned)device->pci->id.device);
		if (ambiguous)
			fprintf(file, "@%s",
				device_lasting_address(&choice->machine, device));
		separator = ",";
	}
	return fclose(file) == 0 ? 0 : -ENOMEM;
}

/* -- caveats ------------------------------------------------------------------------- */

static void check_display(struct choice *choice)
{
	const char *taken = NULL;

	for (size_t i = 0; i < choice->machine.count; i++) {
		const struct device *device = &choice->machine.devices[i];

		if (!device_is_display(device))
			continue;
		if (choice->chosen[i])
			taken = device->address;
		else if (!strstr(device->pci->driver, "vfio"))
			return;
	}
	if (taken)
		add_caveat(
			choice,
			"%s is the last display of this machine: its screen freezes or stays dark from early in the boot; make sure that you can log in another way, such as ssh",
			taken);
}

static void check_device(struct choice *choice, const struct device *device)
{
	if (device->backs_system)
		add_caveat(
			choice,
			"%s backs the system (%s), so passthru keeps it for the host; leave it out",
			device->address, device->system);
	if (device->vf_count)
		add_caveat(
			choice,
			"%s has %u virtual functions enabled, so passthru refuses it; name those, or disable them",
			device->address, device->vf_count);
}

/* Bridges with a driver of the host make their group unusable. */
static void check_blockers(struct choice *choice)
{
	const struct machine *machine = &choice->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (choice->chosen[i] || !device_counts(device) ||
		    device->pci->group == NO_GROUP)
			continue;
		for (size_t j = 0; j < machine->count; j++) {
			if (!choice->named[j] ||
			    machine->devices[j].pci->group != device->pci->group)
				continue;
			add_caveat(
				choice,
				"the group cannot be given to a guest: it includes the bridge %s, which has the driver %s",
				device->address, device->pci->driver);
			break;
		}
	}
}

static void check_all(struct choice *choice)
{
	check_display(choice);
	for (size_t i = 0; i < choice->machine.count; i++)
		if (choice->chosen[i])
			check_device(choice, &choice->machine.devices[i]);
	check_blockers(choice);
	if (!choice->machine.has_groups)
		add_caveat(
			choice,
			"there are no IOMMU groups yet, so their members are a guess, and no device can be passed through: %s",
			choice->machine.advice);
}

static void print_members(const struct choice *choice)
{
	char name[FULL_NAME_SIZE];

	for (size_t i = 0; i < choice->machine.count; i++) {
		const struct device *device = &choice->machine.devices[i];

		if (!choice->chosen[i] || choice->named[i])
			continue;
		device_full_name(device, name);
		warn("also includes %s (%s), in the same %s", device->address, name,
		     device->pci->group != NO_GROUP ? "IOMMU group" : "slot");
	}
}

static int print_json(struct choice *choice)
{
	struct json_object *top = json_begin("args");
	struct json_object *named, *members;

	json_add_text(top, "parameter", choice->parameter);
	named = json_add_array(top, "named");
	members = json_add_array(top, "group_members");
	for (size_t i = 0; i < choice->machine.count; i++)
		if (choice->chosen[i])
			json_append_text(choice->named[i] ? named : members,
					 choice->machine.devices[i].address);
	json_object_object_add(top, "warnings", json_object_get(choice->warnings));
	return json_end(top);
}

static int print(struct choice *choice)
{
	if (choice->host->arguments->json) {
		check_all(choice);
		return print_json(choice);
	}
	print_members(choice);
	check_all(choice);
	return puts(choice->parameter) < 0 ? -EIO : 0;
}

/* Returns an exit status, or -1 to go on. */
static int choose(struct choice *choice)
{
	const struct arguments *arguments = choice->host->arguments;
	int status = -1;

	choice->named = calloc(choice->machine.count + 1, sizeof(choice->named[0]));
	choice->chosen = calloc(choice->machine.count + 1, sizeof(choice->chosen[0]));
	choice->warnings = json_object_new_array();
	if (!choice->named || !choice->chosen || !choice->warnings)
		return STATUS_NOT_GOOD;
	if (arguments->prompt)
		status = prompt_devices(&choice->machine, choice->named) < 0
				 ? STATUS_NOT_GOOD
				 : -1;
	for (size_t i = 0; arguments->prompt && i < choice->machine.count; i++)
		choice->chosen[i] = choice->named[i];
	for (int i = 0; status < 0 && i < arguments->operand_count; i++)
		status = name_devices(choice, arguments->operands[i]);
	return status;
}

static int run(struct choice *choice)
{
	int status;

	if (machine_read(choice->host, &choice->machine) < 0)
		return STATUS_NOT_GOOD;
	machine_read_backing(choice->host, &choice->machine);
	status = choose(choice);
	if (status >= 0)
		return status;
	add_members(choice);
	if (build_parameter(choice) < 0 || print(choice) < 0)
		return STATUS_NOT_GOOD;
	return STATUS_GOOD;
}

int args_run(struct host *host)
{
	struct choice choice = { .host = host };
	int status;

	if (host->arguments->operand_count && host->arguments->prompt) {
		warn("name the addresses or choose with --prompt, not both");
		return STATUS_USAGE;
	}
	if (!host->arguments->operand_count && !host->arguments->prompt) {
		warn("name the addresses of devices, as passthru list shows them, or choose with passthru args --prompt");
		return STATUS_USAGE;
	}
	status = run(&choice);
	free(choice.named);
	free(choice.chosen);
	free(choice.parameter);
	json_object_put(choice.warnings);
	machine_free(&choice.machine);
	return status;
}
