/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_BINDING_H
#define PASSTHRU_CLAIM_BINDING_H

#include "claim/state.h"

/*
 * Binds and unbinds one device through sysfs. Every write may hang in the kernel; its
 * time is added to claims->kernel_us. Functions that return int return 0 or a negative
 * errno.
 */

/* Writes the value to a file of the device. */
int binding_write(struct claims *claims, const struct claim *claim, const char *file,
		  const char *value);

/* Reads the device's driver into claim->entry.now; leaves that as it is on an error. */
void binding_update(const struct claims *claims, struct claim *claim);

/* The same, and whether it is the driver to bind. */
bool binding_is_ours(const struct claims *claims, struct claim *claim);

bool binding_has_file(const struct claims *claims, const struct claim *claim,
		      const char *file);

/* Whether the device is still there. */
bool binding_exists(const struct claims *claims, const struct claim *claim);

/*
 * Unbinds whatever driver the device has; waits for one that is being registered. Returns
 * 0 if it has none any more, or a negative errno.
 */
int binding_unbind(struct claims *claims, struct claim *claim);

/* Has the kernel find a driver for the device. Succeeds even if that driver's probe
 * fails. */
int binding_probe(struct claims *claims, const struct claim *claim);

/*
 * Binds the driver. Unlike drivers_probe, returns the errno of the driver's probe:
 * bind_store() in drivers/base/bus.c.
 */
int binding_bind(struct claims *claims, const struct claim *claim);

/* Returns whether the device has no override any more. */
bool binding_clear_override(struct claims *claims, const struct claim *claim);

#endif
