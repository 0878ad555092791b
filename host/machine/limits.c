/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "lib/lib.h"
#include "machine/machine.h"

#define CLASS_VGA 0x0300

/* Lines are "0xSTART 0xEND TYPE"; VFIO accepts the type "direct-relaxable". */
bool limits_reserve_memory(const struct host *host, int group)
{
	_cleanup_free_ char *regions = NULL;
	char path[128];

	return path_format(path, sizeof(path),
			   "sys/kernel/iommu_groups/%d/reserved_regions", group) == 0 &&
	       beneath_read(host->root_fd, path, &regions) == 0 &&
	       strstr(regions, " direct\n");
}

static bool has_reset(const struct host *host, const struct device *device)
{
	char path[128], methods[64];

	return path_format(path, sizeof(path), "sys/bus/pci/devices/%s/reset_method",
			   device->address) == 0 &&
	       sysfs_read(host->root_fd, path, methods, sizeof(methods)) > 0 &&
	       methods[0];
}

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

	if (sysfs_exists(root_fd, "sys/bus/platform/devices/simple-framebuffer.0"))
		return true;
	config = kernel_config_read_running(root_fd);
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

void limits_read(const struct host *host, const struct machine *machine,
		 const char *cmdline, struct limits *ret)
{
	*ret = (struct limits){
		.host = host,
		.knows_resets = knows_resets(host, machine),
		.keeps_framebuffer =
			!has_boot_vga(machine) &&
			!cmdline_has_item(cmdline, "initcall_blacklist", "sysfb_init") &&
			has_simple_framebuffer(host->root_fd),
	};
}

void limits_each(const struct limits *limits, const struct device *device,
		 void (*each)(void *data, const char *text), void *data)
{
	char text[512];

	if (limits->knows_resets && !has_reset(limits->host, device)) {
		snprintf(
			text, sizeof(text),
			"%s cannot be reset, so a guest may be able to use it only once until the host boots again",
			device->address);
		each(data, text);
	}
	if (limits->keeps_framebuffer && device_is_display(device) && !is_vga(device)) {
		snprintf(
			text, sizeof(text),
			"%s is not of class 0300: if it shows the boot messages, this kernel's boot framebuffer (CONFIG_SYSFB_SIMPLEFB) keeps its memory, and no guest can map it; in that case boot with initcall_blacklist=sysfb_init",
			device->address);
		each(data, text);
	}
}
