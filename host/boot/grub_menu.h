/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_GRUB_MENU_H
#define PASSTHRU_BOOT_GRUB_MENU_H

#include <stdbool.h>
#include <stdint.h>

#include "boot/grub_script.h"

#define GRUB_TOP SIZE_MAX

struct grub_entry {
	char *title;
	char *id;      /* the title where it has none */
	char *cmdline; /* the kernel's; NULL where it boots none */
	size_t parent; /* the index of the submenu it is in, or GRUB_TOP */
	bool is_submenu;
};

/* What GRUB makes of its grub.cfg. */
struct grub_menu {
	struct grub_entry *entries; /* submenus before what is in them */
	size_t count;
	char *cmdline; /* of a kernel outside of all entries, or NULL */
	struct grub_variables variables;
	bool is_once; /* an entry is chosen for one boot only */
};

/*
 * Follows grub.cfg, with environment being the text of the grubenv beside it: of an "if"
 * that cannot be decided (see grub_test.h) the "then" is taken. Entries beyond 4096 are
 * not read, nor what comes after the 33rd block, or "if", within others. Returns 0 or
 * -ENOMEM; release with grub_menu_free() in either case.
 */
int grub_menu_read(const char *config, const char *environment, struct grub_menu *ret);
void grub_menu_free(struct grub_menu *menu);

/*
 * The part of a path like "1>2", "title>title" or of IDs that comes first: returns its
 * length, with whether it is a number of an entry.
 */
size_t grub_path_part(const char *path, bool *ret_number);

/* Whether a title or an ID is what the first part of the path names. */
bool grub_path_names(const char *path, const char *name);

/*
 * The entry that variable "default" names. *ret_found is false where it names none, and
 * the first one of the menu is returned as GRUB would boot it; NULL where there is none.
 */
const struct grub_entry *grub_menu_default(const struct grub_menu *menu, bool *ret_found);

#endif
