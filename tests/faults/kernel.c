/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"

#define PATH_SIZE 512

static struct device *find_device(struct kernel *kernel, const char *address)
{
	for (unsigned i = 0; i < kernel->count; i++)
		if (strcmp(kernel->devices[i].address, address) == 0)
			return &kernel->devices[i];
	return NULL;
}

static bool is_registered(const struct kernel *kernel, const char *driver)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/sys/bus/pci/drivers/%s", kernel->root, driver);
	return driver[0] && access(path, F_OK) == 0;
}

static void link_path(const struct kernel *kernel, const struct device *device,
		      char *path)
{
	snprintf(path, PATH_SIZE, "%s/sys/bus/pci/devices/%s/driver", kernel->root,
		 device->address);
}

/* Binds the driver: the link appears. */
static int attach(const struct kernel *kernel, struct device *device, const char *driver)
{
	char path[PATH_SIZE], target[PATH_SIZE];

	if (device->refuses && strcmp(driver, "vfio-pci") == 0)
		return -EINVAL;
	link_path(kernel, device, path);
	snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", driver);
	if (symlink(target, path) < 0)
		return -errno;
	snprintf(device->driver, sizeof(device->driver), "%s", driver);
	return 0;
}

static bool matches(const struct device *device, const char *driver)
{
	return strcmp(device->override[0] ? device->override : device->usual, driver) ==
	       0;
}

/* drivers_probe succeeds whatever the driver's probe returns. */
static int probe(const struct kernel *kernel, struct device *device)
{
	const char *driver = device->override[0] ? device->override : device->usual;

	if (!device->driver[0] && is_registered(kernel, driver))
		(void)attach(kernel, device, driver);
	return 0;
}

static int bind(const struct kernel *kernel, struct device *device, const char *driver)
{
	if (!matches(device, driver))
		return -ENODEV;
	return device->driver[0] ? -EBUSY : attach(kernel, device, driver);
}

static int unbind(const struct kernel *kernel, struct device *device, const char *driver)
{
	char path[PATH_SIZE];

	if (strcmp(device->driver, driver) != 0)
		return -ENODEV;
	link_path(kernel, device, path);
	device->driver[0] = '\0';
	return unlink(path) < 0 ? -errno : 0;
}

/* drivers/NAME/bind or unbind. */
static int write_driver(struct kernel *kernel, const char *file, struct device *device)
{
	char driver[NAME_SIZE], action[NAME_SIZE];

	if (sscanf(file, "%63[^/]/%63s", driver, action) != 2 || !device)
		return -ENODEV;
	return strcmp(action, "bind") == 0 ? bind(kernel, device, driver)
					   : unbind(kernel, device, driver);
}

int kernel_write(struct kernel *kernel, const char *path, const char *value)
{
	const char *name = strrchr(path, '/') + 1,
		   *drivers = strstr(path, "/pci/drivers/");
	struct device *device = find_device(kernel, value);
	char copy[PATH_SIZE];

	if (drivers)
		return write_driver(kernel, drivers + strlen("/pci/drivers/"), device);
	if (strcmp(name, "drivers_probe") == 0)
		return device ? probe(kernel, device) : -ENODEV;
	if (strcmp(name, "driver_override") != 0)
		return 0;
	/* "…/ADDRESS/driver_override": an empty value is no write at all. */
	snprintf(copy, sizeof(copy), "%.*s", (int)(name - 1 - path), path);
	device = find_device(kernel, strrchr(copy, '/') + 1);
	if (device && value[0])
		snprintf(device->override, sizeof(device->override), "%.*s",
			 (int)strcspn(value, "\n"), value);
	return 0;
}
