/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_SYSTEMD_BOOT_H
#define PASSTHRU_BOOT_SYSTEMD_BOOT_H

#include "boot/sources.h"

#define EFI_VARIABLES "sys/firmware/efi/efivars"

/* The path of a variable of the Boot Loader Interface. */
#define EFI_VARIABLE(name) EFI_VARIABLES "/" name "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

/* Whether there are boot entries or UKIs, or a command line for kernel-install. */
bool systemd_boot_detect(int root_fd);

/*
 * Whether systemd-boot booted the system, or the firmware a UKI. True if there are no EFI
 * variables that tell.
 */
bool systemd_boot_has_booted(int root_fd, const char *running);

/* Adds the entry or UKI that boots by default, or all of them. Returns 0 or -ENOMEM. */
int systemd_boot_read(int root_fd, bool all, struct boot_sources *ret);

#endif
