/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMMANDS_MEMBERS_H
#define PASSTHRU_COMMANDS_MEMBERS_H

#include "machine/machine.h"

/* Warns about what is chosen besides what the user named, and about all caveats. */
void members_warn(const struct choice *choice);

#endif
