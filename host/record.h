/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_RECORD_H
#define PASSTHRU_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* The records of a report, passthru-report(5). A record points into the text. */
struct record {
	struct span line;
};

/* Takes the next record off *text. Returns false at the end. */
bool record_next(const char **text, struct record *ret);

/* Whether the record begins with that key, and so is of that kind. */
bool record_is(const struct record *record, const char *kind);

/*
 * The value of the key, %XX decoded and cut at size - 1 bytes. Returns whether the record
 * has the key; if not, value is "".
 */
bool record_get(const struct record *record, const char *key, char *value, size_t size);

#endif
