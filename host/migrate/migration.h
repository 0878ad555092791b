/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_MIGRATION_H
#define PASSTHRU_MIGRATE_MIGRATION_H

#include "host.h"
#include "migrate/decide.h"

/* The legacy settings of a machine, the decision about them, and what it changes. */
struct migration {
	struct facts facts;
	struct conditions conditions;
	enum decision decision;
	/* Without a decision to migrate there are none. The configuration comes last. */
	struct change *changes;
	size_t change_count;
	char *parameter; /* all requested devices, "passthru.ids=…", or NULL for none */
	bool needs_grub; /* GRUB's configuration must be regenerated */
};

/*
 * Collects, decides and prepares the changes; nothing is written. Returns 0 or a negative
 * errno; release with migration_free() in either case.
 */
int migration_make(const struct host *host, struct migration *ret);
void migration_free(struct migration *migration);

/* The change of the configuration, or NULL. */
const struct change *migration_configuration(const struct migration *migration);

/* Whether GRUB's configuration is generated from the file. */
bool migration_is_of_grub(const char *path);

#endif
