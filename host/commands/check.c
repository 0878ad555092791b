/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru check: verify the setup, and tell how to fix what is wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "commands/internal.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "machine/machine.h"
#include "ui/ui.h"

static void check_iommu(struct findings *findings, const struct machine *machine)
{
	if (machine->has_groups)
		findings_add(findings, FINDING_OK, "IOMMU",
			     "on; devices have IOMMU groups");
	else
		findings_add(findings, FINDING_TODO, "IOMMU",
			     "off, so devices cannot be passed through: %s%s",
			     machine->advice, iommu_hint(machine->advice));
}

static void check_unsafe(struct findings *findings)
{
	char value[8];

	if (sysfs_read(findings->host->root_fd,
		       "sys/module/vfio/parameters/enable_unsafe_noiommu_mode", value,
		       sizeof(value)) > 0 &&
	    value[0] == 'Y')
		findings_add(
			findings, FINDING_TODO, "VFIO",
			"vfio.enable_unsafe_noiommu_mode is set, which is dangerous and does not help virtual machines; remove it");
}

/*
 * Without one, and its hook, no image here gets passthru. Where passthru-early has run
 * all the same, images are built elsewhere.
 */
static void check_generator(struct findings *findings)
{
	int root_fd = findings->host->root_fd;
	const char *obstacle = generators_obstacle(root_fd);
	bool is_elsewhere =
		beneath_exists(root_fd, REPORT_PATH) || rebuild_is_elsewhere(root_fd);

	if (!obstacle)
		return;
	if (generators_installed(root_fd))
		findings_add(findings, FINDING_TODO, "initramfs", "%s", obstacle);
	else
		findings_add(findings, is_elsewhere ? FINDING_NOTE : FINDING_TODO,
			     "initramfs",
			     "%s; install one of them, or build the images elsewhere",
			     obstacle);
}

static void add_limit(void *data, const char *text)
{
	findings_add(data, FINDING_NOTE, "device", "%s", text);
}

/* The verdict is never better than that of passthru plan. */
static void check_plan(struct findings *findings, const struct host *host,
		       struct machine *machine)
{
	if (!plan_is_good(host, machine, add_limit, findings))
		findings_add(
			findings, FINDING_TODO, "plan",
			"the next boot would not claim all that is requested, or not so that a guest can have it; run passthru plan");
}

/* Whether qemu.conf has a list of the devices that QEMU may open, without VFIO's. */
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
	if (claimed && findings->host->is_this && !file_exists(root_fd, "dev/vfio/vfio"))
		findings_add(
			findings, FINDING_TODO, "QEMU",
			"devices are claimed, but /dev/vfio/vfio does not exist; run modprobe vfio_iommu_type1");
	if (beneath_read(root_fd, "etc/libvirt/qemu.conf", &config) < 0)
		return;
	if (is_vfio_denied(config))
		findings_add(
			findings, FINDING_TODO, "libvirt",
			"cgroup_device_acl in /etc/libvirt/qemu.conf lacks \"/dev/vfio/vfio\"; add it");
	else
		findings_add(findings, FINDING_OK, "libvirt",
			     "qemu.conf allows access to VFIO");
}

int check_run(struct host *host)
{
	struct machine machine;
	struct findings findings = { .host = host, .machine = &machine };
	struct json_object *top = NULL;
	struct migration *legacy;
	int status = STATUS_NOT_GOOD;

	if (host->arguments->json) {
		top = json_begin("check");
		findings.items = json_add_array(top, "findings");
	}
	if (machine_read(host, &machine)) {
		check_iommu(&findings, &machine);
		check_unsafe(&findings);
		check_generator(&findings);
		check_kernels(&findings);
		check_images(&findings);
		check_trial(&findings);
		legacy = check_read_legacy(&findings);
		check_cmdline(&findings);
		check_plan(&findings, host, &machine);
		check_legacy(&findings, legacy);
		check_access(&findings, &machine);
		status = findings.todo_count ? STATUS_NOT_GOOD : STATUS_GOOD;
	}
	machine_free(&machine);
	if (top) {
		json_add_bool(top, "ok", status == STATUS_GOOD);
		if (json_end(top) < 0)
			status = STATUS_NOT_GOOD;
	}
	return status;
}
