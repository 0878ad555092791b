/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_COLLECTOR_H
#define PASSTHRU_MIGRATE_COLLECTOR_H

#include "machine/machine.h"
#include "migrate/facts.h"
#include "migrate/words.h"

/* What the readers of files with legacy settings work with. */
struct collector {
	const struct host *host;
	struct machine machine;
	struct facts *facts;
	unsigned used; /* the formats that a boot reads, bits of 1 << format */
	/* The file that is being read, and the line, counted from 0. */
	const struct config_file *row;
	struct edit *edit;
	size_t line;
	bool is_foreign; /* a package's file, which is not edited */
	int error;
};

/* Whether a boot of this machine reads files of that format. */
bool collect_is_used(const struct collector *collector, enum config_format format);

/*
 * The line that is being read is a request or a support; text replaces it, or with NULL
 * it is removed. items are the devices of a request. Both are copied.
 */
void collect_setting(struct collector *collector, enum fact_kind kind, const char *text,
		     const char *items);

/* A sentence about the line: "/PATH, line N: WHY: TEXT". */
void collect_line(struct collector *collector, enum fact_kind kind, const char *why);

/* A sentence; the format has one %s, which stands for the path without the first "/". */
void collect_path(struct collector *collector, enum fact_kind kind, const char *format,
		  const char *path);

/*
 * The line has a command line, with before and after around it, in a file of that format.
 */
void collect_cmdline(struct collector *collector, const char *before, struct span cmdline,
		     const char *after, enum config_format format);

#endif
