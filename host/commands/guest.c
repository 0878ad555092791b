/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru guest: what a virtual machine needs to use the devices. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "machine/machine.h"
#include "outlook/outlook.h"
#include "plan/plan.h"
#include "ui/ui.h"

/* -- which functions, and where ------------------------------------------------------ */

/* Whether a guest that has the one function also gets the other one. */
static bool goes_along(const struct device *named, const struct device *other)
{
	if (other->pci->is_bridge)
		return false;
	return device_is_of_card(named, other) ||
	       (pci_is_same_card(named->pci, other->pci) &&
		device_goes_with(named, other));
}

static void choose_cards(struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		for (size_t j = 0; machine->devices[i].is_named && j < machine->count;
		     j++)
			if (goes_along(&machine->devices[i], &machine->devices[j]))
				machine->devices[j].is_chosen = true;
}

/*
 * The functions of a slot of the host are in one of the guest, too, with their numbers;
 * but a guest looks for others only where function 0 is, so the first one becomes that.
 */
static int lay_out(struct guest *guest)
{
	for (size_t i = 0; i < guest->machine.count; i++) {
		const struct device *device = &guest->machine.devices[i];
		struct guest_function *last =
			guest->count ? &guest->functions[guest->count - 1] : NULL;
		struct guest_function *added;
		bool is_same;

		if (!device->is_chosen)
			continue;
		is_same = last && pci_is_same_card(last->device->pci, device->pci);
		added = array_append(guest->functions, guest->count);
		if (!added)
			return -ENOMEM;
		added->device = device;
		device_read_nodes(guest->host, device, &added->nodes);
		guest->card_count += !is_same;
		added->card = guest->card_count - 1;
		added->function = is_same ? device->pci->address.function : 0;
		added->is_first = !is_same;
		/* The one before, the new one's place may have moved. */
		if (is_same)
			added[-1].has_next = true;
	}
	return 0;
}

/* -- the ROM ------------------------------------------------------------------------- */

/* The path as programs in other directories find it; NULL after a warning. */
static char *find_rom(const struct guest *guest, const char *path)
{
	char *found = guest->host->is_this ? realpath(path, NULL) : strdup(path);

	if (!found)
		warn_error(-errno,
			   "cannot find %s; passthru rom writes the ROM of a device",
			   path);
	else if (found[0] != '/')
		warn("%s is not the whole path of a file", path);
	else if (found[strcspn(found, " \t\n,;\"'<>&\\$")])
		warn("%s cannot be named in all formats; rename it, without blanks and special characters",
		     found);
	else
		return found;
	free(found);
	return NULL;
}

/* Gives it to the first display. */
static bool place_rom(struct guest *guest)
{
	const char *path = guest->host->arguments->rom;

	if (!path)
		return true;
	for (size_t i = 0; i < guest->count; i++)
		if (device_is_display(guest->functions[i].device)) {
			guest->rom = find_rom(guest, path);
			guest->functions[i].rom = guest->rom;
			return guest->rom;
		}
	warn("none of these devices is a display, which --rom is for");
	return false;
}

/* -- remarks ------------------------------------------------------------------------- */

static bool has(const struct guest *guest, const struct device *device)
{
	for (size_t i = 0; i < guest->count; i++)
		if (guest->functions[i].device == device)
			return true;
	return false;
}

/* Of a card the first function that is not claimed says it: it is taken whole. */
static bool is_said(const struct guest *guest, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (guest->functions[i].card == guest->functions[index].card &&
		    !guest->functions[i].device->is_claimed)
			return true;
	return false;
}

static int remark_driver(struct guest *guest, size_t index)
{
	const struct device *device = guest->functions[index].device;
	const char *driver = device->pci->driver;

	if (device->vf_count)
		return outlook_add(
			&guest->outlook, REMARK_ERROR, "not-claimed", device,
			"%s has virtual functions, which are given to guests in its place: name one of those; passthru list %s --verbose shows them",
			device->address, device->address);
	if (!device->is_claimed && is_said(guest, index))
		return 0;
	if (!device->is_claimed)
		return outlook_add(
			&guest->outlook, REMARK_ERROR, "not-claimed", device,
			"%s is not claimed now (%s%s), so no guest can have it: passthru enable %s claims it from the next boot on, passthru claim %s now",
			device->address, driver[0] ? "driver " : "no driver", driver,
			device->address, device->address);
	if (strcmp(driver, "vfio-pci") == 0)
		return 0;
	return outlook_add(
		&guest->outlook, REMARK_NOTE, "variant", device,
		"%s has the driver %s, a variant of vfio-pci: an old libvirt, and what looks for vfio-pci by name, may refuse it",
		device->address, driver);
}

/* Whether the guest gets one of its virtual functions. */
static bool is_physical(const struct guest *guest, const struct device *device)
{
	for (size_t i = 0; i < guest->count; i++)
		if (guest->functions[i].device->physical == device)
			return true;
	return false;
}

/* Another member of the group, which the guest does not get. */
static int remark_member(struct guest *guest, const struct device *device,
			 const struct blocker *blocker)
{
	char need[NEED_SIZE];

	if (blocker->device == device->pci && device->needed_for) {
		device_describe_need(device, need);
		return outlook_add(&guest->outlook, REMARK_ERROR, "group", device,
				   "no guest can have group %d: %s", device->pci->group,
				   need);
	}
	if (blocker->device == device->pci && is_physical(guest, device))
		return outlook_add(
			&guest->outlook, REMARK_ERROR, "group", device,
			"no guest can have group %d: the physical function %s is in it, which the host needs to keep; put the card into another slot",
			device->pci->group, device->address);
	if (blocker->device == device->pci)
		return outlook_add(
			&guest->outlook, REMARK_ERROR, "group", device,
			"no guest can have group %d as long as %s in it has the driver %s: claim that, too, with passthru enable %s",
			device->pci->group, device->address, blocker->driver,
			device->address);
	if (!device->is_claimed)
		return 0;
	return outlook_add(
		&guest->outlook, REMARK_NOTE, "group", device,
		"group %d also has %s, which no other guest can have at the same time: name it, too, to give it to this one",
		device->pci->group, device->address);
}

static int remark_group(struct guest *guest, int group)
{
	static const struct plan nothing;
	const struct pci_list *list = &guest->machine.pci;
	const char *name = limits_reserved_name(guest->host);
	char foreign[NAME_SIZE], driver[DRIVER_NAME_SIZE];

	if (limits_find_foreign(guest->host, group, foreign, driver) &&
	    outlook_add(
		    &guest->outlook, REMARK_ERROR, "group", NULL,
		    "no guest can have group %d: it includes %s, which is no PCI device and has the host's driver %s; only another device tree or firmware separates them",
		    group, foreign, driver) < 0)
		return -ENOMEM;
	if (limits_reserve_memory(guest->host, group) &&
	    outlook_add(
		    &guest->outlook, REMARK_ERROR, "group", NULL,
		    "no guest can have group %d: the firmware reserves memory for a device in it%s%s%s; look for a setting or an update of the firmware",
		    group, name ? " (" : "", name ? name : "", name ? ")" : "") < 0)
		return -ENOMEM;
	for (size_t i = 0; i < guest->machine.count; i++) {
		const struct device *device = &guest->machine.devices[i];
		struct blocker blocker;

		if (device->pci->group != group || device->pci->is_bridge ||
		    has(guest, device))
			continue;
		blocker = viability_next_blocker(list, &nothing, group, VIABILITY_NOW,
						 i ? device->pci - 1 : NULL);
		if (remark_member(guest, device, &blocker) < 0)
			return -ENOMEM;
	}
	return 0;
}

static bool is_first_of_group(const struct guest *guest, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (guest->functions[i].device->pci->group ==
		    guest->functions[index].device->pci->group)
			return false;
	return true;
}

static int remark_all(struct guest *guest)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < guest->count; i++) {
		const struct device *device = guest->functions[i].device;

		r = remark_driver(guest, i);
		if (r == 0 && device->pci->group == NO_GROUP)
			r = outlook_add(&guest->outlook, REMARK_ERROR, "group", device,
					"%s has no IOMMU group: %s", device->address,
					device_is_display(device)
						? guest->machine.display_advice
						: guest->machine.advice);
		else if (r == 0 && is_first_of_group(guest, i))
			r = remark_group(guest, device->pci->group);
	}
	return r;
}

/* -- what is for one format only ----------------------------------------------------- */

/* What the person who starts the guest has to know besides the output. */
static int remark_format(struct guest *guest)
{
	const char *name = guest->rom ? beneath_name(guest->rom) : "";
	bool is_first = true;
	int r = 0;

	if (guest->format == GUEST_PROXMOX && guest->rom)
		return outlook_add(
			&guest->outlook, REMARK_NOTE, "rom", NULL,
			"Proxmox looks for %s in /usr/share/kvm: copy %s there", name,
			guest->rom);
	if (guest->format == GUEST_KUBEVIRT && guest->count > 1)
		return outlook_add(
			&guest->outlook, REMARK_NOTE, "kubevirt", NULL,
			"KubeVirt takes any free devices with these IDs, and gives each a slot of its own in the guest");
	if (guest->format != GUEST_QEMU)
		return 0;
	for (size_t i = 0; r == 0 && i < guest->count; i++) {
		const struct guest_function *function = &guest->functions[i];
		const char *node = guest->has_iommufd ? function->nodes.device
						      : function->nodes.group;

		if (!node[0] || (!guest->has_iommufd && !is_first_of_group(guest, i)))
			continue;
		r = outlook_add(&guest->outlook, REMARK_NOTE, "node",
				guest->has_iommufd ? function->device : NULL,
				"QEMU opens %s%s%s, which its user must be able to write",
				node, is_first ? " and " : "",
				!is_first	     ? ""
				: guest->has_iommufd ? "/dev/iommu"
						     : "/dev/vfio/vfio");
		is_first = false;
	}
	return r;
}

/* Whether all have what --qemu=iommufd needs. Says what not. */
static bool check_iommufd(const struct guest *guest)
{
	for (size_t i = 0; guest->has_iommufd && i < guest->count; i++)
		if (!guest->functions[i].nodes.device[0]) {
			warn("%s has no node in /dev/vfio/devices, which iommufd needs: it must be claimed, and the kernel 6.6 or later, with CONFIG_VFIO_DEVICE_CDEV; or use --qemu",
			     guest->functions[i].device->address);
			return false;
		}
	return true;
}

static enum guest_format find_format(const struct arguments *arguments)
{
	if (arguments->qemu)
		return GUEST_QEMU;
	if (arguments->proxmox)
		return GUEST_PROXMOX;
	return arguments->kubevirt ? GUEST_KUBEVIRT : GUEST_LIBVIRT;
}

/* -- printing ------------------------------------------------------------------------ */

static const char *format_word(enum guest_format format)
{
	switch (format) {
	case GUEST_LIBVIRT:
		return "libvirt";
	case GUEST_QEMU:
		return "qemu";
	case GUEST_PROXMOX:
		return "proxmox";
	case GUEST_KUBEVIRT:
		break;
	}
	return "kubevirt";
}

static int print_json(const struct guest *guest, const char *text)
{
	struct json_object *top = json_begin("guest"), *devices;

	json_add_text(top, "for", format_word(guest->format));
	json_add_text(top, "text", text);
	devices = json_add_array(top, "devices");
	for (size_t i = 0; i < guest->count; i++) {
		const struct guest_function *function = &guest->functions[i];
		struct json_object *object = json_append(devices);

		json_add_text(object, "address", function->device->address);
		json_add_group(object, function->device->pci->group);
		json_add_text(object, "driver", function->device->pci->driver);
		json_add_bool(object, "claimed", function->device->is_claimed);
		json_add_text(object, "group_node", function->nodes.group);
		json_add_text(object, "device_node", function->nodes.device);
		json_add_number(object, "card", function->card);
		json_add_number(object, "function", function->function);
		json_add_text(object, "rom", function->rom);
	}
	remarks_add(&guest->outlook, top);
	json_add_bool(top, "ok", outlook_level(&guest->outlook) < REMARK_ERROR);
	return json_end(top);
}

static int print(const struct guest *guest)
{
	struct text_file file;
	FILE *stream = text_file_open(&file);
	_cleanup_free_ char *text = NULL;
	struct output output;

	if (stream)
		guest_put(guest, stream);
	text = text_file_close(&file);
	if (!text)
		return -ENOMEM;
	if (guest->host->arguments->json)
		return print_json(guest, text);
	output_open(stderr, &output);
	remarks_print(&output, &guest->outlook);
	return fputs(text, stdout) < 0 ? -EIO : 0;
}

/* -- the command --------------------------------------------------------------------- */

/* Returns an exit status. */
static int make(struct guest *guest)
{
	choose_cards(&guest->machine);
	if (lay_out(guest) < 0 || remark_all(guest) < 0) {
		warn("out of memory");
		return STATUS_NOT_GOOD;
	}
	if (guest->card_count > GUEST_CARDS_MAX) {
		warn("these are %u cards, and a guest has slots for %d; name fewer",
		     guest->card_count, GUEST_CARDS_MAX);
		return STATUS_NOT_GOOD;
	}
	if (!place_rom(guest) || !check_iommufd(guest))
		return STATUS_NOT_GOOD;
	if (remark_format(guest) < 0 || print(guest) < 0)
		return STATUS_NOT_GOOD;
	return outlook_level(&guest->outlook) < REMARK_ERROR ? STATUS_GOOD
							     : STATUS_NOT_GOOD;
}

int guest_run(struct host *host)
{
	const char *qemu = host->arguments->qemu;
	struct guest guest = { .host = host, .format = find_format(host->arguments) };
	int status;

	if (qemu && qemu[0] && strcmp(qemu, "iommufd") != 0) {
		warn("--qemu=%s is unknown; write --qemu, or --qemu=iommufd", qemu);
		return STATUS_USAGE;
	}
	guest.has_iommufd = qemu && qemu[0];
	status = choice_make_named(host, &guest.machine);
	if (status == STATUS_GOOD)
		status = make(&guest);
	outlook_free(&guest.outlook);
	free(guest.functions);
	free(guest.rom);
	machine_free(&guest.machine);
	return status;
}
