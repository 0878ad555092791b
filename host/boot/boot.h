/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_BOOT_H
#define PASSTHRU_BOOT_BOOT_H

#include "boot/sources.h"

/*
 * Reads the default boot entry of the boot loader that booted this system, then the
 * inputs from which its files are generated. Returns 0 or -ENOMEM; release with
 * boot_sources_free() in either case.
 */
int boot_read(int root_fd, struct boot_sources *ret);

/*
 * Whether the boot loader that booted this system is GRUB. *ret_bls tells whether it
 * reads boot entries of the Boot Loader Specification as well.
 */
bool boot_uses_grub(int root_fd, bool *ret_bls);

#endif
