/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru check: whether all is in place, and what to do about what is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "findings.h"
#include "json.h"
#include "leftover.h"
#include "machine.h"
#include "sysfs.h"

static void check_iommu(struct findings *findings, const struct machine *machine)
{
	if (machine->has_groups)
		findings_add(findings, FINDING_GOOD, "IOMMU",
			     "it is on: the devices have groups");
	else
		findings_add(findings, FINDING_TODO, "IOMMU",
			     "it is off, so nothing can be passed through: %s",
			     machine->advice);
}

static void check_unsafe(struct findings *findings)
{
	char value[8];

	if (sysfs_read(findings->host->root_fd,
		       "sys/module/vfio/parameters/enable_unsafe_noiommu_mode", value,
		       sizeof(value)) > 0 &&
	    value[0] == 'Y')
		findings_add(findings, FINDING_TODO, "VFIO",
			     "vfio.enable_unsafe_noiommu_mode is on, which is no use to "
			     "virtual machines and dangerous; take it out");
}

static void check_leftovers(struct findings *findings)
{
	struct leftovers found;

	if (leftovers_find(findings->host, &found) < 0)
		findings_add(findings, FINDING_NOTE, "old settings", "cannot be read");
	else if (found.edit_count)
		findings_add(findings, FINDING_TODO, "old settings",
			     "%zu file%s from the usual guides' ways, such as /%s; see "
			     "passthru migrate",
			     found.edit_count,
			     found.edit_count == 1 ? " has settings" : "s have settings",
			     found.edits[0].path);
	else if (found.note_count)
		findings_add(findings, FINDING_NOTE, "old settings",
			     "%zu may be left; passthru migrate names them",
			     found.note_count);
	else
		findings_add(findings, FINDING_GOOD, "old settings", "none are left");
	leftovers_free(&found);
}

/* What libvirt lets QEMU open, if its own list is replaced: qemu.conf. */
static bool is_vfio_denied(const char *config)
{
	const char *end, *list, *found;

	for (list = config; (list = strstr(list, "cgroup_device_acl")); list++) {
		const char *line = list;

		while (line > config && line[-1] != '\n')
			line--;
		if (line[strspn(line, " \t")] == '#')
			continue;
		end = strchr(list, ']');
		found = strstr(list, "\"/dev/vfio/vfio\"");
		return !found || (end && found > end);
	}
	return false;
}

static void check_access(struct findings *findings, const struct machine *machine)
{
	_cleanup_free_ char *config = NULL;
	int root_fd = findings->host->root_fd;
	bool claimed = false;

	for (size_t i = 0; i < machine->count; i++)
		claimed |= machine->devices[i].is_claimed;
	if (claimed && findings->host->is_this && !sysfs_exists(root_fd, "dev/vfio/vfio"))
		findings_add(findings, FINDING_TODO, "QEMU",
			     "devices are claimed, but there is no /dev/vfio/vfio: run "
			     "modprobe vfio_iommu_type1");
	if (file_read(root_fd, "etc/libvirt/qemu.conf", &config) < 0)
		return;
	if (is_vfio_denied(config))
		findings_add(findings, FINDING_TODO, "libvirt",
			     "cgroup_device_acl in /etc/libvirt/qemu.conf leaves out "
			     "\"/dev/vfio/vfio\"; add it");
	else
		findings_add(findings, FINDING_GOOD, "libvirt",
			     "its qemu.conf keeps nobody from VFIO");
}

int check_run(struct host *host)
{
	struct findings findings = { .host = host };
	struct json_object *top = NULL;
	struct machine machine;
	int status = STATUS_NOT_GOOD;

	if (host->arguments->json) {
		top = json_begin("check");
		findings.items = json_add_array(top, "findings");
	}
	if (machine_read(host, &machine) == 0) {
		check_iommu(&findings, &machine);
		check_unsafe(&findings);
		check_kernels(&findings);
		check_cmdline(&findings);
		check_leftovers(&findings);
		check_access(&findings, &machine);
		status = findings.todo_count ? STATUS_NOT_GOOD : STATUS_GOOD;
	}
	machine_free(&machine);
	if (top) {
		json_add_bool(top, "good", status == STATUS_GOOD);
		if (json_end(top) < 0)
			status = STATUS_NOT_GOOD;
	}
	return status;
}
