/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_SYSTEMD_BOOT_H
#define PASSTHRU_BOOT_SYSTEMD_BOOT_H

#include "boot/sources.h"

/* Whether there are boot entries or UKIs, or a command line for kernel-install. */
bool systemd_boot_detect(int root_fd);

/* Adds the entry or UKI that boots by default. Returns 0 or -ENOMEM. */
int systemd_boot_read(int root_fd, struct boot_sources *ret);

#endif
