/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_REBUILD_H
#define PASSTHRU_REBUILD_H

#include "host.h"

/*
 * The commands that make GRUB's configuration and the boot images anew with what is
 * installed below the root, as one line of shell; NULL where there is none (static).
 */
const char *rebuild_grub(const struct host *host);
const char *rebuild_image(const struct host *host);

/*
 * Runs the command if the root is this machine, and otherwise only says that it is to be
 * run there. Returns 0, or a negative errno after having said what is wrong.
 */
int rebuild_run(const struct host *host, const char *command);

#endif
