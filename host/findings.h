/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_FINDINGS_H
#define PASSTHRU_FINDINGS_H

#include "host.h"

/* What passthru check has looked at, and what came of it. */
enum finding_state {
	FINDING_GOOD,
	FINDING_NOTE, /* it could not be looked at, or may be meant so */
	FINDING_TODO,
};

struct findings {
	const struct host *host;
	struct json_object *items; /* for --json, else NULL */
	unsigned todo_count;
};

/* Prints one, or adds it to items. about is a word or two, the rest a sentence. */
void findings_add(struct findings *findings, enum finding_state state, const char *about,
		  const char *format, ...) _printf_(4, 5);

/* Each looks at one thing; their files are named after them. */
void check_kernels(struct findings *findings);
void check_cmdline(struct findings *findings);

#endif
