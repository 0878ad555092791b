/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_ROOT_H
#define PASSTHRU_ROOT_H

#include "host.h"

/*
 * Opens what host->arguments->root names: this machine, a directory that has sys, proc
 * and so on, or a dump, which is unpacked into a directory of its own. Fills in root_fd,
 * root and is_this. Returns 0, or a negative errno after having said what is wrong.
 */
int root_open(struct host *host);

/* Closes it, and removes what was unpacked. */
void root_close(struct host *host);

#endif
