/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
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
	return -ENOENT;
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
	if (!device || strcmp(file, "driver") != 0 || !device->driver[0])
		return -ENOENT;
	if (strlen(device->driver) >= size)
		return -ENAMETOOLONG;
	strcpy(name, device->driver);
	return 0;
}

bool sysfs_exists(int fd, const char *path)
{
	struct fake_device *device;
	const char *file;

	(void)fd;
	if (strncmp(path, "drivers/", 8) == 0) {
		struct fake_driver *driver = fake_find_driver(path + 8);

		return driver && driver->is_registered;
	}
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
	const char *file;
	struct fake_device *device = find_file(path, &file);

	(void)fd;
	if (!device || strcmp(file, "driver_override") != 0)
		return -ENOENT;
	return snprintf(buffer, size, "%s",
			device->override[0] ? device->override : "(null)");
}

ssize_t sysfs_read_bytes(int fd, const char *path, void *buffer, size_t size)
{
	(void)fd;
	(void)path;
	(void)buffer;
	(void)size;
	return -ENOENT;
}
