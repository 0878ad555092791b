/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_FAKE_H
#define PASSTHRU_TESTS_FAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "pci.h"
#include "unit.h"

/*
 * A PCI bus that is made up, behind the functions of sysfs.h and module.h, which
 * fake_sysfs.c and fake_module.c put in the place of the real ones. It behaves as
 * drivers/base and drivers/pci do: an override beats the ID tables, a zero-byte write
 * never arrives, "\n" clears, drivers_probe says nothing of what a driver said, bind
 * does, and a driver that is registered takes all that is free and that it matches.
 *
 * It lies in memory that child processes share.
 */

#define FAKE_DEVICES 8
#define FAKE_DRIVERS 8
#define FAKE_RULES   4
#define FAKE_TRACE   8192

struct fake_device {
	struct pci_address address;
	char want[DRIVER_NAME_SIZE];  /* the driver that is to have it; "" for none */
	char usual[DRIVER_NAME_SIZE]; /* whose ID table has it; "" for none */
	char driver[DRIVER_NAME_SIZE];
	char override[DRIVER_NAME_SIZE];
	char refuser[DRIVER_NAME_SIZE]; /* the driver whose probe of it fails, */
	int refusal;			/* with this errno */
	bool has_group;
	bool is_gone;
	bool was_overridden; /* at some time */
	bool was_touched;    /* after that by a driver that is not the wanted one */
};

struct fake_driver {
	char module[DRIVER_NAME_SIZE];
	char name[DRIVER_NAME_SIZE];
	bool is_registered;
};

/* What is to happen when something is written or loaded. */
struct fake_rule {
	unsigned nth;	   /* the action of that number, from 1; 0 for any */
	const char *match; /* that has this text in it; NULL for any */
	const char *what;
	/*
	 * "EIO"	it fails and has no effect
	 * "late EIO"	it has its effect and fails
	 * "short"	it reports success and has no effect
	 * "vanish A"	before it, the device A goes
	 * "register D"	before it, the driver D comes
	 * "expire"	before it, time runs out
	 * "late expire"	after it, time runs out
	 * "hang"	it never returns
	 */
	unsigned times; /* so often at the most; 0 for always */
};

struct fake_bus {
	struct fake_device devices[FAKE_DEVICES];
	unsigned device_count;
	struct fake_driver drivers[FAKE_DRIVERS];
	unsigned driver_count;
	struct fake_rule rules[FAKE_RULES];
	unsigned rules_used[FAKE_RULES];
	unsigned actions;		    /* writes and loads up to now */
	char trace[FAKE_TRACE];		    /* each of them, "; " behind it */
	void (*expire)(void);		    /* what "expire" calls */
	struct directory drivers_directory; /* a real one, for readdir(3) */
};

extern struct fake_bus *fake;

/*
 * devices: a line each, "ADDRESS [want=D] [usual=D] [driver=D] [override=D]
 * [refuses=D:ERRNO] [nogroup]". drivers: names; "+D" is not loaded yet, "+M:D" is the
 * driver D of the module M. The module virtio_iommu gives every device a group.
 */
void fake_make(const char *devices, const char *drivers);
void fake_drop(void);

/*
 * For fake_sysfs.c and fake_module.c: notes an action and does what the rules say.
 * Returns 0 to go on, a negative errno to fail, or 1 to report success without effect.
 * fake_after() is due when the action has had its effect: it may turn success into
 * failure.
 */
int fake_before(const char *action);
int fake_after(const char *action);

struct fake_device *fake_find(const char *address);
struct fake_driver *fake_find_driver(const char *name);
void fake_register(struct fake_driver *driver);

/* Lets the device be probed as the kernel does. Returns the errno of the last probe. */
int fake_attach(struct fake_device *device);
int fake_probe(struct fake_device *device, const struct fake_driver *driver);
bool fake_matches(const struct fake_device *device, const struct fake_driver *driver);

/* The value of a name such as EIO, or 0. */
int errno_of(const char *name);

#endif
