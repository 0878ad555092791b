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
 * Reads all entries from which that boot loader lets the user choose. Returns 0 or
 * -ENOMEM; release with boot_sources_free() in either case.
 */
int boot_read_all(int root_fd, struct boot_sources *ret);

/*
 * If no file tells what boots next, and one that could is not readable for this user, its
 * path (static), relative to the root; else NULL.
 */
const char *boot_find_unreadable(int root_fd, const struct boot_sources *sources);

/*
 * The formats of boot/config_files.h in which that boot loader, or what generates its
 * files, has command lines: bits of 1 << format. 0 if it is not known.
 */
unsigned boot_used_formats(int root_fd);

#endif
