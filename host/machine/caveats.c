/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "lib/lib.h"
#include "machine/internal.h"
#include "ui/ui.h"

/* To whom a phrase goes. */
struct listener {
	void (*each)(void *data, const char *text);
	void *data;
};

static void say(const struct listener *listener, const char *format, ...) _printf_(2, 3);

static void say(const struct listener *listener, const char *format, ...)
{
	char *text;
	va_list arguments;

	va_start(arguments, format);
	text = output_format(format, arguments);
	va_end(arguments);
	listener->each(listener->data, text ? text : format);
	free(text);
}

/* -- of the devices that the user chooses -------------------------------------------- */

/* Whether the guards keep what the user named. A console that is named is not kept. */
static bool is_kept(const struct device *device)
{
	return device->is_named && device->needed_for &&
	       device->needed_for != REASON_CONSOLE;
}

static void check_device(const struct listener *listener, const struct device *device)
{
	if (is_kept(device))
		say(listener,
		    "%s backs the system (%s), so passthru keeps it for the host; leave it out",
		    device->address, device->system);
}

/* That of the next boot starts without virtual functions. */
static void check_next_boot(const struct listener *listener, const struct host *host,
			    const struct device *device)
{
	if (device->vf_count)
		say(listener,
		    "%s has %u virtual functions now, which will not exist after the next boot; to give virtual functions to guests, run passthru enable %s --vfs %u instead",
		    device->address, device->vf_count, device->address, device->vf_count);
	if (denylist_refuses(host, device))
		say(listener, "%s: " DENYLIST_PHRASE, device->address);
}

void device_describe_need(const struct device *device, char text[static NEED_SIZE])
{
	/* What the system needs is at the USB port of a graphics card. */
	const char *advice = device->card ? "plug that in elsewhere"
					  : "another slot may have a group of its own";

	snprintf(text, NEED_SIZE, "it has %s, which the system needs (%s); %s",
		 device->address, device->system, advice);
}

/* Whether the system needs it, and it is chosen for its group only. */
static bool is_needed_member(const struct device *device)
{
	return device->is_chosen && !device->is_named && device->needed_for;
}

/* One of a group is enough to say. */
static bool is_first_needed(const struct machine *machine, const struct device *device)
{
	for (const struct device *at = machine->devices; at < device; at++)
		if (is_needed_member(at) && at->pci->group == device->pci->group)
			return false;
	return true;
}

static void check_needs(const struct listener *listener, const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];
		char need[NEED_SIZE];

		if (!is_needed_member(device) || device->pci->group == NO_GROUP ||
		    !is_first_needed(machine, device))
			continue;
		device_describe_need(device, need);
		say(listener, "group %d can never be given to a guest: %s",
		    device->pci->group, need);
	}
}

/* A chosen virtual function of the device that shares its group, or NULL. */
static const struct device *find_virtual(const struct machine *machine,
					 const struct device *device)
{
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].is_chosen &&
		    machine->devices[i].physical == device &&
		    machine->devices[i].pci->group == device->pci->group)
			return &machine->devices[i];
	return NULL;
}

static void say_physical(const struct listener *listener, const struct device *device,
			 const struct device *virtual)
{
	const struct blocker blocker = { device->pci, NULL, device->pci->driver,
					 virtual->pci };
	char text[PHRASE_SIZE];

	phrase_blocker(&blocker, text);
	say(listener, "group %d cannot be given to a guest: %s", device->pci->group,
	    text);
}

/*
 * Bridges with a driver of the host make their group unusable, and so do the physical
 * functions of chosen virtual ones.
 */
static void check_blockers(const struct listener *listener, const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		const struct device *virtual = find_virtual(machine, device);

		if (device->is_chosen || !device_shares_fate(device) ||
		    device->pci->group == NO_GROUP)
			continue;
		if (virtual) {
			say_physical(listener, device, virtual);
			continue;
		}
		for (size_t j = 0; j < machine->count; j++) {
			if (!machine->devices[j].is_named ||
			    machine->devices[j].pci->group != device->pci->group)
				continue;
			say(listener,
			    "the group cannot be given to a guest: it includes the bridge %s, which has the driver %s",
			    device->address, device->pci->driver);
			break;
		}
	}
}

static void check_all(const struct listener *listener, const struct host *host,
		      const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (!device->is_chosen)
			continue;
		check_device(listener, device);
		if (host)
			check_next_boot(listener, host, device);
	}
	check_needs(listener, machine);
	check_blockers(listener, machine);
	if (!machine->has_groups)
		say(listener,
		    "there are no IOMMU groups yet, so their members are a guess, and no device can be passed through: %s",
		    machine->advice);
}

void caveats_each(const struct host *host, const struct machine *machine,
		  void (*each)(void *data, const char *text), void *data)
{
	check_all(&(struct listener){ each, data }, host, machine);
}

static void warn_members(const struct machine *machine)
{
	char name[FULL_NAME_SIZE];

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (!device->is_chosen || device->is_named)
			continue;
		device_full_name(device, name);
		warn("also includes %s (%s), %s", device->address, name,
		     choice_is_by_card(machine, device) ? "of the same card"
		     : device->pci->group != NO_GROUP	? "in the same IOMMU group"
							: "in the same slot");
	}
}

static void warn_refused(void *data, const char *text)
{
	bool *allowed = data;

	warn("nothing was changed: %s", text);
	*allowed = false;
}

bool caveats_allow(const struct machine *machine)
{
	bool allowed = true;

	check_needs(&(struct listener){ warn_refused, &allowed }, machine);
	return allowed;
}

bool caveats_allow_named(const struct machine *machine)
{
	bool allowed = true;
	const struct listener listener = { warn_refused, &allowed };

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (is_kept(device))
			say(&listener,
			    "the system needs %s (%s), so every boot would keep it for the host; name another device, or run this again once nothing of the system is there; passthru.ids=%04x:%04x@%s! in a file in /" CONFIGURATION_DIRECTORY
			    " takes it all the same",
			    device->address, device->system,
			    (unsigned)device->pci->id.vendor & 0xffff,
			    (unsigned)device->pci->id.device & 0xffff, device->address);
	}
	return allowed;
}

bool caveats_allow_driver(const struct host *host, const struct machine *machine)
{
	bool allowed = true;
	const struct listener listener = { warn_refused, &allowed };

	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].is_chosen &&
		    denylist_refuses(host, &machine->devices[i]))
			say(&listener, "%s: " DENYLIST_PHRASE,
			    machine->devices[i].address);
	return allowed;
}

static void warn_caveat(void *data, const char *text)
{
	(void)data;
	warn("%s", text);
}

void caveats_warn(const struct host *host, const struct machine *machine)
{
	const struct listener listener = { warn_caveat, NULL };

	warn_members(machine);
	check_all(&listener, host, machine);
}

void caveats_warn_now(const struct machine *machine)
{
	caveats_warn(NULL, machine);
}

/* -- of the hardware ----------------------------------------------------------------- */

#define CLASS_VGA 0x0300

const char *limits_reserved_name(const struct host *host)
{
	static const char *const names[][2] = {
		{ "DMAR", "RMRR" },
		{ "IVRS", "IVMD" },
		{ "IORT", "RMR" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = beneath_find(
			host->root_fd, "sys/firmware/acpi/tables/%s", names[i][0]);

		if (path)
			return names[i][1];
	}
	return NULL;
}

/* Lines are "0xSTART 0xEND TYPE"; VFIO accepts the type "direct-relaxable". */
bool limits_reserve_memory(const struct host *host, int group)
{
	_cleanup_free_ char *regions = NULL;

	return beneath_readf(host->root_fd, &regions,
			     "sys/kernel/iommu_groups/%d/reserved_regions", group) == 0 &&
	       strstr(regions, " direct\n");
}

/* Of the link in the group, which leads to the device. */
static bool read_driver(int directory_fd, const char *name,
			char ret[static DRIVER_NAME_SIZE])
{
	char path[NAME_SIZE + sizeof("/driver")], target[PATH_MAX];

	if (path_format(path, sizeof(path), "%s/driver", name) < 0 ||
	    sysfs_read_target(directory_fd, path, target, sizeof(target)) < 0)
		return false;
	snprintf(ret, DRIVER_NAME_SIZE, "%.*s", DRIVER_NAME_SIZE - 1,
		 beneath_name(target));
	return true;
}

bool limits_find_foreign(const struct host *host, int group,
			 char ret_name[static NAME_SIZE],
			 char ret_driver[static DRIVER_NAME_SIZE])
{
	_cleanup_closedir_ DIR *directory = NULL;
	struct pci_address address;
	struct dirent *entry;
	char path[64];

	snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%d/devices", group);
	directory = sysfs_open_directory(host->root_fd, path);
	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] == '.' ||
		    address_parse_name(entry->d_name, &address) == 0 ||
		    strlen(entry->d_name) >= NAME_SIZE ||
		    !read_driver(dirfd(directory), entry->d_name, ret_driver) ||
		    pci_driver_is_vfio(ret_driver))
			continue;
		strcpy(ret_name, entry->d_name);
		return true;
	}
	return false;
}

static bool has_reset(const struct host *host, const struct device *device)
{
	char methods[64];

	return device_read(host, device, "reset_method", methods, sizeof(methods));
}

/* Whether the kernel tells at all: not before 5.15, nor in old dumps. */
static bool knows_resets(const struct host *host, const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		if (has_reset(host, &machine->devices[i]))
			return true;
	return false;
}

/* The platform device is gone once a display's own driver has loaded. */
static bool has_simple_framebuffer(int root_fd)
{
	_cleanup_free_ char *config = NULL;

	if (file_exists(root_fd, "sys/bus/platform/devices/simple-framebuffer.0"))
		return true;
	config = kernel_config_read(root_fd, NULL);
	return config && kernel_config_has(config, "CONFIG_SYSFB_SIMPLEFB");
}

static bool is_vga(const struct device *device)
{
	return device->pci->id.class >> 8 == CLASS_VGA;
}

/* The kernel marks displays of that class only. */
static bool has_boot_vga(const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].pci->is_boot_display)
			return true;
	return false;
}

/*
 * Whether the boot display is not of class 0300, and the kernel's boot framebuffer is one
 * that vfio-pci removes from that class only, and user space from none.
 */
static bool keeps_framebuffer(const struct host *host, const struct machine *machine,
			      const char *cmdline)
{
	return !has_boot_vga(machine) &&
	       !cmdline_has_item(cmdline, "initcall_blacklist", "sysfb_init") &&
	       has_simple_framebuffer(host->root_fd);
}

/* "A, B and 6 more": those that cannot be reset. Returns the number of all of them. */
static size_t put_unresettable(FILE *file, const struct host *host,
			       const struct device *const *devices, size_t count)
{
	enum { SHOWN_MAX = 4 };
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		if (!has_reset(host, devices[i]) && found++ < SHOWN_MAX)
			fprintf(file, "%s%s", found > 1 ? ", " : "", devices[i]->address);
	if (found > SHOWN_MAX)
		fprintf(file, " and %zu more", found - SHOWN_MAX);
	return found;
}

static void check_resets(const struct listener *listener, const struct host *host,
			 const struct device *const *devices, size_t count)
{
	struct text_file names;
	FILE *file = text_file_open(&names);
	size_t found = file ? put_unresettable(file, host, devices, count) : 0;
	_cleanup_free_ char *list = text_file_close(&names);

	if (list && found)
		say(listener,
		    "%s cannot be reset, so a guest may be able to use %s only once until the host boots again",
		    list, found == 1 ? "it" : "them");
}

void limits_each(const struct host *host, const struct machine *machine,
		 const char *cmdline, const struct device *const *devices, size_t count,
		 void (*each)(void *data, const char *text), void *data)
{
	const struct listener listener = { each, data };

	if (knows_resets(host, machine))
		check_resets(&listener, host, devices, count);
	for (size_t i = 0; i < count; i++)
		if (device_is_display(devices[i]) && !is_vga(devices[i]) &&
		    keeps_framebuffer(host, machine, cmdline))
			say(&listener,
			    "%s is not of class 0300: if it shows the boot messages, this kernel's boot framebuffer (CONFIG_SYSFB_SIMPLEFB) keeps its memory, and no guest can map it; in that case boot with initcall_blacklist=sysfb_init",
			    devices[i]->address);
}
