/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_TARGET_H
#define PASSTHRU_MIGRATE_TARGET_H

#include "migrate/settings.h"

/* The program that reads the file with a kernel command line. */
enum target_loader {
	LOADER_NONE, /* the file has no command line */
	LOADER_GRUB,
	LOADER_ENTRIES, /* boot entries, UAPI.1 */
	LOADER_KERNEL_INSTALL,
	LOADER_UKI, /* fragments, which have no effect without a unified kernel image */
};

/* A kernel command line in a file. The readers collect them all as targets. */
struct target {
	enum target_loader loader;
	size_t edit, line;     /* where it is, in the edits of the settings */
	char *before, *after;  /* the rest of that line, around its words */
	bool is_appended;      /* a shell appends it to another value: "a" and " b" */
	struct wordlist words; /* without the legacy settings */
	bool is_changed;       /* there were some */
	/* Index of the first word that the parameter replaces, or SIZE_MAX. */
	size_t replaced;
	bool is_effective; /* the next boot uses it */
	bool is_candidate; /* it can take the parameter even if it replaces nothing */
	char *obstacle;	   /* why it cannot be edited, as a note, or NULL */
	bool is_chosen;	   /* by target_decide(): it takes the parameter */
};

void target_free(struct target *target);

/* Whether the parameter replaces words of a command line that the next boot uses. */
bool target_any_replaced(const struct target *targets, size_t count);

/*
 * Chooses the command lines that take the parameter: those where it replaces something,
 * and if the next boot uses none of these, the candidates. The targets are in the order
 * in which they were read, the ones that override others first.
 */
void target_decide(struct target *targets, size_t count, bool has_items);

/*
 * Edits the line of the target; if it was chosen but has an obstacle, adds that as a note
 * instead. Returns 0 or -ENOMEM.
 */
int target_edit(struct target *target, struct legacy_settings *settings);

#endif
