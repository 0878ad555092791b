/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_GRUB_H
#define PASSTHRU_BOOT_GRUB_H

#include "boot/sources.h"

/* Upstream's name of the directory, and Fedora's and SUSE's. */
#define GRUB_CONFIG	  "boot/grub/grub.cfg"
#define GRUB_ENVIRONMENT  "boot/grub/grubenv"
#define GRUB2_CONFIG	  "boot/grub2/grub.cfg"
#define GRUB2_ENVIRONMENT "boot/grub2/grubenv"

/*
 * GRUB boots from the menu in its grub.cfg, as Debian sets it up, or from boot entries,
 * as Fedora does ("blscfg"). At most one of the two is detected.
 */
bool grub_detect_menu(int root_fd);
bool grub_detect_entries(int root_fd);

/* Whether GRUB booted a system with this command line. */
bool grub_has_booted(int root_fd, const char *running);

/* Add the entry that boots by default, or all of them. Return 0 or -ENOMEM. */
int grub_read_menu(int root_fd, bool all, struct boot_sources *ret);
int grub_read_entries(int root_fd, bool all, struct boot_sources *ret);

#endif
