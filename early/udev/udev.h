/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_UDEV_H
#define PASSTHRU_UDEV_H

#include <stdio.h>

#include "base/base.h"
#include "cmdline/cmdline.h"

/* The udev rule that runs the device stage. */

/*
 * The udev rule that runs the device stage when a device appears that the command line
 * selects. udev decides whether one does, so that it starts no process for any other.
 */

/* Below the root. Later names in the order of udev would be too late: 80-drivers.rules
 * loads drivers. A rules file of the same name in /usr/lib has no effect. */
#define RULE_PATH "run/udev/rules.d/10-passthru.rules"

/* Replaces the file RULE_PATH below root_fd. Returns 0 or a negative errno. */
int rule_write(int root_fd, const struct params *params) _must_check_;

#endif
