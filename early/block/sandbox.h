/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BLOCK_SANDBOX_H
#define PASSTHRU_BLOCK_SANDBOX_H

#include "base/base.h"

/*
 * Gives up everything that reading an open device does not need: all descriptors but
 * these two, root, opening files, starting processes, unlimited memory, and, with
 * seccomp(2), all but a few system calls; the others fail with EPERM. Returns 0, or a
 * negative errno: then the process should exit. It is not an error if the kernel lacks
 * seccomp.
 */
int sandbox_enter(int fd, int other_fd) _must_check_;

#endif
