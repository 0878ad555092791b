/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CMDLINE_PARAMS_H
#define PASSTHRU_CMDLINE_PARAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "cmdline/selector.h"

/* passthru.group: whether to claim the other members of a device's IOMMU group. */
enum group_mode { GROUP_REPORT, GROUP_CLAIM };

/* passthru.timeout, in seconds. */
#define TIMEOUT_DEFAULT 10
#define TIMEOUT_MAX	3600

struct selectors {
	struct selector *items;
	size_t count;
};

enum problem_kind {
	PROBLEM_ITEM,	   /* an item of a list is malformed */
	PROBLEM_STRAY,	   /* a space separates an item from its list */
	PROBLEM_VALUE,	   /* a single value is malformed */
	PROBLEM_UNKNOWN,   /* there is no such passthru. parameter */
	PROBLEM_NO_EFFECT, /* an item is valid, but part of it has no effect */
	/* Found with the devices, not by params_parse(): */
	PROBLEM_UNMATCHED, /* there is no such device */
	PROBLEM_ELSEWHERE, /* another device is at that address */
};

/* The report's word, such as "malformed"; see passthru-report(5). */
const char *problem_word(enum problem_kind kind);

/* A mistake in the command line. */
struct problem {
	enum problem_kind kind;
	struct span parameter; /* as written, with "passthru." */
	struct span text;      /* the item or the value; empty for PROBLEM_UNKNOWN */
	unsigned item;	       /* its position in the list from 1 */
	unsigned column;       /* of the error in text, from 1 */
	const char *why; /* a phrase; for PROBLEM_UNKNOWN the most similar known name */
	struct pci_id found; /* for PROBLEM_ELSEWHERE: what is at the address instead */
	struct pci_address found_at;
};

/* The passthru. parameters of a kernel command line. */
struct params {
	const char *text;	 /* the whole command line */
	struct selectors wanted; /* passthru.ids and passthru.addrs, in order */
	struct selectors skipped;
	bool has_paths; /* some item of them names a device by its path */
	struct problem *problems;
	size_t problem_count;
	enum group_mode group;
	char driver[DRIVER_NAME_SIZE];
	unsigned timeout; /* seconds */
	bool dryrun;
	bool force;
	bool debug;
	bool off;
};

/*
 * Parses a kernel command line. Malformed items are skipped and noted in problems. The
 * spans in *ret point into text, which must live as long. Returns 0 or -ENOMEM; release
 * with params_free() in either case.
 */
int params_parse(const char *text, struct params *ret);

void params_free(struct params *params);

/* Whether nothing is requested and there are no problems to report. */
bool params_are_empty(const struct params *params);

#endif
