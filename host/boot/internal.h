/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_INTERNAL_H
#define PASSTHRU_BOOT_INTERNAL_H

#include "boot/boot.h"
#include "lib/lib.h"

/* What only the files of this folder share. */

/* -- sources ------------------------------------------------------------------------- */

/*
 * Appends a source with path and cmdline, and takes ownership of cmdline; a NULL cmdline
 * stands for a failed allocation. Returns it, valid until the next one is added, or NULL
 * without memory.
 */
struct boot_source *boot_sources_add(struct boot_sources *sources, const char *path,
				     char *cmdline);

/*
 * Sets the kernel from the path of its file, as the boot loader names it. The release is
 * in names such as vmlinuz-6.12.9-amd64; with other names it stays unknown.
 */
void boot_source_set_kernel(struct boot_source *source, const char *file);

/*
 * Adds an initramfs image that the entry loads, by the name that the boot loader has for
 * it: a path on the partition that it reads, which is the root or is mounted at one of
 * bls_places, perhaps below a subvolume. Returns 0 or -ENOMEM.
 */
int boot_source_add_image(struct boot_source *source, int root_fd, const char *name);

/*
 * Adds the files from which the boot loader's files are generated: those of config_files
 * that are CONFIG_FOR_BOOT and in a format of the mask, 1 << format each. Returns 0 or
 * -ENOMEM.
 */
int boot_sources_add_inputs(struct boot_sources *sources, int root_fd, unsigned formats);

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
	char kernel[256]; /* the path of its file */
	char *cmdline;	  /* NULL if it boots no Linux, or none that can be read */
	int tries_left;	  /* boots that may still fail, or -1 if they are not counted */
	int tries_done;
	bool is_uki; /* a UKI: type 2 */
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

/* Whether there are entries or UKIs. */
bool bls_exists(int root_fd);

/*
 * Adds the entry, with this command line, as one that the boot loader reads; takes
 * ownership of cmdline, which is NULL after a failed allocation. Returns 0 or -ENOMEM.
 */
int bls_add(const struct boot_entry *entry, char *cmdline, const char *note,
	    struct boot_sources *ret);

/* -- grub ---------------------------------------------------------------------------- */

/* Whether GRUB booted a system with this command line. */
bool grub_has_booted(int root_fd, const char *running);

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
		char *name, *value;
	} * items;
	size_t count;
};

/* Returns NULL if the variable is not set. */
const char *grub_variable(const struct grub_variables *variables, const char *name);

/*
 * Copies both. Values are truncated to 8191 bytes; after 1024 variables, new ones are
 * ignored. Returns 0 or -ENOMEM.
 */
int grub_variable_set(struct grub_variables *variables, const char *name,
		      const char *value);
void grub_variables_free(struct grub_variables *variables);

/*
 * Reads the next command of a GRUB script and advances *text: the words without quotes,
 * with variables replaced by their values. "{" is the last word of its command; "}",
 * "then", "else" and "do" are commands by themselves. *ret_unset tells whether the
 * command uses a variable without a known value. Returns 1; 0 at the end; or -ENOMEM. If
 * 1, release with wordlist_free().
 */
int grub_script_next(const char **text, const struct grub_variables *variables,
		     struct wordlist *ret, bool *ret_unset);

/*
 * Joins the words from that index on, as the kernel gets them: words with blanks are in
 * double quotes. Freed by the caller; NULL without memory.
 */
char *grub_script_join(const struct wordlist *wordlist, size_t from);

/* -- grub menu ----------------------------------------------------------------------- */

#define GRUB_TOP SIZE_MAX

struct grub_entry {
	char *title;
	char *id;      /* the title if it has none */
	char *cmdline; /* of the kernel; NULL if it does not boot one */
	char *kernel;  /* the path of its file; NULL if cmdline is */
	size_t parent; /* the index of its submenu, or GRUB_TOP */
	bool is_submenu;
};

/* The menu that grub.cfg describes. */
struct grub_menu {
	struct grub_entry *entries; /* submenus come before their entries */
	size_t count;
	char *cmdline; /* of a kernel that is in no entry, or NULL */
	struct grub_variables variables;
	bool is_once; /* an entry is chosen for one boot only */
};

/*
 * Interprets grub.cfg; environment is the text of its grubenv. If a condition cannot be
 * decided, the "then" branch is taken. Limits: 4096 entries, the others
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
 * Whether systemd-boot booted the system, or the firmware a UKI. True if there are no EFI
 * variables that tell.
 */
bool systemd_boot_has_booted(int root_fd, const char *running);

/* What opens its menu, as boot_menu_key(). */
const char *systemd_boot_menu_key(int root_fd);

/* Adds the entry or UKI that boots by default, or all of them. Returns 0 or -ENOMEM. */
int systemd_boot_read(int root_fd, bool all, struct boot_sources *ret);

#endif
