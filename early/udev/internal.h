/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_UDEV_INTERNAL_H
#define PASSTHRU_UDEV_INTERNAL_H

#include "udev/udev.h"

/* What only the files of this folder share. */

/*
 * Writes the text of the rule. It matches at least the devices that the selectors match;
 * with passthru.group=claim every PCI device, since any may join the group of one. The
 * text has nothing from the command line but the numbers that were parsed. params is a
 * struct params; the type is that of file_replace().
 */
void rule_put(FILE *file, const void *params);

#endif
