/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMMANDS_LIST_H
#define PASSTHRU_COMMANDS_LIST_H

#include "machine/machine.h"

/* What passthru list prints: the devices that match one of the filters. */
struct list {
	struct host *host;
	struct machine machine;
	struct filter *filters;
	size_t filter_count; /* 0: all devices */
};

bool list_has(const struct list *list, const struct device *device);

/* Prints them for people. Returns the number of devices. */
size_t list_print(const struct list *list);

#endif
