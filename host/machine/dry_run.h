/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_DRY_RUN_H
#define PASSTHRU_MACHINE_DRY_RUN_H

#include "cmdline/params.h"
#include "host.h"
#include "pci/address.h"

/*
 * Runs the stages of passthru-early as a boot with that command line would, configuration
 * included; params are those of the command line. *ret_report is the report, freed by the
 * caller. Returns 0, or a negative errno after a warning.
 */
int dry_run(struct host *host, const char *cmdline, struct params *params,
	    char **ret_report);

/* Whether that boot has the device with its driver: bound then, or already. */
bool dry_run_claims(const char *report, const struct pci_address *address);

#endif
