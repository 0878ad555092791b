/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru args: the parameter that asks for the devices at some addresses. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "json.h"
#include "marks.h"
#include "pick.h"

struct choice {
	struct host *host;
	struct machine machine;
	bool *named;	 /* by number of the device: the user named it */
	bool *chosen;	 /* it is asked for, as one of those or since it goes along */
	char *parameter; /* "passthru.ids=…" */
	struct json_object *warnings;
};

static void warn(struct choice *choice, const char *format, ...) _printf_(2, 3);

static void warn(struct choice *choice, const char *format, ...)
{
	char *text;
	va_list arguments;

	va_start(arguments, format);
	text = output_format(format, arguments);
	va_end(arguments);
	json_append_text(choice->warnings, text);
	if (!choice->host->arguments->json)
		complain("%s", text ? text : format);
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
		complain("\"%s\": %s; see passthru list for the addresses", text, why);
		return STATUS_USAGE;
	}
	for (size_t i = 0; i < choice->machine.count; i++) {
		const struct device *device = &choice->machine.devices[i];

		if (!address_matches(&pattern, &device->pci->address))
			continue;
		found++;
		if (device->pci->is_bridge) {
			complain("%s is a bridge, which cannot be passed; name the "
				 "devices behind it",
				 device->address);
			return STATUS_NOT_GOOD;
		}
		choice->named[i] = choice->chosen[i] = true;
	}
	if (found)
		return -1;
	complain("there is no device at %s; see passthru list", text);
	return STATUS_NOT_GOOD;
}

/* Without groups the functions of the slot are the best guess at what goes together. */
static bool goes_along(const struct device *device, const struct device *other)
{
	if (other->pci->is_bridge ||
	    pci_base_class(&other->pci->id) == PCI_BASE_CLASS_BRIDGE)
		return false;
	if (device->pci->group != NO_GROUP)
		return device->pci->group == other->pci->group;
	return other->pci->group == NO_GROUP && device_is_sibling(device, other);
}

static void add_companions(struct choice *choice)
{
	const struct machine *machine = &choice->machine;

	for (size_t i = 0; i < machine->count; i++) {
		if (!choice->named[i])
			continue;
		for (size_t j = 0; j < machine->count; j++)
			if (goes_along(&machine->devices[i], &machine->devices[j]))
				choice->chosen[j] = true;
	}
}

/* -- the parameter ------------------------------------------------------------------- */

/* Whether the ID alone would take a device that is not asked for. */
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
			fprintf(file, "@%s", device->address);
		separator = ",";
	}
	return fclose(file) == 0 ? 0 : -ENOMEM;
}

/* -- what there is to say about it --------------------------------------------------- */

static void warn_of_display(struct choice *choice)
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
		warn(choice,
		     "%s is the last display of this machine: its screen stays dark "
		     "from early in the boot on; have another way in, such as ssh",
		     taken);
}

static void warn_of_device(struct choice *choice, const struct device *device)
{
	if (device->carries_system)
		warn(choice,
		     "%s carries what the system needs (%s): passthru keeps it for the "
		     "host; leave it out",
		     device->address, device->carried);
	if (device->vf_count)
		warn(choice,
		     "%s has %u virtual functions switched on and is refused as long as "
		     "they are; name those, or do not switch them on",
		     device->address, device->vf_count);
}

/* What stays with the host although it is in the group. */
static void warn_of_blockers(struct choice *choice)
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
			warn(choice,
			     "%s, a bridge with the driver %s, is in the same group, "
			     "which so cannot be given to a guest",
			     device->address, device->pci->driver);
			break;
		}
	}
}

static void warn_of_all(struct choice *choice)
{
	warn_of_display(choice);
	for (size_t i = 0; i < choice->machine.count; i++)
		if (choice->chosen[i])
			warn_of_device(choice, &choice->machine.devices[i]);
	warn_of_blockers(choice);
	if (!choice->machine.has_groups)
		warn(choice,
		     "there are no IOMMU groups, so what goes together is a guess, and "
		     "nothing can be passed yet: %s",
		     choice->machine.advice);
}

static void print_companions(const struct choice *choice)
{
	char name[FULL_NAME_SIZE];

	for (size_t i = 0; i < choice->machine.count; i++) {
		const struct device *device = &choice->machine.devices[i];

		if (!choice->chosen[i] || choice->named[i])
			continue;
		device_full_name(device, name);
		complain("with %s, %s, which goes along", device->address, name);
	}
}

static int print_json(struct choice *choice)
{
	struct json_object *top = json_begin("args");
	struct json_object *named, *along;

	json_add_text(top, "parameter", choice->parameter);
	named = json_add_array(top, "named");
	along = json_add_array(top, "along");
	for (size_t i = 0; i < choice->machine.count; i++)
		if (choice->chosen[i])
			json_append_text(choice->named[i] ? named : along,
					 choice->machine.devices[i].address);
	json_object_object_add(top, "warnings", json_object_get(choice->warnings));
	return json_end(top);
}

static int print(struct choice *choice)
{
	if (choice->host->arguments->json) {
		warn_of_all(choice);
		return print_json(choice);
	}
	print_companions(choice);
	warn_of_all(choice);
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
	if (arguments->pick)
		status = pick_devices(&choice->machine, choice->named) < 0
				 ? STATUS_NOT_GOOD
				 : -1;
	for (size_t i = 0; arguments->pick && i < choice->machine.count; i++)
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
	machine_read_carriers(choice->host, &choice->machine);
	status = choose(choice);
	if (status >= 0)
		return status;
	add_companions(choice);
	if (build_parameter(choice) < 0 || print(choice) < 0)
		return STATUS_NOT_GOOD;
	return STATUS_GOOD;
}

int args_run(struct host *host)
{
	struct choice choice = { .host = host };
	int status;

	if (host->arguments->operand_count && host->arguments->pick) {
		complain("name the addresses or choose with --pick, not both");
		return STATUS_USAGE;
	}
	if (!host->arguments->operand_count && !host->arguments->pick) {
		complain("name the addresses of devices, as passthru list shows them, or "
			 "choose with passthru args --pick");
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
