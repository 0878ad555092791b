/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PLAN_PLAN_H
#define PASSTHRU_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "cmdline/cmdline.h"
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
	struct span text;		/* the item */
	size_t matched;			/* devices, skipped ones included */
	const struct pci_device *other; /* found at @ADDRESS instead, or NULL */
};

struct plan {
	/*
	 * In the order of their addresses. Those from count to total are the business of
	 * another stage or event; they tell only which group members are requested, too.
	 */
	struct plan_entry *entries;
	size_t count, total;
	struct plan_match *matches; /* as many as params.wanted has items */
	size_t match_count;
	bool is_partial; /* from some devices only: others may match, too */
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

/* Limits the plan to the entries for which is_ours() returns true; total stays. */
void plan_limit(struct plan *plan,
		bool (*is_ours)(const void *data, const struct plan_entry *entry),
		const void *data);

/* What will be different when the devices are claimed. */
struct plan_prospect {
	bool groups_may_come; /* a device without an IOMMU group may get one */
	bool vfs_will_go;     /* no virtual functions are enabled then */
};

/*
 * Sets the verdict of every entry; the attributes of its device and its driver must be
 * known. Opens no file.
 */
void plan_judge(struct plan_prospect prospect, struct plan *plan);

/* Whether the driver binds only devices that have an IOMMU group; pci-stub does not care.
 */
bool plan_needs_group(const char *driver);

/* In a dry run what is pending counts as claimed. */
void plan_apply_dry_run(struct plan *plan);

void plan_free(struct plan *plan);

/* The entry of a device of the list that the plan was made from, of all, or NULL. */
const struct plan_entry *plan_find(const struct plan *plan,
				   const struct pci_device *device);

/* Whether any entry is a display. */
bool plan_has_display(const struct plan *plan);

/* Whether the entry is claimed or pending. */
bool plan_entry_is_taken(const struct plan_entry *entry);

/* The number of entries with that verdict. */
size_t plan_count(const struct plan *plan, enum verdict verdict);

/* Whether every entry is taken. Skipped ones do not count. */
bool plan_is_complete(const struct plan *plan);

#endif
