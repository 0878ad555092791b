/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_ROOT_H
#define PASSTHRU_ROOT_H

#include "host.h"

/*
 * Opens what host->arguments->root names: this machine, a directory with sys, proc and so
 * on, or a dump, which is unpacked into a temporary directory. Sets root_fd, root,
 * is_this and is_unpacked. Returns whether that worked; says why not.
 */
bool root_open(struct host *host);

/* Closes it and removes the unpacked files. */
void root_close(struct host *host);

#endif
