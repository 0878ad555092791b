/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/sysfs.h"
#include "base/text.h"
#include "claim/binding.h"

#define POLL_US 10000

static int write_timed(struct claims *claims, const char *path, const char *value)
{
	uint64_t before = clock_us();
	int r;

	log_debug("writing \"%s\" to %s", value[0] == '\n' ? "\\n" : value, path);
	r = sysfs_write(claims->bus_fd, path, value);
	claims->kernel_us += clock_us() - before;
	return r;
}

int binding_write(struct claims *claims, const struct claim *claim, const char *file,
		  const char *value)
{
	char path[DEVICE_PATH_SIZE];

	pci_device_path(path, &claim->address, file);
	return write_timed(claims, path, value);
}

void binding_update(const struct claims *claims, struct claim *claim)
{
	char driver[DRIVER_NAME_SIZE];

	if (pci_read_driver(claims->bus_fd, &claim->address, driver) == 0)
		strcpy(claim->now, driver);
}

bool binding_is_ours(const struct claims *claims, struct claim *claim)
{
	binding_update(claims, claim);
	return text_equals_name(claim->now, claim->driver);
}

bool binding_has_file(const struct claims *claims, const struct claim *claim,
		      const char *file)
{
	char path[DEVICE_PATH_SIZE];

	pci_device_path(path, &claim->address, file);
	return sysfs_exists(claims->bus_fd, path);
}

bool binding_exists(const struct claims *claims, const struct claim *claim)
{
	return binding_has_file(claims, claim, "driver_override");
}

/*
 * A driver that is being registered probes its devices before it has the file "unbind",
 * which comes after "uevent" (bus_add_driver() in drivers/base/bus.c). Some never have
 * it.
 */
static bool may_get_unbind_file(const struct claims *claims, struct claim *claim)
{
	binding_update(claims, claim);
	return claim->now[0] && !claim_is_lost(claim) &&
	       !binding_has_file(claims, claim, "driver/uevent");
}

int binding_unbind(struct claims *claims, struct claim *claim)
{
	char name[ADDRESS_SIZE];
	bool wait;
	int r;

	address_format(&claim->address, name);
	do {
		wait = may_get_unbind_file(claims, claim);
		r = binding_write(claims, claim, "driver/unbind", name);
		wait &= r == -ENOENT;
		if (wait)
			usleep(POLL_US);
	} while (wait);
	/* The driver may have released it in the meantime. */
	binding_update(claims, claim);
	return claim->now[0] ? r : 0;
}

int binding_probe(struct claims *claims, const struct claim *claim)
{
	char name[ADDRESS_SIZE];

	address_format(&claim->address, name);
	return write_timed(claims, "drivers_probe", name);
}

int binding_bind(struct claims *claims, const struct claim *claim)
{
	char name[ADDRESS_SIZE], path[sizeof("drivers//bind") + DRIVER_NAME_SIZE];

	address_format(&claim->address, name);
	snprintf(path, sizeof(path), "drivers/%s/bind", claim->driver);
	return write_timed(claims, path, name);
}

/*
 * A newline clears it; an empty write would not reach the kernel (driver_set_override()
 * in drivers/base/driver.c). Tried twice: the kernel may have been short of memory for a
 * moment, and no driver can bind a device whose override stays.
 */
bool binding_clear_override(struct claims *claims, const struct claim *claim)
{
	int r = binding_write(claims, claim, "driver_override", "\n");

	if (r < 0 && binding_exists(claims, claim))
		r = binding_write(claims, claim, "driver_override", "\n");
	if (r < 0)
		log_debug("clearing the override failed: %s", strerror(-r));
	return r == 0 || !binding_exists(claims, claim);
}
