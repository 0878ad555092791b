/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMMANDS_FINDINGS_H
#define PASSTHRU_COMMANDS_FINDINGS_H

#include "host.h"

/* The results of passthru check. */
enum finding_state {
	FINDING_OK,
	FINDING_NOTE, /* it cannot be checked, or may be intended */
	FINDING_TODO, /* the user must fix it */
};

struct findings {
	const struct host *host;
	struct json_object *items; /* for --json, else NULL */
	unsigned todo_count;
};

/* Prints a finding, or adds it to items. about is a word or two, the rest a phrase. */
void findings_add(struct findings *findings, enum finding_state state, const char *about,
		  const char *format, ...) _printf_(4, 5);

/*
 * Whether no boot can start passthru-early: there are images of all kernels, all can be
 * read, and none has it. UKIs are not judged: the answer is false if there are any.
 */
bool check_kernels_lack_program(int root_fd);

/* One aspect each, in a file of that name. */
void check_kernels(struct findings *findings);
void check_cmdline(struct findings *findings);

/* Notes what keeps drivers of cards from all devices; path is that of the command line.
 */
void check_blacklists(struct findings *findings, const char *cmdline, const char *path);

#endif
