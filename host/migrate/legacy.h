/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_LEGACY_H
#define PASSTHRU_MIGRATE_LEGACY_H

#include "host.h"
#include "migrate/settings.h"

/*
 * Reads all files that may have legacy settings, and prepares the edits; nothing is
 * written. Returns 0 or a negative errno; release with settings_free() in either case.
 */
int legacy_find(const struct host *host, struct legacy_settings *ret);

/* Whether GRUB's configuration is generated from the file. */
bool legacy_is_of_grub(const char *path);

/* "passthru.ids=…", freed by the caller; NULL if no devices were found. */
char *legacy_parameter(const struct legacy_settings *settings);

#endif
