/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_CONSOLE_H
#define PASSTHRU_GUARD_CONSOLE_H

#include "cmdline/cmdline.h"
#include "plan/plan.h"

/*
 * The console guard keeps the device of a serial port that console= on the kernel command
 * line names, unless the device is requested by address, by an ID that no other device
 * has, or with "!". root_fd is the directory above sys. The plan must be complete: it
 * tells how many devices an ID matches.
 */
void guard_console(int root_fd, const struct params *params, struct plan *plan);

#endif
