/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_WORDS_H
#define PASSTHRU_MIGRATE_WORDS_H

#include <stdbool.h>

#include "base/base.h"

/* A line of words, and the same without its legacy settings. */
struct words {
	char *text;	  /* the new line; all other bytes are as they were */
	char *items;	  /* the IDs that it names, separated by commas; "" for none */
	bool has_support; /* it has settings that name no device themselves */
	bool has_xen;	  /* it hides devices for Xen; these words stay */
	/* Why a word that may name devices is not understood, a phrase, or NULL. */
	const char *unclear;
};

/*
 * Rewrites a kernel command line, or the text inside the quotes of a shell assignment:
 * vfio-pci.ids= becomes passthru.ids=, where it is; what only helped it is removed.
 * Returns 0 or -ENOMEM; release with words_free() in either case.
 */
int words_rewrite_cmdline(struct span line, struct words *ret);

/* The same for a list of modules: VFIO's are removed. */
int words_rewrite_modules(struct span line, struct words *ret);
void words_free(struct words *words);

/* Whether the text may have legacy settings of a command line, in whatever form. */
bool words_mention(const char *text);

/* Whether it may have a list of devices. */
bool words_mention_devices(const char *text);

/* Whether the module is one of VFIO's. */
bool words_is_vfio(struct span module);

/*
 * Checks a list of IDs in vfio-pci's format: one or more items, separated by commas,
 * none of them empty. Returns NULL, or why it is not understood, a phrase.
 */
const char *words_check_ids(struct span list);

#endif
