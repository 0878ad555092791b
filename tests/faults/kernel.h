/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_FAULTS_KERNEL_H
#define PASSTHRU_TESTS_FAULTS_KERNEL_H

#include <stdbool.h>

/*
 * What the kernel does with writes to a made-up sysfs: drivers/base/bus.c and dd.c,
 * drivers/pci/pci-driver.c. All drivers that have a directory are registered.
 */

#define DEVICES_MAX 8
#define NAME_SIZE   64

struct device {
	char address[NAME_SIZE];
	char usual[NAME_SIZE];	  /* the driver whose ID table has it */
	char driver[NAME_SIZE];	  /* "" for none */
	char override[NAME_SIZE]; /* "" for none */
	bool refuses;		  /* the probe of vfio-pci fails */
};

struct kernel {
	const char *root; /* the directory above sys */
	struct device devices[DEVICES_MAX];
	unsigned count;
};

/*
 * Applies a successful write of value to path, which is absolute and without links.
 * Returns 0, or the negative errno with which the kernel would have failed.
 */
int kernel_write(struct kernel *kernel, const char *path, const char *value);

#endif
