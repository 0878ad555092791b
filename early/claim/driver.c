/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/sysfs.h"
#include "base/text.h"
#include "claim/driver.h"
#include "claim/module.h"

bool driver_find(const struct claims *claims, char name[static DRIVER_NAME_SIZE])
{
	_cleanup_closedir_ DIR *directory = NULL;
	char path[sizeof("drivers/") + DRIVER_NAME_SIZE];
	struct dirent *entry;

	snprintf(path, sizeof(path), "drivers/%s", name);
	if (sysfs_exists(claims->bus_fd, path))
		return true;
	directory = sysfs_open_directory(claims->bus_fd, "drivers");
	while (directory && (entry = readdir(directory))) {
		if (!text_equals_name(entry->d_name, name))
			continue;
		strcpy(name, entry->d_name);
		return true;
	}
	return false;
}

static int load_module(struct claims *claims, const char *name)
{
	uint64_t before = clock_us();
	int r;

	log_debug("loading %s", name);
	r = module_load(claims->root, name);
	claims->kernel_us += clock_us() - before;
	if (r < 0)
		log_debug("loading %s: %s", name, strerror(-r));
	return r;
}

int driver_provide(struct claims *claims, struct claim *claim)
{
	int r;

	if (strcmp(claims->failed_driver, claim->driver) == 0)
		return claims->failed_error;
	if (driver_find(claims, claim->driver))
		return 0;
	r = load_module(claims, claim->driver);
	/* A module of that name need not register a driver of that name. */
	if (r == 0 && !driver_find(claims, claim->driver))
		r = -ENOENT;
	if (r < 0) {
		strcpy(claims->failed_driver, claim->driver);
		claims->failed_error = r;
	}
	return r;
}

void driver_load_iommu(struct claims *claims)
{
	if (!claims->load_iommu)
		return;
	claims->load_iommu = false;
	(void)load_module(claims, "virtio_pci");
	(void)load_module(claims, "virtio_iommu");
}
