/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "guard/guard.h"
#include "lib/lib.h"
#include "machine/internal.h"
#include "pci/pci.h"
#include "plan/plan.h"
#include "report/report.h"
#include "ui/ui.h"

/* How long reading the disks may take. */
#define DISKS_MS 5000

static unsigned read_vf_count(int bus_fd, const struct pci_device *device)
{
	char path[DEVICE_PATH_SIZE], text[16];

	pci_device_path(path, &device->address, "sriov_numvfs");
	if (sysfs_read(bus_fd, path, text, sizeof(text)) <= 0)
		return 0;
	return (unsigned)strtoul(text, NULL, 10);
}

/* Whether this boot's report says that it gave the device the driver it has now. */
static bool is_reported(const struct run_result *boot, const struct pci_device *device)
{
	const struct plan_entry *entry = run_result_find(boot, &device->address);

	return entry && entry->verdict == VERDICT_CLAIMED && !boot->is_dry &&
	       device->driver[0] && strcmp(entry->now, device->driver) == 0;
}

/* Leaves out the default domain, as lspci does. */
static void describe_path(const struct address_pattern *path, char text[static PATH_SIZE])
{
	size_t length;

	text[0] = '\0';
	if (!path->step_count)
		return;
	address_format(&path->address, text);
	length = strlen(text);
	if (path->address.domain == 0) {
		length -= strlen("0000:");
		memmove(text, text + strlen("0000:"), length + 1);
	}
	for (unsigned i = 0; i < path->step_count; i++)
		length += (size_t)snprintf(text + length, PATH_SIZE - length, "/%02x.%x",
					   path->steps[i] >> 3 & 0x1fu,
					   path->steps[i] & 7u);
}

static void describe(struct pci_names *names, const struct run_result *boot, int bus_fd,
		     struct device *device)
{
	address_format(&device->pci->address, device->address);
	describe_path(&device->pci->path, device->path);
	pci_names_look_up(names, device);
	device->vf_count = read_vf_count(bus_fd, device->pci);
	(void)pf_read(bus_fd, device->pci, &device->pf);
	device->is_reported = is_reported(boot, device->pci);
	device->is_claimed =
		pci_driver_is_vfio(device->pci->driver) || device->is_reported;
}

static int read_devices(const struct host *host, int bus_fd, struct machine *machine)
{
	struct pci_names *names = pci_names_open(host->root_fd);
	_cleanup_free_ char *report = NULL;
	struct run_result boot = { 0 };

	machine->count = machine->pci.count;
	machine->devices = calloc(machine->count + 1, sizeof(machine->devices[0]));
	if (!machine->devices || !names) {
		pci_names_free(names);
		return -ENOMEM;
	}
	/* Without a report only the drivers tell what is claimed. */
	if (beneath_read(host->root_fd, REPORT_PATH, &report) == 0)
		(void)report_parse(report, &boot);
	for (size_t i = 0; i < machine->count; i++) {
		struct device *device = &machine->devices[i];

		device->pci = &machine->pci.devices[i];
		pci_read_attributes(bus_fd, device->pci);
		pci_read_physical(bus_fd, device->pci);
		describe(names, &boot, bus_fd, device);
		machine->has_groups |= device->pci->group != NO_GROUP;
	}
	for (size_t i = 0; i < machine->count; i++)
		if (machine->pci.devices[i].is_virtual)
			machine->devices[i].physical =
				machine_find(machine, &machine->pci.devices[i].physical);
	cards_find(machine);
	run_result_free(&boot);
	pci_names_free(names);
	return 0;
}

/* The IOMMU of virtio is a device, and VFIO can do without any. */
static void find_lack(const struct host *host, struct machine *machine)
{
	const char *lack = firmware_find_lack(host);

	if (!lack || machine->has_groups || iommu_is_virtio(&machine->pci) ||
	    iommu_is_done_without(host->root_fd))
		return;
	machine->lacks_iommu = true;
	machine->advice = machine->display_advice = lack;
}

static int read_all(const struct host *host, struct machine *ret)
{
	_cleanup_close_ int bus_fd =
		openat(host->root_fd, "sys/bus/pci", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = bus_fd < 0 ? -errno : pci_scan(bus_fd, &ret->pci);

	if (r == 0)
		r = ret->pci.error;
	if (r < 0)
		return r;
	pci_read_paths(bus_fd, &ret->pci);
	if (sysfs_read(host->root_fd, "proc/sys/kernel/osrelease", ret->kernel,
		       sizeof(ret->kernel)) < 0)
		ret->kernel[0] = '\0';
	if (beneath_read(host->root_fd, GROUPS_FILE, &ret->known_groups) < 0)
		ret->known_groups = strdup("");
	if (!ret->known_groups)
		return -ENOMEM;
	r = read_devices(host, bus_fd, ret);
	if (r < 0)
		return r;
	find_lack(host, ret);
	machine_read_uses(host, ret);
	return 0;
}

bool machine_read(const struct host *host, struct machine *ret)
{
	static const struct pci_id display = { .class = PCI_BASE_CLASS_DISPLAY << 16 };
	int r;

	*ret = (struct machine){ .advice = iommu_advice(host->root_fd, NULL),
				 .display_advice =
					 iommu_advice(host->root_fd, &display) };
	r = read_all(host, ret);
	if (r == -ENOENT || r == -ENOTDIR)
		warn("there is no PCI bus in %s/sys%s", host->root,
		     host->is_this
			     ? ""
			     : "; --root takes a directory with sys and proc of a machine");
	else if (r < 0)
		warn_error(r, "cannot read the PCI devices in %s/sys", host->root);
	return r == 0;
}

void machine_free(struct machine *machine)
{
	free(machine->devices);
	free(machine->known_groups);
	pci_list_free(&machine->pci);
	*machine = (struct machine){ 0 };
}

static void note_use(const struct plan_entry *entry, struct device *device)
{
	device->needed_for = entry->reason;
	phrase_reason(entry, device->system);
}

/* Asks the guards about every device, as if all were to be claimed. */
static int judge_all(const struct host *host, struct machine *machine)
{
	struct plan plan = { .count = machine->count };
	_cleanup_free_ char *text = NULL;
	struct cmdline cmdline = { 0 };
	int r = beneath_read(host->root_fd, "proc/cmdline", &text);

	plan.entries = calloc(plan.count + 1, sizeof(plan.entries[0]));
	if (!plan.entries)
		r = -ENOMEM;
	if (r == 0)
		r = cmdline_split(text, &cmdline);
	if (r < 0) {
		free(plan.entries);
		cmdline_free(&cmdline);
		return r;
	}
	for (size_t i = 0; i < plan.count; i++) {
		plan.entries[i].device = &machine->pci.devices[i];
		if (machine->pci.devices[i].is_bridge)
			plan.entries[i].verdict = VERDICT_REFUSED;
		strcpy(plan.entries[i].wanted, "vfio-pci");
		strcpy(plan.entries[i].was, machine->pci.devices[i].driver);
	}
	guard_console(host->root_fd, &cmdline, &plan);
	guard_disks(host->root_fd, &cmdline, DISK_MOMENT_BOOTED, clock_ms() + DISKS_MS,
		    &plan);
	cmdline_free(&cmdline);
	for (size_t i = 0; i < plan.count; i++) {
		const struct plan_entry *entry = &plan.entries[i];

		if (entry->reason == REASON_IN_USE || entry->reason == REASON_ROOT_DISK ||
		    entry->reason == REASON_ROOT_NETWORK ||
		    entry->reason == REASON_CONSOLE)
			note_use(entry, &machine->devices[i]);
	}
	free(plan.entries);
	return 0;
}

void machine_read_needs(const struct host *host, struct machine *machine)
{
	if (machine->knows_needs)
		return;
	machine->knows_needs = true;
	(void)reader_choose();
	if (judge_all(host, machine) < 0)
		warn("cannot find out which disks back the system; system disks are not marked");
}

void device_full_name(const struct device *device, char name[static FULL_NAME_SIZE])
{
	bool both = device->vendor_name[0] && device->device_name[0];

	snprintf(name, FULL_NAME_SIZE, "%s%s%s", device->vendor_name, both ? " " : "",
		 device->device_name);
	if (!name[0])
		strcpy(name, "not in pci.ids");
}

bool device_read(const struct host *host, const struct device *device,
		 const char *attribute, char *ret, size_t size)
{
	_cleanup_free_ char *path = NULL;

	return beneath_format(&path, "sys/bus/pci/devices/%s/%s", device->address,
			      attribute) == 0 &&
	       sysfs_read(host->root_fd, path, ret, size) > 0;
}

const char *device_lasting_address(const struct machine *machine,
				   const struct device *device)
{
	size_t count = 0;

	/* Virtual functions may be on further buses, where slots occur again. */
	for (size_t i = 0; device->path[0] && i < machine->count; i++)
		count += strcmp(machine->devices[i].path, device->path) == 0;
	return count == 1 ? device->path : device->address;
}

bool device_shares_fate(const struct device *device)
{
	return viability_concerns(device->pci);
}

bool device_goes_with(const struct device *device, const struct device *other)
{
	return device != other && device->pci->group != NO_GROUP &&
	       device->pci->group == other->pci->group && device_shares_fate(device) &&
	       device_shares_fate(other);
}

static bool is_among(const struct selectors *list, const struct device *device)
{
	for (size_t i = 0; i < list->count; i++)
		if (selector_matches(&list->items[i], device->pci))
			return true;
	return false;
}

bool device_is_requested(const struct device *device, const struct params *params)
{
	return is_among(&params->wanted, device) ||
	       (device->physical && is_among(&params->vfs, device->physical));
}

bool device_gives_vfs(const struct device *device, const struct params *params)
{
	return !device->physical && is_among(&params->vfs, device);
}

bool device_is_display(const struct device *device)
{
	return pci_base_class(&device->pci->id) == PCI_BASE_CLASS_DISPLAY;
}

bool device_may_hide_disk(const struct device *device)
{
	return device->is_claimed && !device->is_reported &&
	       guard_is_storage(&device->pci->id);
}

bool device_is_unseen(const struct device *device)
{
	return device_may_hide_disk(device) &&
	       pci_base_class(&device->pci->id) == PCI_BASE_CLASS_STORAGE;
}
