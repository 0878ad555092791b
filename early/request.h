/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_REQUEST_H
#define PASSTHRU_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "selector.h"
#include "text.h"

/* passthru.group: whether the rest of a chosen device's IOMMU group is taken along. */
enum group_mode { GROUP_REPORT, GROUP_CLAIM };

#define DRIVER_NAME_SIZE 64

/* passthru.timeout, in seconds. */
#define TIMEOUT_DEFAULT 10
#define TIMEOUT_MAX	3600

struct selectors {
	struct selector *items;
	size_t count;
};

enum problem_kind {
	PROBLEM_ITEM,	   /* an item of a list is malformed */
	PROBLEM_STRAY,	   /* an item that a blank cuts off from its list */
	PROBLEM_VALUE,	   /* a single value is malformed */
	PROBLEM_UNKNOWN,   /* a parameter that is none of ours */
	PROBLEM_NO_EFFECT, /* an item was taken, but part of it does nothing */
};

/* Something in the command line that the user should hear about. */
struct problem {
	enum problem_kind kind;
	struct span parameter; /* as written, "passthru." included */
	struct span text;      /* the item or the value; empty for PROBLEM_UNKNOWN */
	unsigned item;	       /* its position in the list from 1 */
	unsigned column;       /* of the first bad character in text, from 1 */
	const char *why;       /* a phrase; for PROBLEM_UNKNOWN the nearest known name */
};

/* All that the command line asks for. */
struct request {
	const char *text;	 /* what it was read from */
	struct selectors wanted; /* passthru.ids and passthru.addrs, in order */
	struct selectors skipped;
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
 * Reads every passthru. parameter of a kernel command line. Malformed items are noted
 * in problems and left out. The spans in *ret point into text, which must live as long.
 * Returns 0 or -ENOMEM; release with request_free() in either case.
 */
int request_parse(const char *text, struct request *ret);

void request_free(struct request *request);

/* Whether there is anything to be done or to be said. */
bool request_is_empty(const struct request *request);

#endif
