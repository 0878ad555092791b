/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_CHOICE_H
#define PASSTHRU_MACHINE_CHOICE_H

#include <stdio.h>

#include "machine/machine.h"

/* Devices of a machine that the user has chosen. */
struct choice {
	struct machine machine;
	bool *named;  /* by index of the device: the user named it */
	bool *chosen; /* named, or in the group of one that is */
};

/*
 * Reads the machine and what backs the system. Returns 0, or a negative errno after a
 * warning; release with choice_free() in either case.
 */
int choice_open(struct host *host, struct choice *ret);
void choice_free(struct choice *choice);

/*
 * Chooses the devices at an address, which may be a path or end with "*". Returns
 * STATUS_GOOD, or after a warning another exit status.
 */
int choice_add(struct choice *choice, const char *text);

/* Chooses the other members of their IOMMU groups, too. */
void choice_add_members(struct choice *choice);

/*
 * All of these steps for the operands of the command line. Returns an exit status, after
 * a warning if it is not STATUS_GOOD; release with choice_free() in either case.
 */
int choice_make(struct host *host, struct choice *ret);

/*
 * Whether the device needs an item of its own: it is chosen, and no chosen device before
 * it has the same item.
 */
bool choice_has_item(const struct choice *choice, size_t index);

/* Prints that item of passthru.ids: an ID, with an address if it also matches others. */
void choice_put_item(const struct choice *choice, size_t index, FILE *file);

#endif
