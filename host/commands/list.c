/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru list: the IOMMU groups and their devices. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/internal.h"
#include "dump/dump.h"
#include "machine/machine.h"
#include "ui/ui.h"

/* -- printing ------------------------------------------------------------------------ */

static void read_trial(struct list *list)
{
	struct run_result result;

	if (report_read(list->host->root_fd, REPORT_PATH, &result) == 0)
		list->trial = trial_find_boot(list->host, &result.trial);
	trial_describe_boot(list->host, &list->trial, list->trial_text);
	run_result_free(&result);
}

/* What this boot says of it, or else the next one. */
static void print_trial(const struct list *list)
{
	const struct output *output = &list->host->output;

	if (list->trial_text[0])
		output_wrapped(output, STYLE_NOTE, 0, 0, "%s", list->trial_text);
	else if (list->preview && list->preview->trial_text[0])
		output_wrapped(output, STYLE_NOTE, 0, 0, "Note: %s.",
			       list->preview->trial_text);
}

static void print_profile(const struct list *list)
{
	struct choice_of_profile profile;
	const char *verdict = profile_read_booted(list->host->root_fd, &profile);

	if (verdict)
		output_wrapped(&list->host->output, STYLE_DIM, 0, 2,
			       "The profile of this boot: %s%s", profile.name,
			       strcmp(verdict, "used") == 0
				       ? ""
				       : ", which its image did not have");
}

static int print_text(const struct list *list)
{
	const struct machine *machine = &list->machine;

	if (!machine->has_groups)
		output_wrapped(
			&list->host->output, STYLE_BAD, 0, 0,
			"There are no IOMMU groups, so no device can be passed through: %s.",
			machine->advice);
	if (list_print(list) > 0) {
		print_profile(list);
		print_trial(list);
		return STATUS_GOOD;
	}
	warn("no device of this machine matches; see passthru list");
	return STATUS_NOT_GOOD;
}

static void add_id(struct json_object *object, const struct pci_id *id)
{
	char text[16];

	snprintf(text, sizeof(text), "%04x:%04x", (unsigned)id->vendor,
		 (unsigned)id->device);
	json_add_text(object, "id", text);
	snprintf(text, sizeof(text), "%04x:%04x", (unsigned)id->subvendor,
		 (unsigned)id->subdevice);
	json_add_text(object, "subsystem", text);
	snprintf(text, sizeof(text), "%06x", (unsigned)id->class);
	json_add_text(object, "class", text);
}

static void add_others(const struct list *list, const struct device *device,
		       bool (*is_other)(const struct device *, const struct device *),
		       struct json_object *array)
{
	for (size_t i = 0; i < list->machine.count; i++)
		if (is_other(device, &list->machine.devices[i]))
			json_append_text(array, list->machine.devices[i].address);
}

static const char *next_boot_word(enum next_boot next)
{
	switch (next) {
	case NEXT_BOOT_SAME:
		break;
	case NEXT_BOOT_CLAIMS:
		return "claimed";
	case NEXT_BOOT_RELEASES:
		return "released";
	}
	return NULL;
}

static bool is_vf(const struct device *device, const struct device *other)
{
	return other->physical == device;
}

static void add_vfs(const struct list *list, const struct device *device,
		    struct json_object *object)
{
	struct vf_summary vfs;

	vfs_sum(&list->machine, device, &vfs);
	json_add_number(object, "virtual_functions_total", device->pf.total);
	json_add_number(object, "virtual_functions_claimed", (int64_t)vfs.claimed);
	add_others(list, device, is_vf, json_add_array(object, "vfs"));
	json_add_text(object, "physical_function",
		      device->physical ? device->physical->address : NULL);
}

static void add_device(const struct list *list, const struct device *device,
		       struct json_object *object)
{
	const struct pci_device *pci = device->pci;

	json_add_text(object, "address", device->address);
	json_add_text(object, "path", device->path);
	add_id(object, &pci->id);
	json_add_text(object, "class_name", device->class_name);
	json_add_text(object, "vendor_name", device->vendor_name);
	json_add_text(object, "device_name", device->device_name);
	json_add_group(object, pci->group);
	json_add_text(object, "driver", pci->driver);
	json_add_bool(object, "bridge", pci->is_bridge);
	json_add_bool(object, "claimed", device->is_claimed);
	json_add_text(object, "next_boot", next_boot_word(list_next_boot(list, device)));
	json_add_bool(object, "boot_display", pci->is_boot_display);
	json_add_text(object, "system", device->system);
	json_add_number(object, "virtual_functions", device->vf_count);
	add_vfs(list, device, object);
	add_others(list, device, device_goes_with,
		   json_add_array(object, "together_with"));
	add_others(list, device, device_is_of_card, json_add_array(object, "card_with"));
}

static int print_json(const struct list *list)
{
	const struct machine *machine = &list->machine;
	struct json_object *top = json_begin("list"), *devices;
	struct choice_of_profile profile;
	const char *verdict = profile_read_booted(list->host->root_fd, &profile);
	size_t count = 0;

	json_add_bool(top, "iommu", machine->has_groups);
	json_add_text(top, "advice", machine->has_groups ? NULL : machine->advice);
	json_add_text(top, "profile", verdict ? profile.name : NULL);
	trial_add_json(top, &list->trial, list->trial_text);
	devices = json_add_array(top, "devices");
	for (size_t i = 0; i < machine->count; i++)
		if (list_has(list, &machine->devices[i])) {
			add_device(list, &machine->devices[i], json_append(devices));
			count++;
		}
	return json_end(top) < 0 || count == 0 ? STATUS_NOT_GOOD : STATUS_GOOD;
}

/* -- the command --------------------------------------------------------------------- */

/* Returns an exit status. */
static int parse_operands(const struct arguments *arguments, struct list *list)
{
	list->filters =
		calloc((size_t)arguments->operand_count + 1, sizeof(list->filters[0]));
	if (!list->filters) {
		warn("out of memory");
		return STATUS_NOT_GOOD;
	}
	for (int i = 0; i < arguments->operand_count; i++)
		if (filter_parse(arguments->operands[i],
				 &list->filters[list->filter_count++]) < 0) {
			warn("unknown filter \"%s\"; write gpu, audio, usb, disk, nvme, net or bridge, a vendor as 10de:, an ID as 10de:13c2, an address as 06:00.0 or 00:01.0/00.0, a bus as 06:, an IOMMU group as 13 or group:13, a driver or words of a name",
			     arguments->operands[i]);
			return STATUS_USAGE;
		}
	return STATUS_GOOD;
}

static int print(struct list *list)
{
	if (!choice_open(list->host, &list->machine))
		return STATUS_NOT_GOOD;
	for (size_t i = 0; i < list->filter_count; i++)
		filter_settle(&list->machine, &list->filters[i]);
	read_trial(list);
	list_read_next_boot(list);
	return list->host->arguments->json ? print_json(list) : print_text(list);
}

static int write_dump(const struct host *host, const char *file)
{
	int r = dump_write(host, file);

	if (r == -EINVAL)
		warn("cannot write %s: choose a name that ends in .tar, .tar.gz or .tar.zst",
		     file);
	else if (r == -EEXIST)
		warn("cannot write %s: it is there already; remove it, or choose another name",
		     file);
	else if (r == -EACCES || r == -EPERM || r == -EROFS)
		warn("cannot write %s: %s; choose a directory that you may write to, such as /tmp",
		     file, strerror(-r));
	else if (r < 0)
		warn_error(r, "cannot write %s", file);
	return r < 0 ? STATUS_NOT_GOOD : STATUS_GOOD;
}

int list_run(struct host *host)
{
	struct list list = { .host = host };
	int status;

	if (host->arguments->dump)
		return write_dump(host, host->arguments->dump);
	status = parse_operands(host->arguments, &list);
	if (status == STATUS_GOOD)
		status = print(&list);
	free(list.filters);
	preview_free(list.preview);
	machine_free(&list.machine);
	return status;
}
