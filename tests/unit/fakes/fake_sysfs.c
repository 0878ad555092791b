/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "fake.h"

/* In place of base/sysfs.c. Ignores the descriptor. */

/* The device in "devices/ADDRESS/FILE", and the file. */
static struct fake_device *find_file(const char *path, const char **ret_file)
{
	char address[ADDRESS_SIZE];

	if (sscanf(path, "devices/%16[^/]/", address) != 1)
		return NULL;
	*ret_file = path + strlen("devices/") + strlen(address) + 1;
	return fake_find(address);
}

/* The trace leaves out the domain 0000. */
static void name_action(const char *path, const char *value, char *action, size_t size)
{
	if (strncmp(path, "devices/", 8) == 0)
		path += 8;
	if (strncmp(path, "0000:", 5) == 0)
		path += 5;
	if (strncmp(value, "0000:", 5) == 0)
		value += 5;
	snprintf(action, size, "%s=%s", path, value[0] == '\n' ? "\\n" : value);
}

static int set_override(struct fake_device *device, const char *value)
{
	size_t length = strcspn(value, "\n");

	if (!value[0])
		return 0; /* no effect */
	device->was_overridden = true;
	snprintf(device->override, sizeof(device->override), "%.*s", (int)length, value);
	device->was_misled |= length && strcmp(device->override, device->former) != 0 &&
			      !text_equals_name(device->override, device->want);
	return 0;
}

static int unbind(struct fake_device *device, const char *value)
{
	if (!device->driver[0])
		return -ENOENT;
	if (fake_find(value) != device)
		return -ENODEV;
	device->driver[0] = '\0';
	return 0;
}

static int bind(const char *path, const char *value)
{
	struct fake_device *device = fake_find(value);
	struct fake_driver *driver;
	char name[DRIVER_NAME_SIZE];
	int r;

	if (sscanf(path, "drivers/%63[^/]/bind", name) != 1)
		return -ENOENT;
	driver = fake_find_driver(name);
	if (!driver || !driver->is_registered)
		return -ENOENT;
	if (!device || !fake_matches(device, driver))
		return -ENODEV;
	if (device->driver[0])
		return -EBUSY;
	r = fake_probe(device, driver);
	return r == -517 ? -EAGAIN : r;
}

static bool is_autoprobe(const struct fake_device *device, const char *file)
{
	return (device->vf && strcmp(file, "physfn/sriov_drivers_autoprobe") == 0) ||
	       (device->is_pf && strcmp(file, "sriov_drivers_autoprobe") == 0);
}

/* The address of the VF that the file links to. */
static int read_virtual(const char *file, char *name)
{
	unsigned number;

	if (sscanf(file, "virtfn%u", &number) != 1)
		return -ENOENT;
	for (unsigned i = 0; i < fake->device_count; i++) {
		if (fake->devices[i].is_gone || fake->devices[i].vf != number + 1)
			continue;
		address_format(&fake->devices[i].address, name);
		return 0;
	}
	return -ENOENT;
}

/* The methods of reset_methods[] in drivers/pci/pci.c that the device offers. */
static int set_reset(struct fake_device *device, const char *value)
{
	char methods[64], *rest;

	snprintf(methods, sizeof(methods), "%s", value);
	for (char *method = strtok_r(methods, " ", &rest); method;
	     method = strtok_r(NULL, " ", &rest))
		if (!strstr(device->methods, method))
			return -EINVAL;
	snprintf(device->reset, sizeof(device->reset), "%s", value);
	for (char *c = device->reset; *c; c++)
		*c = *c == ' ' ? '+' : *c;
	return 0;
}

/* resource_resize_store() in drivers/pci/pci-sysfs.c; it assigns all BARs again. */
static int resize(struct fake_device *device, unsigned bar, const char *value)
{
	unsigned bits = (unsigned)strtoul(value, NULL, 10);

	if (device->driver[0])
		return -EBUSY;
	if (!(device->offers[bar] >> bits & 1))
		return -EINVAL;
	for (unsigned i = 0; i < PCI_BARS; i++)
		if (device->lost[i])
			device->bars[i] = device->lost[i];
	memset(device->lost, 0, sizeof(device->lost));
	device->bars[bar] = bits + 1;
	return 0;
}

static int set_setting(struct fake_device *device, const char *file, const char *value)
{
	unsigned bar;

	if (sscanf(file, "resource%u_resize", &bar) == 1 && device->offers[bar])
		return resize(device, bar, value);
	if (strcmp(file, "reset_method") == 0 && device->reset[0])
		return set_reset(device, value);
	if (strcmp(file, "d3cold_allowed") == 0 && device->d3cold[0])
		strcpy(device->d3cold, value);
	else if (strcmp(file, "power/control") == 0 && device->power[0])
		strcpy(device->power, value);
	else
		return -ENOENT;
	return 0;
}

static size_t show_bars(const struct fake_device *device, char *text, size_t size)
{
	size_t at = 0;

	for (unsigned i = 0; i < PCI_BARS; i++) {
		unsigned bits = device->bars[i] ? device->bars[i] : device->lost[i];
		unsigned long long length = bits ? 1ull << (bits - 1) << 20 : 0;
		bool is_there = device->bars[i] != 0;

		at += (size_t)snprintf(
			text + at, size - at, "0x%016llx 0x%016llx 0x%016llx\n",
			is_there ? 1ull << 40 : 0,
			length ? (is_there ? 1ull << 40 : 0) + length - 1 : 0,
			!length	   ? 0
			: is_there ? 0x14220cull
				   : 0x2014220cull);
	}
	return at;
}

static int have_effect(const char *path, const char *value)
{
	struct fake_device *device;
	const char *file;

	if (strcmp(path, "drivers_probe") == 0) {
		device = fake_find(value);
		if (!device)
			return -ENODEV;
		(void)fake_attach(device);
		return 0;
	}
	if (strncmp(path, "drivers/", 8) == 0)
		return bind(path, value);
	device = find_file(path, &file);
	if (!device)
		return -ENOENT;
	if (strcmp(file, "driver_override") == 0)
		return set_override(device, value);
	if (strcmp(file, "driver/unbind") == 0)
		return unbind(device, value);
	if (is_autoprobe(device, file)) {
		fake->silenced = value[0] == '0';
		return 0;
	}
	if (device->is_pf && strcmp(file, "sriov_numvfs") == 0)
		return fake_set_vfs((unsigned)atoi(value));
	return set_setting(device, file, value);
}

int sysfs_write(int fd, const char *path, const char *value)
{
	char action[256];
	int r, late;

	(void)fd;
	name_action(path, value, action, sizeof(action));
	r = fake_before(action);
	if (r)
		return r < 0 ? r : 0;
	r = have_effect(path, value);
	late = fake_after(action);
	return late < 0 ? late : r;
}

int sysfs_read_link(int fd, const char *path, char *name, size_t size)
{
	struct fake_device *device;
	const char *file;

	(void)fd;
	device = find_file(path, &file);
	if (device && device->is_pf && size >= ADDRESS_SIZE &&
	    read_virtual(file, name) == 0)
		return 0;
	if (!device || strcmp(file, "driver") != 0 || !device->driver[0])
		return -ENOENT;
	if (strlen(device->driver) >= size)
		return -ENAMETOOLONG;
	strcpy(name, device->driver);
	return 0;
}

/* Its directory, or the file "uevent" there. */
static bool driver_exists(const char *path)
{
	char name[DRIVER_NAME_SIZE];
	size_t length = strcspn(path, "/");
	struct fake_driver *driver;

	snprintf(name, sizeof(name), "%.*s", (int)length, path);
	driver = fake_find_driver(name);
	return driver && driver->is_registered &&
	       (!path[length] || !fake_is_registering());
}

bool sysfs_exists(int fd, const char *path)
{
	struct fake_device *device;
	const char *file;

	(void)fd;
	if (strncmp(path, "drivers/", 8) == 0)
		return driver_exists(path + 8);
	device = find_file(path, &file);
	if (!device)
		return false;
	if (strcmp(file, "iommu_group") == 0)
		return device->has_group;
	if (strcmp(file, "driver/uevent") == 0)
		return device->driver[0] && !fake_is_registering();
	return strcmp(file, "driver_override") == 0;
}

DIR *sysfs_open_directory(int fd, const char *path)
{
	(void)fd;
	return strcmp(path, "drivers") == 0 ? opendir(fake->drivers_directory.path)
					    : NULL;
}

int sysfs_read_target(int fd, const char *path, char *target, size_t size)
{
	(void)fd;
	(void)path;
	(void)target;
	(void)size;
	return -ENOENT;
}

ssize_t sysfs_read(int fd, const char *path, char *buffer, size_t size)
{
	struct fake_device *device;
	const char *file, *value = "";
	unsigned bar;

	(void)fd;
	device = find_file(path, &file);
	if (!device)
		return -ENOENT;
	if (strcmp(file, "driver_override") == 0)
		return snprintf(buffer, size, "%s",
				device->override[0] ? device->override : "(null)");
	if (is_autoprobe(device, file))
		return snprintf(buffer, size, "%d", !fake->silenced);
	if (device->vf && strcmp(file, "physfn/sriov_numvfs") == 0)
		return snprintf(buffer, size, "%u", fake->number);
	if (device->vf && strcmp(file, "modalias") == 0)
		return snprintf(buffer, size, "igbvf");
	if (strcmp(file, "driver_override") == 0)
		return snprintf(buffer, size, "%s",
				device->override[0] ? device->override : "(null)");
	if (sscanf(file, "resource%u_resize", &bar) == 1 && device->offers[bar])
		return snprintf(buffer, size, "%016llx",
				(unsigned long long)device->offers[bar]);
	if (strcmp(file, "reset_method") == 0)
		value = device->reset;
	else if (strcmp(file, "d3cold_allowed") == 0)
		value = device->d3cold;
	else if (strcmp(file, "power/control") == 0)
		value = device->power;
	if (!value[0])
		return -ENOENT;
	snprintf(buffer, size, "%s", value);
	for (char *c = buffer; *c; c++)
		*c = *c == '+' ? ' ' : *c;
	return (ssize_t)strlen(buffer);
}

ssize_t sysfs_read_bytes(int fd, const char *path, void *buffer, size_t size)
{
	struct fake_device *device;
	const char *file;

	(void)fd;
	device = find_file(path, &file);
	if (!device || strcmp(file, "resource") != 0)
		return -ENOENT;
	return (ssize_t)show_bars(device, buffer, size);
}

int sysfs_lock(int fd, const char *path)
{
	(void)fd;
	(void)path;
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}
