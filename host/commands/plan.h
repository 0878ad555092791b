/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMMANDS_PLAN_H
#define PASSTHRU_COMMANDS_PLAN_H

#include "edit/edit.h"
#include "host.h"

/* What is taken to be different from the files. */
struct plan_changes {
	const struct change *configuration; /* as if that were made, or NULL */
	bool is_migrated; /* as if the legacy settings on the command line were */
};

/* Prints what the next boot will do. Returns an exit status. */
int plan_show(struct host *host, const struct plan_changes *changes);

/*
 * Whether passthru plan would exit with 0, without printing it. Calls back with each
 * limit of a device that will be claimed; see limits.h.
 */
bool plan_is_good(struct host *host, void (*each)(void *data, const char *text),
		  void *data);

#endif
