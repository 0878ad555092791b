/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that a run has to know. */
#include <errno.h>

#include "base/base.h"
#include "run/internal.h"

bool run_has_file(const struct run *run, const struct pci_address *device,
		  const char *file)
{
	char path[DEVICE_PATH_SIZE];

	pci_device_path(path, device, file);
	return sysfs_exists(run->bus_fd, path);
}

int run_scan(struct run *run, bool *ret_partial)
{
	const struct pci_address *device = &run->request->device;
	struct pci_list *devices = &run->result->devices;
	int r = -ENOENT;

	if (run->stage == STAGE_DEVICE && !run_has_file(run, device, "sriov_numvfs"))
		r = pci_scan_group(run->bus_fd, device, devices);
	if (r == 0 && !run->params->force && pci_slot_has_console(devices, device)) {
		pci_list_free(devices);
		r = -ENOENT;
	}
	*ret_partial = r == 0;
	return r == -ENOENT ? pci_scan(run->bus_fd, devices) : r;
}

void run_read_entries(struct run *run)
{
	const struct plan *plan = &run->result->plan;

	for (size_t i = 0; i < plan->count; i++)
		pci_read_attributes(run->bus_fd, plan->entries[i].device);
}

/* The physical functions of those entries that have them in their groups. */
static void read_physical(struct run *run)
{
	const struct plan *plan = &run->result->plan;
	const struct pci_list *devices = &run->result->devices;

	for (size_t i = 0; i < devices->count; i++)
		for (size_t j = 0; devices->devices[i].has_vfs && j < plan->total; j++)
			if (plan->entries[j].device->group == devices->devices[i].group)
				pci_read_physical(run->bus_fd, plan->entries[j].device);
}

int run_read_members(struct run *run)
{
	const struct plan *plan = &run->result->plan;
	struct pci_list *devices = &run->result->devices;
	int last = NO_GROUP, r;

	for (size_t i = 0; i < plan->total; i++) {
		const struct pci_device *device = plan->entries[i].device;

		/* Members of a group are mostly neighbours. */
		if (device->group == NO_GROUP || device->group == last)
			continue;
		last = device->group;
		r = pci_read_group_attributes(run->bus_fd, device, devices);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	read_physical(run);
	return 0;
}

bool run_has_groupless(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->entries[i].device->group == NO_GROUP)
			return true;
	return false;
}

bool run_read_slots(struct run *run)
{
	const struct plan *plan = &run->result->plan;
	bool is_groupless = false;

	for (size_t i = 0; i < plan->count; i++)
		is_groupless |= pci_read_slot_attributes(
			run->bus_fd, plan->entries[i].device, &run->result->devices);
	return is_groupless;
}

/* Whether the IOMMU group of a function that matters may come with its driver. */
static bool groups_come(struct run *run)
{
	bool is_groupless = run->params->group == GROUP_CLAIM
				    ? run_read_slots(run)
				    : run_has_groupless(&run->result->plan);

	if (!is_groupless || !iommu_may_add_groups(run->root_fd, &run->result->devices))
		return false;
	(void)run_read_slots(run);
	return true;
}

int run_add_groups(struct run *run)
{
	struct plan *plan = &run->result->plan;
	int r = run->params->group == GROUP_CLAIM ? run_read_members(run) : 0;

	if (r < 0)
		return r;
	plan->groups_come = groups_come(run);
	return plan_add_groups(run->params, &run->result->devices, plan);
}
