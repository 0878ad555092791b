/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PLAN_H
#define PASSTHRU_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "pci.h"
#include "request.h"
#include "verdict.h"

/* One device that was asked for. */
struct plan_entry {
	struct pci_device *device; /* in the list that the plan was made from */
	enum verdict verdict;
	enum reason reason;
	/* Filled in by the claim: */
	enum claim_step step; /* that failed */
	int error;	      /* negative errno of that step, 0 for none */
	bool undone;	      /* whether the undoing of a failed claim came to its end */
	char was[DRIVER_NAME_SIZE]; /* the driver that had it before; "" for none */
	char now[DRIVER_NAME_SIZE]; /* the driver that has it in the end; "" for none */
};

/* What became of one item of request.wanted, by position. */
struct plan_match {
	size_t matched;			/* devices that it fits, skipped ones included */
	const struct pci_device *other; /* what sits at @ADDRESS instead, or NULL */
};

struct plan {
	struct plan_entry *entries; /* in the order of the addresses */
	size_t count;
	struct plan_match *matches; /* as many as request.wanted has */
};

/*
 * Picks the devices that the request names. Opens nothing. Returns 0 or -ENOMEM; release
 * with plan_free() in either case.
 */
int plan_select(const struct request *request, const struct pci_list *list,
		struct plan *ret);

/* Decides on every entry, once the facts of its device are known. Opens nothing. */
void plan_judge(const struct request *request, struct plan *plan);

/* Turns what is still to be claimed into what a dry run keeps. */
void plan_hold_back(const struct request *request, struct plan *plan);

void plan_free(struct plan *plan);

/* How many entries have this verdict. */
size_t plan_count(const struct plan *plan, enum verdict verdict);

/*
 * Whether everything that was asked for is so: each entry claimed (in a dry run: would
 * be), each item understood and found. What passthru.skip names was not asked for.
 */
bool plan_is_complete(const struct request *request, const struct plan *plan);

#endif
