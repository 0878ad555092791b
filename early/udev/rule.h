/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_UDEV_RULE_H
#define PASSTHRU_UDEV_RULE_H

#include <stdio.h>

#include "base/base.h"
#include "cmdline/cmdline.h"

/*
 * The udev rule that runs the device stage when a device appears that the command line
 * selects. udev decides whether one does, so that it starts no process for any other.
 */

/* Below the root. Later names in the order of udev would be too late: 80-drivers.rules
 * loads drivers. A rules file of the same name in /usr/lib has no effect. */
#define RULE_PATH "run/udev/rules.d/10-passthru.rules"

/*
 * Writes the text of the rule. It matches at least the devices that the selectors match;
 * with passthru.group=claim every PCI device, since any may join the group of one. The
 * text has nothing from the command line but the numbers that were parsed. params is a
 * struct params; the type is that of file_replace().
 */
void rule_put(FILE *file, const void *params);

/* Replaces the file RULE_PATH below root_fd. Returns 0 or a negative errno. */
int rule_write(int root_fd, const struct params *params) _must_check_;

#endif
