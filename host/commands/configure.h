/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMMANDS_CONFIGURE_H
#define PASSTHRU_COMMANDS_CONFIGURE_H

#include "cmdline/cmdline.h"
#include "edit/edit.h"
#include "machine/machine.h"

/*
 * What passthru enable and disable share: they change the configuration in the image,
 * which no boot loader has to know of, and rebuild the images.
 */
struct work {
	struct host *host;
	struct choice choice;
	struct change change; /* of CONFIGURATION_FILE */
	char backup[BACKUP_PATH_SIZE];
};

/* A part of the configuration, parsed. */
struct items {
	struct params params;
	char *text; /* params points into it */
};

/* Returns 0 or -ENOMEM; release with configure_free_items() in either case. */
int configure_parse(const char *text, struct items *ret);
void configure_free_items(struct items *items);

/* Whether an initramfs generator has the hook; otherwise warns. */
bool configure_is_possible(const struct host *host);

/* Reads the file; it need not exist. Returns 0, or a negative errno after a warning. */
int configure_open(struct work *work);

/*
 * Prints the change and makes it, but for a dry run; rebuilds the images; shows the next
 * boot. Returns an exit status.
 */
int configure_finish(struct work *work);

/* Prints the change as JSON. Returns 0 or a negative errno. */
int configure_print_json(const struct work *work);

/* Runs the command, or --undo. Returns an exit status, as change() does. */
int configure_run(struct host *host, int (*change)(struct work *work));

#endif
