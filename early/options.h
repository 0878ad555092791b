/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_OPTIONS_H
#define PASSTHRU_OPTIONS_H

#include <stdbool.h>

#include "address.h"

/* The exit statuses of passthru-early(8). */
enum { EXIT_COMPLETE = 0, EXIT_INCOMPLETE = 1, EXIT_USAGE = 2 };

/* How passthru-early was called. The strings are those of argv. */
struct options {
	bool dry_run;
	bool verbose;
	bool late; /* the second pass: the root disk is known by now */
	bool has_device;
	struct pci_address device; /* the one function that this run is about */
	const char *root;    /* "" is the root of the file system; no "/" at its end */
	const char *cmdline; /* NULL: what proc/cmdline says */
	const char *report;  /* NULL: REPORT_PATH below the root */
};

/*
 * Returns -1 to go on, or an exit status after having printed the help, the version or
 * what is wrong.
 */
int options_parse(int argc, char **argv, struct options *ret);

#endif
