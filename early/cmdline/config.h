/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CMDLINE_CONFIG_H
#define PASSTHRU_CMDLINE_CONFIG_H

#include "base/base.h"

/*
 * The configuration: parameters as on the kernel command line, over any number of lines,
 * with "#" before a comment. It does not depend on the boot loader.
 */

/* Where the image has it, and where the early stage leaves it for the later ones. */
#define CONFIG_IMAGE_PATH "etc/passthru/cmdline"
#define CONFIG_RUN_PATH	  "run/passthru/cmdline"

/*
 * The word of the kernel command line that makes this boot a rescue, for which the
 * configuration does not count: passthru.config=off, and the words that make init(8),
 * systemd(1), initramfs-tools(7) and dracut.cmdline(7) stop for a shell. Empty if there
 * is none. Points into the text.
 */
struct span config_find_rescue(const char *cmdline);

/*
 * Copies the parameters of passthru to *ret_text, each with a blank at its end, so that
 * the kernel command line can follow. Calls ignored(), unless it is NULL, for each other
 * word, which points into the text. Returns 0 or -ENOMEM; the caller frees *ret_text.
 */
int config_filter(const char *text, void (*ignored)(void *data, struct span word),
		  void *data, char **ret_text) _must_check_;

#endif
