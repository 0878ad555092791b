/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_SHELL_LINE_H
#define PASSTHRU_MIGRATE_SHELL_LINE_H

#include "lib/shell_vars.h"
#include "migrate/scan.h"

/* Edits of assignments in files that a shell reads: GRUB's defaults and dracut.conf. */

/* Whether the value can be edited as text: it is in one pair of quotes, or in none. */
bool shell_line_is_simple(const struct shell_assignment *assignment);

/* Replaces the value of a simple assignment in the line that is being read. */
void shell_line_set(struct scan *scan, const char *line,
		    const struct shell_assignment *assignment, const char *value);

/*
 * Adds the value of an assignment as a target, as legacy_words_collect() does. Returns
 * NULL without memory, or if the assignment is not simple, which is noted if it may have
 * legacy settings.
 */
struct target *shell_line_collect(struct scan *scan, const char *line,
				  const struct shell_assignment *assignment);

#endif
