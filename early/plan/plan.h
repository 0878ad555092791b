/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PLAN_PLAN_H
#define PASSTHRU_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "cmdline/params.h"
#include "pci/pci.h"
#include "plan/verdict.h"

/* The guards assert that what they note fits. */
#define PLAN_DISK_SIZE 32
#define PLAN_NOTE_SIZE 96

/* A device that the command line selects, and what happens to it. */
struct plan_entry {
	struct pci_device *device; /* in the list that the plan was made from */
	enum verdict verdict;
	enum reason reason;
	bool skipped;	/* passthru.skip names it */
	bool by_group;	/* only passthru.group=claim selects it */
	bool is_forced; /* a selector with "!" names it: no guard applies */
	char driver[DRIVER_NAME_SIZE]; /* to bind */
	/* Set by the claim: */
	enum claim_step step;	    /* that failed */
	int error;		    /* negative errno of that step, 0 for none */
	enum fb_release fb_release; /* what released the boot framebuffer */
	bool undone;		    /* the rollback of a failed claim completed */
	char was[DRIVER_NAME_SIZE]; /* driver before the run; "" for none */
	char now[DRIVER_NAME_SIZE]; /* driver after the run; "" for none */
	/* Set by the guards, "" for none: */
	char disk[PLAN_DISK_SIZE];  /* that the device is kept for */
	char backs[PLAN_NOTE_SIZE]; /* parameter, mount point or "swap" that is on the
				       disk; without a disk what was not found */
};

/* What one item of params.wanted matched, at the same position. */
struct plan_match {
	size_t matched;			/* devices, skipped ones included */
	const struct pci_device *other; /* found at @ADDRESS instead, or NULL */
};

struct plan {
	struct plan_entry *entries; /* in the order of their addresses */
	size_t count;
	struct plan_match *matches; /* as many as params.wanted has items */
	bool is_partial;	    /* from some devices only: others may match, too */
};

/*
 * Selects the devices that the parameters name. Opens no file. Returns 0 or -ENOMEM;
 * release with plan_free() in either case.
 */
int plan_select(const struct params *params, const struct pci_list *list,
		struct plan *ret);

/*
 * With passthru.group=claim, adds the endpoint functions that share an IOMMU group with
 * an entry that is not skipped. Never adds a bridge. The attributes of the group members
 * must be known. Opens no file. Returns 0 or -ENOMEM.
 */
int plan_add_groups(const struct params *params, const struct pci_list *list,
		    struct plan *plan);

/* Drops every entry but that of the device at the address. */
void plan_filter(struct plan *plan, const struct pci_address *address);

/*
 * Sets the verdict of every entry; the attributes of its device and its driver must be
 * known. With groups_may_come a device without an IOMMU group is not refused yet. Opens
 * no file.
 */
void plan_judge(bool groups_may_come, struct plan *plan);

/* Whether the driver binds only devices that have an IOMMU group; pci-stub does not care.
 */
bool plan_needs_group(const char *driver);

/* Keeps every pending entry that does not have its driver already. */
void plan_apply_dry_run(struct plan *plan);

void plan_free(struct plan *plan);

/* The entry of a device of the list that the plan was made from, or NULL. */
const struct plan_entry *plan_find(const struct plan *plan,
				   const struct pci_device *device);

/* Whether any entry is a display. */
bool plan_has_display(const struct plan *plan);

/* Whether the entry is claimed, pending, or would be without the dry run. */
bool plan_entry_is_taken(const struct plan_entry *entry);

/* The number of entries with that verdict. */
size_t plan_count(const struct plan *plan, enum verdict verdict);

/*
 * Whether the command line gets everything that it requests: every item is valid and
 * matches, and every entry is taken. Skipped entries do not count.
 */
bool plan_is_complete(const struct params *params, const struct plan *plan);

#endif
