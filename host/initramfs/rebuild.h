/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_INITRAMFS_REBUILD_H
#define PASSTHRU_INITRAMFS_REBUILD_H

#include "host.h"

/* What regenerates GRUB's configuration; ends with a row whose path is NULL. */
extern const struct grub_tool {
	const char *path, *command;
} grub_tools[];

/*
 * The command that regenerates GRUB's configuration, and the one that rebuilds all
 * initramfs images, with the tools that are installed below the root: a line of shell
 * (static), or NULL if there is none.
 */
const char *rebuild_grub(const struct host *host);
const char *rebuild_image(const struct host *host);

/*
 * Runs the command if the root is this machine; otherwise prints that it must be run
 * there. Returns 0, or a negative errno after a message.
 */
int rebuild_run(const struct host *host, const char *command);

#endif
