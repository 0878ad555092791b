/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_GRUB_MENU_H
#define PASSTHRU_BOOT_GRUB_MENU_H

#include <stdbool.h>
#include <stdint.h>

#include "boot/grub_script.h"

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
 * decided (see grub_test.h), the "then" branch is taken. Limits: 4096 entries, the others
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

#endif
