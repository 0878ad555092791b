/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_DECIDE_H
#define PASSTHRU_MIGRATE_DECIDE_H

#include "migrate/facts.h"

/* What is known about the machine besides its legacy settings. */
struct conditions {
	bool has_generator;    /* an initramfs generator with passthru's hook */
	bool can_rebuild_grub; /* GRUB's configuration can be regenerated */
	bool is_configured;    /* passthru's own parameters request devices already */
};

enum decision {
	DECISION_NOTHING, /* there is nothing to change */
	DECISION_MIGRATE, /* change the lines of all facts for which fact_applies() */
	/* Change nothing: */
	DECISION_UNCLEAR,      /* some facts are unclear */
	DECISION_NO_GENERATOR, /* nothing would start passthru in the next boot */
	DECISION_NO_GRUB,      /* GRUB would not see the changes */
};

/*
 * Decides what happens to the legacy settings of a machine, as a whole. Without memory,
 * input or output.
 */
enum decision decide(const struct facts *facts, const struct conditions *conditions);

/* Whether migrating changes the line of that fact. */
bool fact_applies(const struct facts *facts, const struct conditions *conditions,
		  const struct fact *fact);

/* Whether its devices become part of the configuration in the image. */
bool fact_needs_configuration(const struct fact *fact);

#endif
