/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_H
#define PASSTHRU_BOOT_H

#include <stdbool.h>
#include <stddef.h>

/* A file that decides about the command line of a boot to come. */
struct boot_source {
	char path[512];	 /* below the root, without a "/" before it */
	char *cmdline;	 /* what it says, or its part of it */
	char entry[128]; /* of several in it the one that counts, or "" */
	char note[512];	 /* what is to be known about the choice of it, or "" */
	bool is_final;	 /* the boot loader reads it; others are what that is made of */
	bool is_image;	 /* a unified kernel image: its command line is built in */
	bool is_part;	 /* goes, with others, into unified kernel images only */
	bool is_unclear; /* there is more in it than is understood */
	/* What makes the boot loader's file of it, or NULL (static). */
	const char *rebuild;
};

struct boot_sources {
	struct boot_source *items;
	size_t count;
};

/*
 * Reads the default entry of GRUB and of systemd-boot, unified kernel images among them,
 * then what the boot loader's files are made of, /etc/default/grub or kernel-install's
 * command line, then cmdline.d and dracut's kernel_cmdline, as far as they exist. Returns
 * 0 or -ENOMEM; release with boot_sources_free() in either case.
 */
int boot_read(int root_fd, struct boot_sources *ret);
void boot_sources_free(struct boot_sources *sources);

/*
 * Whether the machine boots by GRUB: both it and systemd-boot may be installed, and then
 * this boot's command line tells, since GRUB names the kernel in it. ret_bls is set where
 * GRUB reads boot loader entries, too.
 */
bool boot_uses_grub(int root_fd, bool *ret_bls);

/* The one that the next boot goes by, or NULL. */
const struct boot_source *boot_next(const struct boot_sources *sources);

#endif
