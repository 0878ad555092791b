/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_LEGACY_WORDS_H
#define PASSTHRU_MIGRATE_LEGACY_WORDS_H

#include "migrate/scan.h"

/* The legacy settings among the words of a kernel command line. */

/*
 * Adds a command line as a target, without its legacy settings; their devices become
 * items. before and after are the rest of its line; they are copied. Returns the target,
 * or NULL without memory.
 */
struct target *legacy_words_collect(struct scan *scan, const char *before,
				    const char *cmdline, const char *after);

/* Whether the word names devices; they become items. */
bool legacy_words_collect_word(struct scan *scan, const char *word);

/* Whether the text may have such words, in whatever form. */
bool legacy_words_mentioned(const char *text);

#endif
