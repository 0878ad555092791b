/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_SETTINGS_H
#define PASSTHRU_MIGRATE_SETTINGS_H

#include "edit/edit.h"
#include "lib/wordlist.h"

/*
 * The legacy settings of a machine, and the changes that replace them with the kernel
 * parameter. A legacy setting is one that gave devices to vfio-pci without passthru: in
 * modprobe.d, lists of modules, dracut's configuration, driverctl's overrides or the
 * kernel command line.
 */
struct legacy_settings {
	struct edit *edits; /* the files that are read; in the end, those that change */
	size_t edit_count;
	struct change *changes; /* the same, in the end */
	size_t change_count;
	char **items; /* the devices, as passthru.ids lists them */
	size_t item_count;
	char **notes; /* what the user must check, as sentences */
	size_t note_count;
	bool has_target; /* one of the edits adds the parameter, or it is there already */
	bool needs_grub; /* GRUB's configuration must be regenerated */
	bool needs_image; /* the parameter takes effect with a new unified kernel image */
	bool is_unclear;  /* a line that may name devices is not understood; see notes */
};

void settings_free(struct legacy_settings *settings);

/* Adds a copy of the item unless it is there already. Returns 0 or -ENOMEM. */
int settings_add_item(struct legacy_settings *settings, const char *item);

/* Adds a copy of the text. Returns 0 or -ENOMEM. */
int settings_add_note(struct legacy_settings *settings, const char *text);

/*
 * The parameter for all the items that a passthru.ids among these words does not list:
 * "passthru.ids=…". Freed by the caller; NULL if there are none.
 */
char *settings_parameter(const struct legacy_settings *settings,
			 const struct wordlist *words);

#endif
