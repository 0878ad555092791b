/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_COLLECT_H
#define PASSTHRU_MIGRATE_COLLECT_H

#include "host.h"
#include "migrate/facts.h"

/*
 * Collects the facts of a machine; nothing is written. Returns 0 or a negative errno;
 * release with facts_free() in either case.
 */
int facts_collect(const struct host *host, struct facts *ret);

#endif
