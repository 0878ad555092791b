/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_H
#define PASSTHRU_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "cmdline/cmdline.h"
#include "edit/edit.h"

/* Boot loaders, their entries and command lines, and the configuration. */

/*
 * How the names of kernels begin, before the release: elsewhere than on x86, Debian's are
 * vmlinux- or vmlinuz-, openSUSE's Image-, vmlinux- or image-. Ends with NULL.
 */
extern const char *const kernel_prefixes[];

/* -- sources ------------------------------------------------------------------------- */

/* A sentence of about 130 bytes that names a path. */
#define NOTE_SIZE 1024

/* An initramfs image that a boot entry loads. */
struct boot_image {
	char *path; /* relative to the root; as the boot loader names it if not found */
	bool is_found; /* the file is there */
};

/* A file that sets the command line of the next boot, or a part of it. */
struct boot_source {
	char path[512];	  /* relative to the root, without a leading "/" */
	char *cmdline;	  /* all of it, or the part of it that the file sets */
	char kernel[128]; /* the release of the kernel that it boots, or "" if unknown */
	char entry[128];  /* title of the default entry if the file has several, or "" */
	char note[NOTE_SIZE];	/* why this entry, if that is not obvious, or "" */
	bool is_read_by_loader; /* otherwise it is an input to such a file */
	bool is_uki;		/* a UKI: its command line is built in */
	bool is_fragment;	/* an input to UKIs, one of several */
	bool is_unclear;	/* some of the file was not understood */
	bool is_foreign;	/* the entry boots another system */
	/* What an entry loads, in this order, besides the image in its UKI. */
	struct boot_image *images;
	size_t image_count;
	/* The UKI that it boots, relative to the root, or "" */
	char uki[512];
	const struct bls_place *place; /* where that is, for its addons; or NULL */
};

struct boot_sources {
	struct boot_source *items;
	size_t count;
};

void boot_sources_free(struct boot_sources *sources);

/* The source that sets the command line of the next boot, or NULL. */
const struct boot_source *boot_next(const struct boot_sources *sources);

/*
 * Adds this boot's command line, with a note if the boot loader is one that is not read.
 * Returns 0 or a negative errno.
 */
int boot_sources_add_running(struct boot_sources *sources, int root_fd,
			     const struct boot_source **ret);

/* -- places -------------------------------------------------------------------------- */

/* Where boot partitions are mounted, the EFI system partition first; ends with NULL. */
extern const struct bls_place {
	const char *path, *entries, *ukis, *addons;
} bls_places[];

#define BLS_ENTRIES(place) place "/loader/entries"

/* -- uki ----------------------------------------------------------------------------- */

/* The sections of a unified kernel image that matter here; NULL if it lacks one. */
struct uki {
	char *cmdline;			 /* newlines are replaced by blanks */
	char *os_release;		 /* in the format of /etc/os-release */
	char *kernel;			 /* the release of the kernel */
	uint32_t initrd_at, initrd_size; /* the image in the file; 0, 0: there is none */
	bool is_signed;			 /* for Secure Boot, by whatever key */
	char *profile; /* the section that begins its profile: ID=, TITLE= */
};

/*
 * Reads these sections of a unified kernel image or of an addon: a PE file in the format
 * of UAPI.5. Returns 0; -ENOEXEC if it is not a complete PE file; or another negative
 * errno. Release with uki_free() in either case.
 */
int uki_read(int root_fd, const char *path, struct uki *ret);

/*
 * The same for one of its profiles, between which systemd-boot(7) lets the user choose; 0
 * is the default. Returns -ENOENT if it does not have so many.
 */
int uki_read_profile(int root_fd, const char *path, unsigned index, struct uki *ret);
void uki_free(struct uki *uki);

/* -- bls ----------------------------------------------------------------------------- */

/* Whether there are UKIs. */
bool bls_has_ukis(int root_fd);

/*
 * Calls back for each addon that systemd-stub(7) applies to the UKI at the path, in the
 * stub's order. An addon for another kernel is none. Its path is relative to the root; it
 * is freed afterwards. Ends when each returns nonzero, and returns that.
 */
int bls_each_addon(int root_fd, const struct bls_place *place, const char *path,
		   const char *kernel,
		   int (*each)(void *data, const char *path, const struct uki *addon),
		   void *data);

/* -- boot ---------------------------------------------------------------------------- */

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
 * What to do while the machine starts to see the menu of that boot loader, if it is
 * hidden: "press Esc" (static). NULL if it is not, or if that is not known.
 */
const char *boot_menu_key(int root_fd);

/*
 * The formats of config_files in which that boot loader, or what generates its
 * files, has command lines: bits of 1 << format. 0 if it is not known.
 */
unsigned boot_used_formats(int root_fd);

/* -- config files -------------------------------------------------------------------- */

/*
 * The configuration files that bind devices at boot, set the kernel command line or hold
 * legacy settings: one table for the boot loaders, the dump and migrate.
 */

/* How a file is read. */
enum config_format {
	FORMAT_MODPROBE,   /* modprobe.d(5) */
	FORMAT_MODULES,	   /* a list of modules, modules-load.d(5) */
	FORMAT_DRACUT,	   /* dracut.conf(5): shell assignments */
	FORMAT_MKINITCPIO, /* mkinitcpio.conf(5): the same */
	FORMAT_DRIVERCTL,  /* named after a PCI address; contains a driver */
	FORMAT_BOOT_ENTRY, /* a boot entry, UAPI.1 */
	FORMAT_GRUB,	   /* GRUB's defaults: shell assignments */
	FORMAT_CMDLINE,	   /* kernel-install's command line */
	FORMAT_FRAGMENT,   /* a part of the command line of UKIs */
	FORMAT_GENERATED,  /* what GRUB reads besides its defaults */
	FORMAT_SYSFS,	   /* sysfs.conf(5): attributes and what to write to them */
	FORMAT_SCRIPT,	   /* a program, an udev rule or a unit, by the administrator */
	FORMAT_OTHER,
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

/*
 * Whether lines that begin with "#" are no part of the command line in files of that
 * format. mkinitcpio drops them; kernel-install(8) takes /etc/kernel/cmdline as it is.
 */
bool config_file_has_comments(int root_fd, enum config_format format);
/* The same. *ret_error is a negative errno if the directory was not read to its end. */
char **config_file_try_paths(int root_fd, const struct config_file *file, int *ret_error);

/* The row that a path relative to the root belongs to, or NULL. */
const struct config_file *config_file_find(const char *path);

/* Whether it is one of GRUB's defaults: a change counts once its menu is generated again.
 */
bool config_file_is_of_grub(const char *path);

/* -- cmdline file -------------------------------------------------------------------- */

/* A program of Pop!_OS that writes boot entries again, from settings of its own. */
#define KERNELSTUB "etc/kernelstub/configuration"

/* How the names of variables begin that have command lines, in GRUB's defaults. */
#define GRUB_CMDLINE "GRUB_CMDLINE_LINUX"

/* The command line in an "options" line of a boot entry; NULL in other lines. */
const char *boot_entry_options(const char *line);

/* The text inside one pair of quotes, or without any. Returns false for other forms. */
bool shell_assignment_text(const struct shell_assignment *assignment, struct span *ret);

/* A file with kernel command lines: FORMAT_BOOT_ENTRY, FORMAT_CMDLINE or FORMAT_GRUB. */
struct cmdline_file {
	enum config_format format;
	bool has_comments;    /* see config_file_has_comments() */
	const char *variable; /* of GRUB's defaults; NULL: all that have one */
};

/*
 * The text of the file with the word at the end of its command line, or without the word
 * in all of them. *ret is freed by the caller. The first sets it to NULL if the line that
 * counts cannot be edited. Return 0 or -ENOMEM; the second -EINVAL if the word is in a
 * line that cannot be edited.
 */
int cmdline_file_add(const struct cmdline_file *file, const char *text, const char *word,
		     char **ret);
int cmdline_file_remove(const struct cmdline_file *file, const char *text,
			const char *word, char **ret);

/* -- configuration ------------------------------------------------------------------- */

/* The configuration of passthru, as passthru-cmdline(7) describes it. */
#define CONFIGURATION_DIRECTORY "etc/passthru/cmdline.d"
/* The file that passthru enable and disable write. */
#define CONFIGURATION_FILE CONFIGURATION_DIRECTORY "/enabled.conf"
/* The one that enable --trial writes besides, and what was in force before. */
#define TRIAL_FILE	       CONFIGURATION_DIRECTORY "/trial.conf"
#define BEFORE_TRIAL_DIRECTORY "etc/passthru/before-trial/cmdline.d"

/*
 * The text that a new initramfs image would have as etc/passthru/cmdline: the files of
 * the directory, joined as copy_config in early/initramfs/functions.sh does; "" if there
 * are none. With a change, as if that were made; else it is NULL. Returns 0, or a
 * negative errno if the directory or a file cannot be read; the caller frees *ret_text.
 */
int configuration_read(int root_fd, const struct change *change, char **ret_text);

/* The same for what was in force before a trial. */
int configuration_read_before_trial(int root_fd, char **ret_text);

/*
 * Adds lines, each with a newline, to the end of the file that the change is of, as it
 * becomes. Returns 0 or -ENOMEM.
 */
int configuration_append(struct change *change, const char *lines);

/*
 * An item of passthru.ids, passthru.addrs or passthru.vfs, a setting, passthru.adopt or
 * passthru.trial.
 */
struct configuration_item {
	struct span line; /* that it is on */
	bool is_trial;
	bool is_vfs;		       /* of passthru.vfs: it names a physical function */
	bool is_adopt;		       /* it is passthru.adopt, and names none */
	const struct setting *setting; /* of passthru.bar0 and the like, or NULL */
	const struct selector *selector; /* NULL if it is malformed or means all */
};

/*
 * Copies a text of the configuration without the items that is_removed() wants to go. All
 * other bytes stay, but a line that loses its last parameter goes with its comment.
 * Returns 0 or -ENOMEM; the caller frees *ret_text.
 */
int configuration_remove(const char *text,
			 bool (*is_removed)(void *data,
					    const struct configuration_item *item),
			 void *data, char **ret_text) _must_check_;

/*
 * Whether two texts of the configuration request the same of a boot: the same items and
 * values, in whatever order, files and comments.
 */
bool configuration_means_same(const char *a, const char *b);

/*
 * Whether all its files, and with a name only that of the profile, have been as they are
 * since before this boot began, so that an image with them could have booted. False if
 * that cannot be told, as in a dump.
 */
bool configuration_is_older_than_boot(int root_fd, const char *profile);

/* Whether a parameter of that name lists the item, in any case of letters. */
bool cmdline_has_item(const char *cmdline, const char *name, const char *item);

/* Whether it makes the boot a rescue, for which the configuration does not count. */
bool cmdline_is_rescue(const char *cmdline);

/* -- profiles ------------------------------------------------------------------------ */

/* A file of the configuration that the kernel command line chooses. */
struct profile {
	char name[PROFILE_NAME_SIZE];
	char *text;
};

/* What the hooks of the initramfs generators put into an image, or what one has. */
struct configuration {
	char *text; /* of the files in CONFIGURATION_DIRECTORY, joined */
	struct profile *profiles;
	size_t profile_count;
};

/*
 * Reads all that a new initramfs image would have; with a change, as if that were made,
 * else it is NULL. Returns 0, or a negative errno if a directory or a file cannot be
 * read; release with configuration_free() in either case.
 */
int configuration_read_all(int root_fd, const struct change *change,
			   struct configuration *ret);
void configuration_free(struct configuration *configuration);

/* The text of the profile, or NULL. */
const char *configuration_find(const struct configuration *configuration,
			       const char *name);

/*
 * Adds a profile, or replaces it, if the path is that of one. Takes the text, which may
 * be NULL without memory. Returns 0 or -ENOMEM.
 */
int configuration_add(struct configuration *configuration, const char *path, char *text);

/* "play, work", or "none". */
#define PROFILE_LIST_SIZE 256
void configuration_list(const struct configuration *configuration,
			char ret[static PROFILE_LIST_SIZE]);

/* The file of a profile, relative to the root. */
#define PROFILE_PATH_SIZE (sizeof(PROFILES_PATH "/" PROFILE_SUFFIX) + PROFILE_NAME_SIZE)
void profile_path(const char *name, char ret[static PROFILE_PATH_SIZE]);

/* What the kernel command line of a boot chooses. */
struct choice_of_profile {
	bool is_made;		      /* it has passthru.profile, and is not for rescue */
	bool is_valid;		      /* a profile can have that name */
	char name[PROFILE_NAME_SIZE]; /* or the beginning of what is none */
};

void profile_find(const char *cmdline, struct choice_of_profile *ret);

/* What is the configuration then: a directory, or the file of a profile. */
void profile_source(const struct choice_of_profile *choice,
		    char ret[static PROFILE_PATH_SIZE]);

/* Whether it chooses that profile; with NULL, whether it chooses none. */
bool profile_is_chosen(const char *cmdline, const char *name);

/*
 * The profile of this boot, which had the configuration in CONFIG_RUN_PATH: its name and
 * the word of its record in the report, or NULL without one.
 */
const char *profile_read_booted(int root_fd, struct choice_of_profile *ret);

/* The command line of a boot, together with the configuration. */
struct whole_cmdline {
	char *text;	    /* of both; never NULL */
	bool has_config;    /* the configuration has parameters that count */
	struct span rescue; /* the word for which they do not count, or empty */
	char *ignored; /* words that are no parameters, each in quotes, "" for none */
	struct choice_of_profile profile;
	char path[PROFILE_PATH_SIZE]; /* its profile_source() */
	/* Why no configuration counts: there is no such profile; a phrase, or "". */
	char no_profile[128 + PROFILE_NAME_SIZE + PROFILE_LIST_SIZE];
};

/*
 * Puts the configuration before the kernel command line, as passthru-early does; rescue
 * points into cmdline. Returns 0 or -ENOMEM; release with whole_cmdline_free() in either
 * case.
 */
int whole_cmdline_make(const struct configuration *configuration, const char *cmdline,
		       struct whole_cmdline *ret);
void whole_cmdline_free(struct whole_cmdline *whole);

/* The text of the configuration that counts for a boot with that command line. */
const char *whole_cmdline_choose(const struct configuration *configuration,
				 const char *cmdline);

/* -- grub ---------------------------------------------------------------------------- */

#define GRUB_DEFAULTS "etc/default/grub"
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

/* -- grub tools ---------------------------------------------------------------------- */

/* What regenerates GRUB's configuration; ends with a row whose path is NULL. */
extern const struct grub_tool {
	const char *path, *command;
} grub_tools[];

/* The command, a line of shell (static), or NULL if no such tool is installed. */
const char *grub_find_command(int root_fd);

/* The name of the program that sets GRUB's default (static). */
const char *grub_find_set_default(int root_fd);

/*
 * What brings the parameters from GRUB's defaults into what it boots, its menu or boot
 * entries; for messages, after "run".
 */
#define GRUB_UPDATE_SIZE 1024
void grub_describe_update(int root_fd, const char *parameters,
			  char ret[static GRUB_UPDATE_SIZE]);

/* -- kernel config ------------------------------------------------------------------- */

/*
 * The configuration of an installed kernel, or with NULL of the running one:
 * /boot/config-KERNEL, lib/modules/KERNEL/config, or for the running kernel
 * /proc/config.gz. The text, which the caller frees, or NULL.
 */
char *kernel_config_read(int root_fd, const char *kernel);

/* Whether the option, such as "CONFIG_VFIO_PCI", is built in or a module. */
bool kernel_config_has(const char *config, const char *option);

/* -- legacy cmdline ------------------------------------------------------------------ */

/*
 * Settings that gave devices to vfio-pci before passthru, on a kernel command line or in
 * other lines of words.
 */

/* The module whose parameter "ids" lists devices. */
enum legacy_list {
	LIST_NONE,
	LIST_VFIO, /* vfio-pci's */
	LIST_STUB, /* pci-stub's */
};

enum legacy_list legacy_find_list(const char *module);

/* A line of words, and the same without its legacy settings. */
struct legacy_line {
	char *text;	  /* the new line; all other bytes are as they were */
	char *items;	  /* the IDs that it names, separated by commas; "" for none */
	char *overridden; /* the same for lists without effect, which a later one replaces
			   */
	unsigned lists;	  /* the lists that it sets: bits of 1 << LIST_… */
	bool loads;	  /* it makes the boot load vfio-pci or pci-stub */
	bool has_support; /* it has settings that name no device themselves */
	bool has_xen;	  /* it hides devices for Xen; these words stay */
	/* Why a word that may name devices is not understood, a phrase, or NULL. */
	const char *unclear;
};

/*
 * Rewrites a kernel command line, or the text inside the quotes of a shell assignment:
 * vfio-pci.ids= becomes passthru.ids=, where it is; what only helped it is removed.
 * Returns 0 or -ENOMEM; release with legacy_line_free() in either case.
 */
int legacy_rewrite_cmdline(struct span line, struct legacy_line *ret);

/* The same for a list of modules: VFIO's are removed. */
int legacy_rewrite_modules(struct span line, struct legacy_line *ret);
void legacy_line_free(struct legacy_line *line);

/* Whether the text may have legacy settings of a command line, in whatever form. */
bool legacy_is_mentioned(const char *text);

/* Whether it may have a list of devices among them. */
bool legacy_list_is_mentioned(const char *text);

/* Whether the module is one of VFIO's, or pci-stub, which guides used before it. */
bool legacy_is_module(struct span module);

/*
 * Checks a list of IDs in vfio-pci's format: items separated by commas, which may be
 * empty (vfio_pci_fill_ids() in drivers/vfio/pci/vfio_pci.c). Returns NULL, or why it is
 * not understood, a phrase.
 */
const char *legacy_check_ids(struct span list);

/* Whether any item of it is not empty. */
bool legacy_has_ids(struct span list);

/* Whether all items, separated by commas, are in the list as well. */
bool legacy_has_all_ids(const char *list, const char *items);

/* -- systemd boot -------------------------------------------------------------------- */

#define EFI_VARIABLES "sys/firmware/efi/efivars"

/* The path of a variable of the Boot Loader Interface. */
#define EFI_VARIABLE(name) EFI_VARIABLES "/" name "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

/* -- version ------------------------------------------------------------------------- */

/*
 * Compares two versions as boot loaders do, by the Version Format Specification, UAPI.10:
 * 6.12~rc4 < 6.12 < 6.12.1. Returns a number less than, equal to or greater than 0.
 */
int version_compare(const char *a, const char *b);

#endif
