/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_PROOF_H
#define PASSTHRU_MIGRATE_PROOF_H

#include "migrate/migration.h"

/*
 * Dry-runs every boot that the boot loader offers, with the changes or, if is_done is
 * set, with the files as they are now. Rescue boots are left out: passthru ignores its
 * configuration in them.
 *
 * Returns 0 if each device that is on vfio-pci now and that the legacy settings of a boot
 * request is claimed by that boot; *ret_loss is NULL then. Returns -ESRCH if one is not;
 * *ret_loss says which, a phrase freed by the caller. Or another negative errno.
 */
int proof_run(struct host *host, const struct migration *migration, bool is_done,
	      char **ret_loss);

#endif
