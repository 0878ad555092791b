/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_INITRAMFS_H
#define PASSTHRU_INITRAMFS_H

#include <stdbool.h>
#include <stddef.h>

#include "host.h"

/* Image generators, kernels and the images themselves. */

/* -- generators ---------------------------------------------------------------------- */

/*
 * The programs that generate initramfs images. Their configuration files with legacy
 * settings are in boot/config_files.c.
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

/*
 * Whether the distribution makes the image, or UKI, of that path for rescue: the one of
 * dracut's plugin for kernel-install, the fallback of mkinitcpio's presets. The hooks
 * leave the configuration out of it: is_for_rescue() in early/initramfs/functions.sh.
 */
bool generators_is_for_rescue(const char *path);

/*
 * The command that rebuilds the image of a kernel, at that path relative to the root, or
 * with NULL for both the images of all kernels; for messages, after "run". It is that of
 * the installed generator; without one, a phrase that names those that are supported.
 */
void generators_rebuild(int root_fd, const char *kernel, const char *image, char *ret,
			size_t size);

/*
 * The installed kernels: names of directories in lib/modules that have a modules.dep or
 * modules.builtin, since the directory of a removed kernel may stay. Sorted by byte.
 * NULL-terminated; one block, freed by the caller; NULL without memory. *ret_count is 0
 * then.
 */
char **kernels_list(int root_fd, size_t *ret_count);

/* -- inspect ------------------------------------------------------------------------- */

/* Which of the files that passthru needs are in an initramfs image. */
struct image {
	bool has_program; /* passthru-early */
	bool has_start;	  /* the script or unit that starts it */
	bool has_driver;  /* the module vfio-pci */
	bool has_type1;	  /* the module vfio_iommu_type1 */
	char *config;	  /* the configuration, or NULL */
};

/*
 * Reads an initramfs image, size bytes of the file from offset on; a size of 0 stands for
 * all of it. Concatenated cpio archives, compressed or not, as in
 * Documentation/driver-api/early-userspace/buffer-format.rst. Adds what it has to *image,
 * which is zeroed for the first one; files replace those of earlier images. Returns 0, or
 * a negative errno if it cannot be read to the end. Release with image_free() in either
 * case.
 */
int inspect_image(int root_fd, const char *path, size_t offset, size_t size,
		  struct image *image);
void image_free(struct image *image);

/* -- rebuild ------------------------------------------------------------------------- */

/* What regenerates GRUB's configuration; ends with a row whose path is NULL. */
extern const struct grub_tool {
	const char *path, *command;
} grub_tools[];

/* The command, a line of shell (static), or NULL if no such tool is installed. */
const char *rebuild_grub_command(const struct host *host);

/*
 * Regenerate GRUB's configuration, or rebuild all initramfs images, if the root is this
 * machine; otherwise say what must be run there. Return whether that was done; say why
 * not.
 */
bool rebuild_grub(const struct host *host);
bool rebuild_images(const struct host *host);

#endif
