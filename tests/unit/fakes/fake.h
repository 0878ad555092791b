/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_FAKE_H
#define PASSTHRU_TESTS_FAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "pci/pci.h"
#include "unit.h"

/*
 * A fake PCI bus behind the functions of sysfs.h and module.h, which fake_sysfs.c and
 * fake_kmod.c replace. It behaves like drivers/base and drivers/pci: an override beats
 * the ID tables, a zero-byte write has no effect, "\n" clears, drivers_probe does not
 * report the driver's error while bind does, and a newly registered driver binds every
 * free device that it matches.
 *
 * It is in shared memory, for child processes.
 */

#define FAKE_DEVICES 8
#define FAKE_DRIVERS 8
#define FAKE_RULES   4
#define FAKE_TRACE   8192

struct fake_device {
	struct pci_address address;
	char want[DRIVER_NAME_SIZE];  /* the requested driver; "" for none */
	char usual[DRIVER_NAME_SIZE]; /* the driver whose ID table has it; "" for none */
	char driver[DRIVER_NAME_SIZE];
	char override[DRIVER_NAME_SIZE], former[DRIVER_NAME_SIZE]; /* at first */
	char refuser[DRIVER_NAME_SIZE]; /* the driver whose probe fails, */
	int refusal;			/* with this errno */
	bool has_group;
	/* Settings: an empty text or offer means that there is no such file. */
	unsigned bars[PCI_BARS]; /* log2 of their sizes in MiB, plus 1; 0 for none */
	unsigned lost[PCI_BARS]; /* the same, while they are gone */
	uint64_t offers[PCI_BARS];
	char reset[64], methods[64], d3cold[8], power[8];
	bool is_gone;
	bool was_overridden; /* at any time */
	bool was_misled;     /* by another override than the requested or former one */
	bool was_touched;    /* later, by another driver than the requested one */
	bool is_pf;	     /* it can have VFs: as many as the bus has */
	unsigned vf;	     /* the number of this VF, from 1; or 0 */
};

struct fake_driver {
	char module[DRIVER_NAME_SIZE];
	char name[DRIVER_NAME_SIZE];
	bool is_registered;
};

/* What happens at a write or at the loading of a module. */
struct fake_rule {
	unsigned nth;	   /* the number of the action, from 1; 0 for any */
	const char *match; /* a part of its text; NULL for any */
	const char *what;
	/*
	 * "EIO"	it fails without effect
	 * "late EIO"	it has its effect and fails
	 * "short"	it succeeds without effect
	 * "vanish A"	before it, the device A vanishes
	 * "register D"	before it, the driver D registers
	 * "registering" it fails with ENOENT: the driver is still being registered
	 * "expire"	before it, the time expires
	 * "late expire"	after it, the time expires
	 * "hang"	it never returns
	 * "slow"	it takes 0.8 s
	 * "rival"	before it, somebody removes all VFs and makes rival_vfs others
	 * "lose EIO"	it fails, and all BARs of all devices are gone
	 * "shrink EIO"	it fails, and all BARs have half of their size
	 */
	unsigned times; /* the most times that the rule applies; 0 for always */
};

struct fake_bus {
	struct fake_device devices[FAKE_DEVICES];
	unsigned device_count;
	struct fake_driver drivers[FAKE_DRIVERS];
	unsigned driver_count;
	struct fake_rule rules[FAKE_RULES];
	unsigned rules_used[FAKE_RULES];
	unsigned actions;		    /* writes and loads so far */
	bool silenced;			    /* sriov_drivers_autoprobe of the PF is 0 */
	unsigned number;		    /* sriov_numvfs of it */
	unsigned rival_vfs;		    /* what "rival" writes there */
	char trace[FAKE_TRACE];		    /* each of them, with "; " after it */
	void (*expire)(void);		    /* called by "expire" */
	struct directory drivers_directory; /* a real one, for readdir(3) */
};

extern struct fake_bus *fake;

/*
 * devices: one per line, "ADDRESS [want=D] [usual=D] [driver=D] [override=D]
 * [refuses=D:ERRNO] [nogroup] [pf] [vf=N] [barN=BITS:OFFER] [reset=METHOD+METHOD]
 * [d3cold=0|1] [power=on|auto]", where BITS is log2 of the BAR's size in MiB and OFFER is
 * hexadecimal; one is the PF, and the VFs, in order from 1, exist once it is asked for as
 * many, or at first if they have "there". drivers: names; "+D" is not loaded yet, "+M:D"
 * is the driver D of the module M. The module virtio_iommu gives every device a group.
 */
void fake_make(const char *devices, const char *drivers);
void fake_drop(void);

/*
 * For fake_sysfs.c and fake_kmod.c: records an action and applies the rules. Returns 0
 * to continue, a negative errno to fail, or 1 to succeed without effect. fake_after()
 * applies the late rules after the effect, and may turn success into failure.
 */
int fake_before(const char *action);
int fake_after(const char *action);

/* Whether a rule "registering" still applies: no driver has its file "uevent" yet. */
bool fake_is_registering(void);

struct fake_device *fake_find(const char *address);

/* As sriov_numvfs_store(): VFs vanish, or appear and get drivers. */
int fake_set_vfs(unsigned number);
struct fake_driver *fake_find_driver(const char *name);
void fake_register(struct fake_driver *driver);

/* Probes the device as the kernel does. Returns the result of the last probe. */
int fake_attach(struct fake_device *device);
int fake_probe(struct fake_device *device, const struct fake_driver *driver);
bool fake_matches(const struct fake_device *device, const struct fake_driver *driver);

/* The number of an errno, such as "EIO", or 0. */
int errno_of(const char *name);

#endif
