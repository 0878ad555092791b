/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_INTERNAL_H
#define PASSTHRU_BOOT_INTERNAL_H

#include "boot/boot.h"
#include "lib/lib.h"

/* What only the files of this folder share. */

/* -- places -------------------------------------------------------------------------- */

/*
 * Finds a file by the name that a boot loader has for it: a path on the partition that it
 * reads, which is the root or is mounted at one of bls_places, perhaps below a subvolume.
 * Without a leading "/" it may be one relative to the root as well. Returns its path
 * relative to the root, which the caller frees, or NULL.
 */
char *boot_find_file(int root_fd, const char *name);

/* -- sources ------------------------------------------------------------------------- */

/*
 * Appends a source with path and cmdline, and takes ownership of cmdline; a NULL cmdline
 * stands for a failed allocation. Returns it, valid until the next one is added, or NULL
 * without memory.
 */
struct boot_source *boot_sources_add(struct boot_sources *sources, const char *path,
				     char *cmdline);

/*
 * Adds an initramfs image that the entry loads, by the name for boot_find_file(). Returns
 * 0 or -ENOMEM.
 */
int boot_source_add_image(struct boot_source *source, int root_fd, const char *name);

/*
 * Adds the files from which the boot loader's files are generated: those of config_files
 * that are CONFIG_FOR_BOOT and in a format of the mask, 1 << format each. Returns 0 or
 * -ENOMEM.
 */
int boot_sources_add_inputs(struct boot_sources *sources, int root_fd, unsigned formats);

/* -- kernel release ------------------------------------------------------------------ */

/*
 * Sets the kernel from its file, as the boot loader names it. Its release is in names
 * such as vmlinuz-6.12.9-amd64 or Image-6.12.9-default. If that has no modules here, the
 * release in the file's header or that of the only package with that name counts, unless
 * it has none, either.
 */
void boot_source_set_kernel(struct boot_source *source, int root_fd, const char *file);

/* -- marks --------------------------------------------------------------------------- */

#define EFI_VALUE_SIZE	    256
#define LOADER_TYPE_UNKNOWN (-1)

/* Reads a variable that is a text. Returns whether it is there; ret is "" if not. */
bool efi_variable_read(int root_fd, const char *path, char ret[static EFI_VALUE_SIZE]);

/* What the running system tells about the boot loader that booted it. */
struct boot_marks {
	char *cmdline;		     /* of this boot */
	char image[512];	     /* the value of BOOT_IMAGE, or "" */
	bool is_first;		     /* that is the first word */
	bool is_xen;		     /* the first word is that of GRUB's menu for Xen */
	bool has_initrd;	     /* a word names an image, without backslashes */
	bool has_interface;	     /* a word tells from which network it booted */
	int type;		     /* on x86, else LOADER_TYPE_UNKNOWN */
	bool is_efi;		     /* its firmware is UEFI */
	bool has_variables;	     /* and its variables can be read */
	char loader[EFI_VALUE_SIZE]; /* the name and version in LoaderInfo, or "" */
	bool has_stub;		     /* it is a UKI */
};

/* Returns 0 or a negative errno; release with marks_free() in either case. */
int marks_read(int root_fd, struct boot_marks *ret);
void marks_free(struct boot_marks *marks);

/*
 * The name (static) of the boot loader that booted this system if it is one whose
 * configuration is not read; else NULL.
 */
const char *marks_find_unread(int root_fd, const struct boot_marks *marks);

/* Whether only GRUB leaves such marks. */
bool marks_are_of_grub(const struct boot_marks *marks);

/* -- bls ----------------------------------------------------------------------------- */

#define ID_SIZE 256

/* A boot entry of the Boot Loader Specification, UAPI.1; unset fields are "". */
struct boot_entry {
	const struct bls_place *place;
	char path[512];	  /* relative to the root, without a leading "/" */
	char id[ID_SIZE]; /* the name of the file, without the boot counters */
	char title[128];
	char sort_key[128];
	char machine_id[64];
	char version[128];
	char kernel[256];	/* the path of its file */
	char program[256];	/* the same for another program of the firmware's */
	char release[128];	/* of the kernel in its UKI */
	char uki[512];		/* the path of its UKI, relative to the root */
	struct wordlist images; /* initramfs images, a line of words each */
	char *cmdline;		/* NULL if it boots no Linux, or none that can be read */
	int tries_left; /* boots that may still fail, or -1 if they are not counted */
	int tries_done;
	bool is_uki;	    /* a UKI: type 2 */
	unsigned profile;   /* of the UKI, from 0 */
	bool is_of_several; /* the UKI has more profiles, or a title for this one */
};

struct boot_entries {
	struct boot_entry *items;
	size_t count;
};

/*
 * Reads the boot entries and the UKIs on boot partitions, in the order of the
 * specification: the default comes first. Entries of more than 64 KiB are skipped.
 * Returns 0 or -ENOMEM; release with bls_free() in either case.
 */
int bls_read(int root_fd, struct boot_entries *ret);

/* The same for GRUB: without UKIs, sorted by file name only. */
int bls_read_for_grub(int root_fd, struct boot_entries *ret);
void bls_free(struct boot_entries *entries);
void bls_free_entry(struct boot_entry *entry);

/* Whether the kernel, UKI or program that it boots is on its partition. */
bool bls_has_file(int root_fd, const struct boot_entry *entry);

/* Whether there are entries or UKIs. */
bool bls_exists(int root_fd);

/*
 * Adds the entry, with this command line and with these images, NULL for its own, as one
 * that the boot loader reads; takes ownership of cmdline, which is NULL after a failed
 * allocation. Returns 0 or -ENOMEM.
 */
int bls_add(int root_fd, const struct boot_entry *entry, char *cmdline,
	    const struct wordlist *images, const char *note, struct boot_sources *ret);

/* -- grub files ---------------------------------------------------------------------- */

/*
 * The paths of grub.cfg, in the order in which they count. Returns 0 or -ENOMEM; release
 * with wordlist_free() in either case.
 */
int grub_find_configs(int root_fd, struct wordlist *ret);

/* The grubenv that belongs to that grub.cfg; freed by the caller, or NULL. */
char *grub_read_environment(int root_fd, const char *config);

/*
 * The first grub.cfg that can be read, freed by the caller; NULL if there is none, or
 * only root may read it. The same for its environment, unless ret_environment is NULL.
 */
char *grub_read_config(int root_fd, char **ret_environment);

/* -- grub ---------------------------------------------------------------------------- */

/*
 * Whether GRUB booted the system: the first word of its command line names the kernel,
 * and an entry has that file, or the file is gone.
 */
bool grub_has_booted(int root_fd, const struct boot_marks *marks);

/* What opens its menu, as boot_menu_key(). */
const char *grub_menu_key(int root_fd);

/* Add the entry that boots by default, or all of them. Return 0 or -ENOMEM. */
int grub_read_menu(int root_fd, bool all, struct boot_sources *ret);
int grub_read_entries(int root_fd, bool all, struct boot_sources *ret);

/* -- grub script --------------------------------------------------------------------- */

/*
 * GRUB's own language, which looks like that of a shell: "set" assigns, menus and
 * functions have blocks, and variables are replaced in commands. base/shell_vars.h reads
 * the assignments of real shells.
 */

/* The variables of a GRUB script. */
struct grub_variables {
	struct grub_variable {
		char *name;
		char *value; /* NULL: only GRUB knows it */
	} * items;
	size_t count;
};

/* Returns NULL if the variable is not set, or only GRUB knows it. */
const char *grub_variable(const struct grub_variables *variables, const char *name);

/*
 * Copies both; without a value, only GRUB knows it. Values are truncated to 8191 bytes;
 * after 1024 variables, new ones are ignored. Returns 0 or -ENOMEM.
 */
int grub_variable_set(struct grub_variables *variables, const char *name,
		      const char *value);
void grub_variables_free(struct grub_variables *variables);

/*
 * Reads the next command of a GRUB script and advances *text: the words without quotes,
 * with variables replaced by their values. "{" is the last word of its command; "}",
 * "then", "else" and "do" are commands by themselves. A variable that is not set is
 * empty. *ret_unknown tells whether the command uses one that only GRUB knows, such as
 * grub_platform. Returns 1; 0 at the end; or -ENOMEM. If 1, release with wordlist_free().
 */
int grub_script_next(const char **text, const struct grub_variables *variables,
		     struct wordlist *ret, bool *ret_unknown);

/*
 * Joins the words from that index on, as the kernel gets them: words with blanks are in
 * double quotes. Freed by the caller; NULL without memory.
 */
char *grub_script_join(const struct wordlist *wordlist, size_t from);

/* -- grub menu ----------------------------------------------------------------------- */

#define GRUB_TOP SIZE_MAX

struct grub_entry {
	char *title;
	char *id;		/* the title if it has none */
	char *cmdline;		/* of the kernel; NULL if it does not boot one */
	char *kernel;		/* the path of its file; NULL if cmdline is */
	struct wordlist images; /* the paths of its initramfs images */
	size_t parent;		/* the index of its submenu, or GRUB_TOP */
	bool is_submenu;
	bool is_guessed; /* only GRUB knows whether it loads this */
};

/* Another file that a menu reads. */
struct grub_source {
	char *path;	 /* as GRUB names it, without what only GRUB knows of it */
	bool is_guessed; /* only GRUB knows whether it does */
};

/* The menu that grub.cfg describes. */
struct grub_menu {
	struct grub_entry *entries; /* submenus come before their entries */
	size_t count;
	struct grub_entry bare; /* what it boots without an entry; no title or ID */
	struct grub_variables variables;
	bool is_once;	   /* an entry is chosen for one boot only */
	bool is_guessed;   /* only GRUB knows whether it sets that default */
	char *environment; /* where it has variables besides grubenv, or NULL */
	struct grub_source *sources;
	size_t source_count;
};

/*
 * Interprets grub.cfg; environment is the text of its grubenv. If only GRUB can decide a
 * condition, the "then" branch is taken. Limits: 4096 entries, the others
 * are ignored; 32 nested blocks and "if"s, reading stops at the next one. Returns 0 or
 * -ENOMEM; release with grub_menu_free() in either case.
 */
int grub_menu_read(const char *config, const char *environment, struct grub_menu *ret);
void grub_menu_free(struct grub_menu *menu);

/*
 * Returns the length of the first part of a path of numbers, titles or IDs, such as
 * "1>2". *ret_number tells whether that part is a number.
 */
size_t grub_path_part(const char *path, bool *ret_number);

/* Whether the first part of the path is this title or ID. */
bool grub_path_names(const char *path, const char *name);

/*
 * The entry that the variable "default" names. If there is no such entry, *ret_found is
 * false and the result is the first entry, as in GRUB. NULL if the menu, or the submenu
 * that it leads to, is empty.
 */
const struct grub_entry *grub_menu_default(const struct grub_menu *menu, bool *ret_found);

/* -- menu key ------------------------------------------------------------------------ */

/*
 * What opens a hidden menu while the machine starts, such as "press Esc"; NULL if the
 * menu shows up by itself, or never. From grub.cfg and the text of its grubenv, or from
 * loader.conf and the variable LoaderConfigTimeout ("" if it is not set).
 */
const char *menu_key_of_grub(const char *config, const char *environment, bool is_uefi);
const char *menu_key_of_systemd_boot(const char *config, const char *variable);

/* -- systemd boot -------------------------------------------------------------------- */

/* Whether there are boot entries or UKIs, or a command line for kernel-install. */
bool systemd_boot_detect(int root_fd);

/*
 * Whether systemd-boot booted the system, or the firmware a UKI. True, too, if the EFI
 * variables that tell cannot be read and nothing tells of another boot loader.
 */
bool systemd_boot_has_booted(int root_fd, const struct boot_marks *marks);

/* What opens its menu, as boot_menu_key(). */
const char *systemd_boot_menu_key(int root_fd);

/* Adds the entry or UKI that boots by default, or all of them. Returns 0 or -ENOMEM. */
int systemd_boot_read(int root_fd, bool all, struct boot_sources *ret);

#endif
