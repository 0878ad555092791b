/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_INITRAMFS_H
#define PASSTHRU_INITRAMFS_H

#include <stdbool.h>
#include <stddef.h>

#include "boot/boot.h"
#include "host.h"

/* Image generators, kernels, and the images that boot. */

/* -- generators ---------------------------------------------------------------------- */

/*
 * The programs that generate initramfs images. Their configuration files with legacy
 * settings are in boot/config_files.c.
 */
struct generator {
	const char *name;
	const char *tools[2];	 /* one of these exists if it is installed */
	const char *rebuild_all; /* a command that rebuilds the images of all kernels */
	/* The same for one; %k: the kernel, %i: its image, %v: the kernel's file */
	const char *rebuild_one;
	bool is_one_by_one; /* its names for images are not those of all distributions */
	const char *hook;   /* where passthru's hook is installed */
	const char *obstacle;			 /* what to say if it is not */
	const char *(*find_switch)(int root_fd); /* whether it is switched off; or NULL */
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
 * Whether it matters what the boot claims: it is of this system, and no rescue, for which
 * passthru ignores its configuration.
 */
bool boot_matters(const struct boot_source *boot);

/*
 * The installed kernels: names of directories in lib/modules that have a modules.dep or
 * modules.builtin, since the directory of a removed kernel may stay. Sorted by byte.
 * NULL-terminated; one block, freed by the caller; NULL without memory. *ret_count is 0
 * then.
 */
char **kernels_list(int root_fd, size_t *ret_count);

/* Whether it is one of them. */
bool kernel_is_installed(int root_fd, const char *kernel);

/* Whether that kernel has the module built in; its name is that of the file. */
bool kernel_has_module_built_in(int root_fd, const char *kernel, const char *module);

/* -- inspect ------------------------------------------------------------------------- */

/* Files of modprobe.d(5), all of a machine or of an image. */
struct modprobe_file {
	char *path; /* relative to the root */
	char *text;
};

struct modprobe_files {
	struct modprobe_file *items;
	size_t count;
};

/* fstab, crypttab, veritytab, integritytab. */
#define IMAGE_TABLE_COUNT 4

/* Which of the files that passthru needs are in an initramfs image. */
struct image {
	bool has_init;	  /* it is not one of microcode, or of some more files */
	bool has_program; /* passthru-early */
	bool has_start;	  /* the script or unit that starts it */
	bool has_driver;  /* the module vfio-pci */
	bool has_type1;	  /* the module vfio_iommu_type1 */
	bool has_reset;	  /* the module vendor-reset, which few need */
	bool has_config;  /* that of all boots; the profiles do not matter */
	struct configuration config;
	char *before_trial;		 /* the one from before its trial, or NULL */
	char *tables[IMAGE_TABLE_COUNT]; /* the copies of these tables, or NULL */
	struct modprobe_files modprobe;
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

/* -- adopt --------------------------------------------------------------------------- */

/*
 * The list of devices that the files have for vfio-pci, as libkmod joins them: the same
 * as module_read_list(). "" if there is none. Freed by the caller; NULL without memory.
 * The first one changes the files.
 */
char *modprobe_find_list(struct modprobe_files *files);
char *modprobe_read_list(int root_fd);

/* Adds one. The text is owned, also on an error. Returns 0 or -ENOMEM. */
int modprobe_add(struct modprobe_files *files, const char *path, char *text);
void modprobe_free(struct modprobe_files *files);

/*
 * With passthru.adopt, adds to the parameters what passthru-early will in a boot of that
 * kernel, or with "" of the running one: with that image, or with NULL with one that has
 * the files as they are. Returns 0 or -ENOMEM.
 */
int adopt_for_boot(int root_fd, const char *kernel, struct image *image,
		   struct params *params) _must_check_;

/*
 * Whether in a boot with that image and command line modprobe.d's list counts, and is not
 * that of the files.
 */
bool adopt_is_outdated(int root_fd, const char *cmdline, struct image *image);

/* The first item that was adopted, or NULL. */
const struct selector *adopt_find_first(const struct params *params);

/* -- images -------------------------------------------------------------------------- */

/* The initramfs of a boot: all images that its entry loads, together. */
struct initramfs {
	char *path; /* of the image that counts, relative to the root; NULL: it loads none
		     */
	char kernel[128]; /* the release of its kernel, or "" */
	char entry[128];  /* what the first entry that loads it is called, or "" */
	bool is_next;	  /* the next boot loads it */
	bool is_uki;	  /* path is that of a UKI */
	bool is_signed;	  /* that UKI, for Secure Boot */
	bool is_rescue;	  /* see generators_is_for_rescue() */
	/* Its configuration is on trial, and was confirmed: the firmware remembers that.
	 */
	bool is_confirmed;
	bool is_guessed;  /* no entry could be read: it is the one named after the kernel
			   */
	bool is_list_old; /* with passthru.adopt, modprobe.d has another list */
	int error;	  /* why it could not be read, a negative errno, or 0 */
	struct image image;
};

struct initramfs_list {
	struct initramfs *items;
	size_t count;
};

/*
 * Reads what the boot entries of this system load, each once, the one of the next boot
 * first. Where no entry can be read, the images that are named after the installed
 * kernels, the newest first. Returns 0 or -ENOMEM; release with initramfs_list_free() in
 * either case.
 */
int initramfs_list_read(int root_fd, struct initramfs_list *ret);
void initramfs_list_free(struct initramfs_list *list);

/*
 * Reads that of one entry, the source of the next command line, or NULL. Where that is
 * none that a boot loader reads, the image of the newest kernel. Returns 0 or -ENOMEM;
 * release with initramfs_free() in either case.
 */
int initramfs_read_next(int root_fd, const struct boot_source *next,
			struct initramfs *ret);
void initramfs_free(struct initramfs *initramfs);

/* Whether it starts passthru-early. */
bool initramfs_starts(const struct initramfs *initramfs);

/* Whether it was built with that configuration and, if it adopts one, the list of
 * modprobe.d; one for rescue needs none. */
bool initramfs_has_config(const struct initramfs *initramfs,
			  const struct configuration *config);

/*
 * What is wrong with it, such as "lacks vfio-pci", or "". config is the configuration
 * that it should have, or NULL.
 */
#define INITRAMFS_FAULT_SIZE 256
void initramfs_describe_fault(const struct initramfs *initramfs,
			      const struct configuration *config,
			      char ret[static INITRAMFS_FAULT_SIZE]);

/* -- tables -------------------------------------------------------------------------- */

/*
 * The first of the tables in /etc of which the image has another copy (static), or NULL.
 * Comments and what the hooks leave out do not count, nor an image without any copy.
 */
const char *initramfs_find_outdated(int root_fd, const struct initramfs *initramfs);

/* -- rebuild ------------------------------------------------------------------------- */

/*
 * Why the images that boot cannot be built on that machine, and what to do: a phrase,
 * freed by the caller; NULL if they can, or without memory. parameters is what is asked
 * for, so that it can be said how else to ask for that; or NULL.
 */
char *rebuild_find_obstacle(const struct host *host, const char *parameters);

/* Whether the images of the system are built elsewhere, as with ostree. */
bool rebuild_is_elsewhere(int root_fd);

/*
 * Whether what boots are copies that proxmox-boot-tool makes, on partitions that are not
 * mounted.
 */
bool rebuild_has_copies(int root_fd);

/* Whether an image can be rebuilt: it is there, and so are the modules of its kernel. */
bool rebuild_is_possible(int root_fd, const struct initramfs *initramfs);

/*
 * The command that rebuilds an image, or with NULL all of them; for messages, after
 * "run". Where nothing can, a phrase that says so.
 */
#define REBUILD_SIZE 512
void rebuild_describe(int root_fd, const struct initramfs *initramfs,
		      char ret[static REBUILD_SIZE]);

/*
 * The same as the end of a sentence that says what is wrong with the image. Why a new one
 * would not have passthru is said elsewhere: without a generator the end is "".
 */
void rebuild_advise(int root_fd, const struct initramfs *initramfs,
		    char ret[static 2 * REBUILD_SIZE]);

/*
 * Regenerates GRUB's configuration if the root is this machine; otherwise says what must
 * be run there. Returns whether that was done; says why not.
 */
bool rebuild_grub(const struct host *host);

/*
 * The same for the images of all boot entries of this system. Each is read afterwards:
 * returns whether all but those for rescue have passthru and the present configuration.
 * Says which not.
 */
bool rebuild_images(const struct host *host);

/*
 * Whether an image that could be rebuilt lacks passthru or the present configuration.
 */
bool rebuild_is_needed(int root_fd);

#endif
