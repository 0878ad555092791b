/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMMANDS_PLAN_H
#define PASSTHRU_COMMANDS_PLAN_H

#include "edit/change.h"
#include "host.h"

/*
 * Prints what the next boot will do; with a change of the configuration, as if that were
 * made, else it is NULL. Returns an exit status.
 */
int plan_show(struct host *host, const struct change *change);

#endif
