/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PLAN_H
#define PASSTHRU_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "block.h"
#include "need.h"
#include "pci.h"
#include "request.h"
#include "verdict.h"

/* One device that was asked for. */
struct plan_entry {
	struct pci_device *device; /* in the list that the plan was made from */
	enum verdict verdict;
	enum reason reason;
	bool skipped;		       /* passthru.skip names it */
	bool by_group;		       /* not named itself, but by passthru.group=claim */
	char driver[DRIVER_NAME_SIZE]; /* that is to have it */
	/* Filled in by the guards, "" for nothing: */
	char block[BLOCK_NAME_SIZE]; /* the disk it is kept for, or that is not known */
	char need[NEED_ORIGIN_SIZE]; /* who needs the disk, or what has not been found */
	/* Filled in by the claim: */
	enum claim_step step; /* that failed */
	int error;	      /* negative errno of that step, 0 for none */
	enum display display; /* who took the boot framebuffer off it */
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
	size_t room;		    /* for so many there is memory */
	struct plan_match *matches; /* as many as request.wanted has */
};

/*
 * Picks the devices that the request names. Opens nothing. Returns 0 or -ENOMEM; release
 * with plan_free() in either case.
 */
int plan_select(const struct request *request, const struct pci_list *list,
		struct plan *ret);

/*
 * Adds the endpoint functions that share an IOMMU group with an entry that is not
 * skipped, where the request says so; the facts of the groups' members must be known.
 * Bridges are never added. Opens nothing. Returns 0 or -ENOMEM.
 */
int plan_add_groups(const struct request *request, const struct pci_list *list,
		    struct plan *plan);

/* Leaves only the entry of the device at that address, if there is one. */
void plan_limit(struct plan *plan, const struct pci_address *address);

/*
 * Decides on every entry, once the facts of its device and its driver are known. Opens
 * nothing. With iommu_may_come a device without an IOMMU group is not refused yet.
 */
void plan_judge(bool iommu_may_come, struct plan *plan);

/*
 * Whether a driver takes no device without an IOMMU group. pci-stub and its like do.
 */
bool plan_needs_group(const char *driver);

/* Turns what is still to be claimed into what a dry run keeps. */
void plan_hold_back(struct plan *plan);

void plan_free(struct plan *plan);

/* The entry of a device of the list that the plan was made from, or NULL. */
const struct plan_entry *plan_find(const struct plan *plan,
				   const struct pci_device *device);

/* Whether a display is among the entries. */
bool plan_has_display(const struct plan *plan);

/* Whether an entry is claimed, or would be but for the dry run. */
bool plan_entry_is_taken(const struct plan_entry *entry);

/* How many entries have this verdict. */
size_t plan_count(const struct plan *plan, enum verdict verdict);

/*
 * Whether everything that was asked for is so: each entry claimed (in a dry run: would
 * be), each item understood and found. What passthru.skip names was not asked for.
 */
bool plan_is_complete(const struct request *request, const struct plan *plan);

#endif
