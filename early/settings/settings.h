/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_SETTINGS_H
#define PASSTHRU_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "cmdline/cmdline.h"
#include "plan/plan.h"

/*
 * What claimed devices get besides their driver: sizes of BARs, reset methods, power
 * management. Sources: drivers/pci/pci-sysfs.c, Documentation/ABI/testing/sysfs-bus-pci.
 */

/* The words are those of passthru-report(5). */
enum setting_verdict {
	SETTING_PENDING, /* not written yet; never in a report */
	SETTING_DONE,
	SETTING_REFUSED,
	SETTING_RESTORED, /* the claim failed, or the device was released */
	/* A BAR of the device is gone, and writing its old size did not bring it back: no
	   driver of the host may have the device until the next boot. */
	SETTING_LOST,
};

/* One setting of one device. The values are those of struct setting, "" if unknown. */
struct setting_result {
	const struct pci_device *device;
	enum setting_kind kind;
	enum setting_verdict verdict;
	int error; /* why it was refused: a negative errno; 0 if another value came of it
		    */
	bool is_for_all; /* no item names the device */
	bool is_written;
	char wanted[SETTING_TEXT_SIZE];
	char was[SETTING_TEXT_SIZE];
	char got[SETTING_TEXT_SIZE];
};

struct settings {
	struct setting_result *items; /* in the order of their devices */
	size_t count;
};

/*
 * "done" for example; "planned" for what a dry run would have done. The reverse of it is
 * SETTING_DONE for both.
 */
const char *setting_verdict_word(enum setting_verdict verdict, bool is_dry);
enum setting_verdict setting_verdict_find(const char *word);

/* The file of the device in sysfs that has it. */
const char *setting_file(enum setting_kind kind);

/*
 * The settings of the devices that the plan takes. Returns 0 or -ENOMEM; the caller frees
 * the items in either case.
 */
int settings_plan(const struct params *params, const struct plan *plan,
		  struct settings *ret) _must_check_;

/* The result for the same setting of the device at the same address, or NULL. */
const struct setting_result *settings_find(const struct settings *settings,
					   const struct setting_result *of);

/*
 * Reads the present value, in the words of the command line; "" if there is none, such as
 * that of a BAR which cannot be resized. Of a BAR sets *ret_offer to the sizes that it
 * can have, a bit for log2 of each in MiB. May wake up the device.
 */
void setting_read(int bus_fd, const struct pci_device *device, enum setting_kind kind,
		  char value[static SETTING_TEXT_SIZE], uint64_t *ret_offer);

/* When a value can be written. */
enum setting_time {
	SETTING_TIME_FREE,  /* the device has no driver */
	SETTING_TIME_BOUND, /* it has the driver to bind, which would have changed these
			     */
	SETTING_TIME_DRY,   /* never: only what can be foretold */
};

/*
 * Writes the device's pending settings whose time has come, and reads them back. Every
 * access may hang in the kernel.
 */
void settings_apply(int bus_fd, const struct settings *settings,
		    const struct pci_device *device, enum setting_time time);

/* Whether the device has a pending setting that needs it without a driver. */
bool settings_are_pending(const struct settings *settings,
			  const struct pci_device *device);

/* Whether it has a BAR to be resized. */
bool settings_have_bar(const struct settings *settings, const struct pci_device *device);

/* The module that adds the requested reset method to the device, or NULL. */
const char *settings_find_module(const struct settings *settings,
				 const struct pci_device *device);

/* Writes back what was before, but for what the driver resets itself. */
void settings_restore(int bus_fd, const struct settings *settings,
		      const struct pci_device *device);

/* Whether no driver of the host may have the device: see SETTING_LOST. */
bool settings_are_lost(const struct settings *settings, const struct pci_device *device);

/* Why a setting was refused, for a person. */
const char *setting_phrase(const struct setting_result *result);

#endif
