/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_SANDBOX_H
#define PASSTHRU_SANDBOX_H

#include "util.h"

/*
 * Gives up all that the reading of an open device does not take: every descriptor but the
 * two, user and group root, the right to open files and to start processes, memory
 * without end, and with seccomp(2) all system calls but a few; the others fail with
 * EPERM. Returns 0 or a negative errno; the process should end then. A kernel without
 * seccomp is no error.
 */
int sandbox_enter(int fd, int other_fd) _must_check_;

#endif
