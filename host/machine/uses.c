/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people use devices for, and would miss: monitors, keyboards, sound. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "machine/internal.h"

/* Calls back for each link in a directory of sysfs, with its name and its target. */
static void each_link(const struct host *host, const char *path,
		      void (*each)(const struct host *host, struct machine *machine,
				   int directory_fd, const char *name,
				   const char *target),
		      struct machine *machine)
{
	_cleanup_closedir_ DIR *directory = sysfs_open_directory(host->root_fd, path);
	struct dirent *entry;
	char target[PATH_MAX];

	while (directory && (entry = readdir(directory)))
		if (sysfs_read_target(dirfd(directory), entry->d_name, target,
				      sizeof(target)) == 0)
			each(host, machine, dirfd(directory), entry->d_name, target);
}

static bool has_text(int fd, const char *name, const char *file, const char *want)
{
	char path[NAME_MAX + 32], text[32];

	return path_format(path, sizeof(path), "%s/%s", name, file) == 0 &&
	       sysfs_read(fd, path, text, sizeof(text)) > 0 && strcmp(text, want) == 0;
}

/* card0-HDMI-A-1, a connector of card0 */
static void read_connector(const struct host *host, struct machine *machine, int fd,
			   const char *name, const char *target)
{
	struct device *device = machine_find_in_path(machine, target);
	const char *connector = strchr(name, '-');

	(void)host;
	if (device && connector && !device->uses.connector[0] &&
	    has_text(fd, name, "status", "connected"))
		snprintf(device->uses.connector, sizeof(device->uses.connector), "%s",
			 connector + 1);
}

static void add_keyboard(struct machine *machine, const char *target)
{
	struct device *device = machine_find_in_path(machine, target);

	if (device)
		device->uses.keyboards++;
	else
		machine->other_keyboards++;
}

/* A keyboard of the boot protocol: Device Class Definition for HID, 4.2 and 4.3. */
static void read_usb_interface(const struct host *host, struct machine *machine, int fd,
			       const char *name, const char *target)
{
	(void)host;
	if (has_text(fd, name, "bInterfaceClass", "03") &&
	    has_text(fd, name, "bInterfaceSubClass", "01") &&
	    has_text(fd, name, "bInterfaceProtocol", "01"))
		add_keyboard(machine, target);
}

/* KEY_Q to KEY_P in include/uapi/linux/input-event-codes.h */
#define LETTERS 0x3ff0000UL

/* Keyboards of other buses: the last number has the lowest 32 or 64 keys. */
static void read_input(const struct host *host, struct machine *machine, int fd,
		       const char *name, const char *target)
{
	char path[NAME_MAX + 32], keys[256];
	const char *last;

	(void)host;
	if (strstr(target, "/usb") ||
	    path_format(path, sizeof(path), "%s/capabilities/key", name) < 0 ||
	    sysfs_read(fd, path, keys, sizeof(keys)) <= 0)
		return;
	last = strrchr(keys, ' ');
	if ((strtoul(last ? last + 1 : keys, NULL, 16) & LETTERS) == LETTERS)
		add_keyboard(machine, target);
}

static void read_sound(const struct host *host, struct machine *machine, int fd,
		       const char *name, const char *target)
{
	struct device *device = machine_find_in_path(machine, target);

	(void)host;
	(void)fd;
	if (strncmp(name, "card", 4) != 0)
		return;
	if (device)
		device->uses.sound_cards++;
	else
		machine->other_sound_cards++;
}

static void read_settings(const struct host *host, struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		struct device *device = &machine->devices[i];

		if (pci_is_display(&device->pci->id) &&
		    !xorg_names(host, device, device->uses.setting))
			(void)compositor_names(host, device, device->uses.setting);
	}
}

void machine_read_uses(const struct host *host, struct machine *machine)
{
	struct sessions sessions;
	const struct networks networks = { host, machine, &sessions };

	each_link(host, "sys/class/drm", read_connector, machine);
	sessions_read(host, machine, &sessions);
	networks_read(&networks);
	ssh_read_sessions(&networks);
	sessions_free(&sessions);
	read_settings(host, machine);
	each_link(host, "sys/bus/usb/devices", read_usb_interface, machine);
	each_link(host, "sys/class/input", read_input, machine);
	each_link(host, "sys/class/sound", read_sound, machine);
}
