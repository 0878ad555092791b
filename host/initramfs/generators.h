/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_INITRAMFS_GENERATORS_H
#define PASSTHRU_INITRAMFS_GENERATORS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The programs that generate initramfs images. Their configuration files with legacy
 * settings are in boot/config_files.h.
 */
struct generator {
	const char *name;
	const char *tools[2];	 /* one of these exists if it is installed */
	const char *rebuild_all; /* a command that rebuilds the images of all kernels */
	const char *rebuild_one; /* the same for one; %k: the kernel, %i: its image */
	const char *hook;	 /* where passthru's hook is installed */
	const char *obstacle;	 /* what to say if it is not */
	const char *starters[2]; /* files that start passthru-early in the initramfs */
	/*
	 * The path of an image is the prefix, the kernel's release and the suffix. NULL
	 * if kernel-install(8) decides where images are.
	 */
	const char *prefix, *suffix;
};

/* Ends with a row whose name is NULL. All paths are relative to the root. */
extern const struct generator generators[];

/*
 * The generator that is installed; if there are several, the one that kernel-install(8)
 * is told to use, or else one with our hook. Or NULL.
 */
const struct generator *generators_installed(int root_fd);

/* Why a new image would not have passthru, a phrase (static), or NULL. */
const char *generators_obstacle(int root_fd);

/* Whether a file of that name in the initramfs starts passthru-early. */
bool generators_is_starter(const char *name);

/*
 * Whether the distribution makes the image, or UKI, of that path for rescue: the one of
 * dracut's plugin for kernel-install, the fallback of mkinitcpio's presets. The hooks
 * leave the configuration out of it: is_for_rescue() in early/initramfs/functions.sh.
 */
bool generators_is_for_rescue(const char *path);

/*
 * The commands that rebuild the images of all kernels, for messages: that of the
 * installed generator, or all of them, separated by "or".
 */
void generators_rebuild_all(int root_fd, char *ret, size_t size);

/* The same for the image of one kernel; its path is relative to the root. */
void generators_rebuild_one(int root_fd, const char *kernel, const char *image, char *ret,
			    size_t size);

#endif
