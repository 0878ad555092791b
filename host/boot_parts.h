/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_PARTS_H
#define PASSTHRU_BOOT_PARTS_H

#include "boot.h"

/*
 * The parts of boot_read(): each adds what it finds, and returns 0 or -ENOMEM. What goes
 * into GRUB's menu is an input of_grub, kernel-install's command line one of_entries; the
 * entries of_grub are those that GRUB itself reads.
 */
int boot_add_grub(int root_fd, struct boot_sources *sources);
int boot_add_entries(int root_fd, bool of_grub, struct boot_sources *sources);
int boot_add_inputs(int root_fd, bool of_grub, bool of_entries,
		    struct boot_sources *sources);

/*
 * Adds a source of which only path and cmdline are set, and takes hold of cmdline, which
 * is NULL where there was no memory for it. Returns it, or NULL without memory.
 */
struct boot_source *boot_add(struct boot_sources *sources, const char *path,
			     char *cmdline);

#endif
