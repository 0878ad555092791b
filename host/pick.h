/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PICK_H
#define PASSTHRU_PICK_H

#include "machine.h"

/*
 * Asks on the terminal which devices are wanted and marks them in named, by number of the
 * device. The questions go to standard error: standard output is for the answer. Returns
 * 0, or a negative errno after having said what is wrong.
 */
int pick_devices(const struct machine *machine, bool *named);

#endif
