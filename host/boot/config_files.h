/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_CONFIG_FILES_H
#define PASSTHRU_BOOT_CONFIG_FILES_H

/*
 * The configuration files that bind devices at boot, set the kernel command line or hold
 * legacy settings: one table for the boot loaders, the dump and migrate.
 */

/* How a file is read. */
enum config_format {
	CONFIG_MODPROBE,   /* modprobe.d(5) */
	CONFIG_MODULES,	   /* a list of modules, modules-load.d(5) */
	CONFIG_DRACUT,	   /* dracut.conf(5): shell assignments */
	CONFIG_MKINITCPIO, /* mkinitcpio.conf(5): the same */
	CONFIG_DRIVERCTL,  /* named after a PCI address; contains a driver */
	CONFIG_BOOT_ENTRY, /* a boot entry, UAPI.1 */
	CONFIG_GRUB,	   /* GRUB's defaults: shell assignments */
	CONFIG_CMDLINE,	   /* kernel-install's command line */
	CONFIG_FRAGMENT,   /* a part of the command line of UKIs */
	CONFIG_GENERATED,  /* what GRUB reads besides its defaults */
	CONFIG_SCRIPT,	   /* a program, an udev rule or a unit, by the administrator */
	CONFIG_OTHER,
};

/* What a file is read for. */
enum {
	CONFIG_FOR_BOOT = 1,	/* the command line of the next boot is made of it */
	CONFIG_FOR_MIGRATE = 2, /* it may have legacy settings */
	CONFIG_FOR_DUMP = 4, /* a dump includes it; the others may identify the machine */
	CONFIG_IS_FOREIGN = 8, /* it belongs to a package and is not edited */
};

struct config_file {
	const char *path;   /* relative to the root, without a leading "/" */
	const char *suffix; /* of the files, if path is a directory; else NULL */
	enum config_format format;
	unsigned uses; /* CONFIG_FOR_… */
};

/*
 * Ends with a row whose path is NULL. In the order in which migrate reads them: what GRUB
 * generates comes after what it is generated from.
 */
extern const struct config_file config_files[];

/*
 * The paths of a row, relative to the root: the file, which may be missing, or the files
 * in the directory in the order of their names, the last of which wins. NULL-terminated;
 * one block, freed by the caller. Returns NULL without memory.
 */
char **config_file_paths(int root_fd, const struct config_file *file);

/* The row that a path relative to the root belongs to, or NULL. */
const struct config_file *config_file_find(const char *path);

#endif
