/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_OPTIONS_H
#define PASSTHRU_OPTIONS_H

#include <stdbool.h>

#include "pci/pci.h"

/* The exit statuses of passthru-early(8). */
enum { EXIT_COMPLETE = 0, EXIT_INCOMPLETE = 1, EXIT_USAGE = 2 };

/* The command line of passthru-early. The strings are argv's. */
struct options {
	bool dry_run;
	bool verbose;
	bool late;  /* the late stage: the root disk is known */
	bool probe; /* only read a disk, for passthru on the running machine */
	bool has_device;
	struct pci_address device; /* the only one to claim */
	const char *root;	   /* "" for "/"; has no "/" at its end */
	const char *cmdline;	   /* NULL for proc/cmdline */
	const char *report;	   /* NULL for REPORT_PATH below the root */
};

/*
 * Returns -1 to continue, or an exit status after printing the help, the version or an
 * error.
 */
int options_parse(int argc, char **argv, struct options *ret);

#endif
