/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_CONFIGURATION_H
#define PASSTHRU_BOOT_CONFIGURATION_H

#include "base/base.h"
#include "edit/edit.h"

/* The configuration of passthru, as passthru-cmdline(7) describes it. */
#define CONFIGURATION_DIRECTORY "etc/passthru/cmdline.d"
/* The file that passthru enable and disable write. */
#define CONFIGURATION_FILE CONFIGURATION_DIRECTORY "/enabled.conf"

/*
 * The text that a new initramfs image would have as etc/passthru/cmdline: the files of
 * the directory, joined as copy_config in early/initramfs/functions.sh does; "" if there
 * are none. With a change, as if that were made; else it is NULL. Returns 0, or a
 * negative errno if a file cannot be read; the caller frees *ret_text.
 */
int configuration_read(int root_fd, const struct change *change, char **ret_text);

/* Whether a parameter of that name lists the item, in any case of letters. */
bool cmdline_has_item(const char *cmdline, const char *name, const char *item);

/* The command line of a boot, together with the configuration. */
struct whole_cmdline {
	char *text;	    /* of both; never NULL */
	bool has_config;    /* the configuration has parameters that count */
	struct span rescue; /* the word for which they do not count, or empty */
	char *ignored; /* words that are no parameters, each in quotes, "" for none */
};

/*
 * Puts the configuration before the kernel command line, as passthru-early does; rescue
 * points into cmdline. Returns 0 or -ENOMEM; release with whole_cmdline_free() in either
 * case.
 */
int whole_cmdline_make(const char *configuration, const char *cmdline,
		       struct whole_cmdline *ret);
void whole_cmdline_free(struct whole_cmdline *whole);

#endif
