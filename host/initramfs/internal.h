/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_INITRAMFS_INTERNAL_H
#define PASSTHRU_INITRAMFS_INTERNAL_H

#include "initramfs/initramfs.h"

/* What only the files of this folder share. */

/* -- generators ---------------------------------------------------------------------- */

/*
 * A setting of kernel-install(8), such as layout, from install.conf in its directories
 * and the files in install.conf.d; "" if it is not set. Freed by the caller; NULL without
 * memory.
 */
char *kernel_install_setting(int root_fd, const char *name);

/* The names in the table. */
#define GENERATOR_NAMES "initramfs-tools, dracut, mkinitcpio, mkosi-initrd"

/* -- switches ------------------------------------------------------------------------ */

/* Why a new image would not have passthru although the hook is there (static), or NULL.
 */
const char *switches_of_initramfs_tools(int root_fd);
const char *switches_of_dracut(int root_fd);
const char *switches_of_mkinitcpio(int root_fd);

/* -- tables -------------------------------------------------------------------------- */

extern const char *const image_table_names[IMAGE_TABLE_COUNT];

/* -- systems ------------------------------------------------------------------------- */

/*
 * If the images of this system are built elsewhere: what builds them, for messages, after
 * "run" (static); and why nothing can be built here and what to do instead, a phrase that
 * the caller frees. parameters is what is asked for, or NULL. Otherwise NULL.
 */
const char *systems_find_command(int root_fd);
char *systems_find_obstacle(int root_fd, const char *parameters);

/* -- ukis ---------------------------------------------------------------------------- */

/* What builds UKIs on a machine. */
struct uki_builder {
	const char *name;
	bool (*is_used)(int root_fd);
	bool (*is_signing)(int root_fd);       /* for Secure Boot */
	const char *rebuild_one, *rebuild_all; /* as those of a generator */
};

/* The one that is set up, or NULL. */
const struct uki_builder *ukis_find_builder(int root_fd);

/* Whether the firmware boots signed programs only. */
bool ukis_need_signature(int root_fd);

#endif
