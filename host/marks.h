/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MARKS_H
#define PASSTHRU_MARKS_H

#include "machine.h"

/*
 * The other devices that have to go along when the device is passed: those of its IOMMU
 * group. Calls back for each, in the order of their addresses; returns their number.
 */
size_t marks_companions(const struct machine *machine, const struct device *device,
			void (*each)(void *data, const struct device *other), void *data);

/* Prints the marks of the device, a line each, indented by so many columns. */
void marks_print(const struct output *output, const struct machine *machine,
		 const struct device *device, unsigned indent);

#endif
