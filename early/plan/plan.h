/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PLAN_H
#define PASSTHRU_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "cmdline/cmdline.h"
#include "pci/pci.h"

/* What happens to each selected device. Opens no file. */

/* -- verdict ------------------------------------------------------------------------- */

/* What happens to a device. The words are those of passthru-report(5). */
enum verdict {
	VERDICT_PENDING, /* the claim comes next; never in a report */
	VERDICT_CLAIMED,
	VERDICT_KEPT,
	VERDICT_REFUSED,
	VERDICT_FAILED,
	VERDICT_DEFERRED,
	VERDICT_UNKNOWN, /* of a report: the word of another version */
};

/* Why it is not claimed: all values of the report's reason=. */
enum reason {
	REASON_NONE,
	/* kept */
	REASON_SKIPPED,
	REASON_GIVES_VFS,  /* passthru.vfs gives away its virtual functions */
	REASON_VFS_IN_USE, /* of a physical function: they cannot be replaced */
	REASON_BOOT_DISPLAY,
	REASON_CONSOLE,	  /* the serial console */
	REASON_ROOT_DISK, /* it backs what the kernel command line names */
	REASON_IN_USE,	  /* something on it is mounted, or stacked on it */
	REASON_ROOT_NETWORK,
	REASON_UNREADABLE, /* a disk behind it could not be read */
	REASON_UNCLEAR,	   /* a disk behind it may belong to the system */
	REASON_NOT_FOUND,  /* it may bring a disk that is named but missing */
	/* kept or deferred */
	REASON_ROOT_UNKNOWN,
	/* refused */
	REASON_NO_IOMMU,
	REASON_BRIDGE, /* by the type of its configuration header */
	REASON_HAS_VFS,
	/* refused, of a physical function */
	REASON_NO_SRIOV,
	REASON_TOO_MANY_VFS,
	REASON_NOT_CONFIGURABLE, /* its driver makes none through sysfs */
	/* deferred, of a physical function */
	REASON_NO_VFS,
	/* failed */
	REASON_NOT_MADE, /* of a physical function: its driver made fewer */
	REASON_GONE,
	REASON_NO_ANSWER, /* also refused */
	REASON_OVERRIDE,
	REASON_NO_DRIVER,
	REASON_UNBIND,
	REASON_PROBE,
	REASON_NOT_ALLOWED, /* by the kernel, which matches no driver */
	REASON_TIMEOUT,
	REASON_SLOT,	 /* another function of its slot failed; also refused */
	REASON_INTERNAL, /* no process or no memory to do it */
	REASON_UNKNOWN,	 /* of a report: the word of another version */
};

/* The step of a claim that an error or a timeout is about. */
enum claim_step {
	STEP_NONE,
	STEP_READ,
	STEP_OVERRIDE,
	STEP_LOAD,
	STEP_UNBIND,
	STEP_SETTING,
	STEP_PROBE,
	STEP_RELEASE,
	STEP_UNDO,
	STEP_VFS, /* of a physical function; never in a report */
};

/* How the boot framebuffer of a claimed display was released. */
enum fb_release {
	FB_RELEASE_NONE, /* it had none */
	FB_RELEASE_KERNEL,
	FB_RELEASE_PASSTHRU,
	FB_RELEASE_HELD, /* nobody: a guest cannot map the BAR below it */
};

/*
 * The report's words; "unknown" for any other value. In a dry run, what would be claimed
 * is "planned", so that no reader takes it for a claim.
 */
const char *verdict_word(enum verdict verdict, bool is_dry);
const char *reason_word(enum reason reason);
const char *fb_release_word(enum fb_release release);
const char *step_word(enum claim_step step);

/* The value of a word; "planned" is VERDICT_CLAIMED. */
enum verdict verdict_find(const char *word);
enum reason reason_find(const char *word);
enum claim_step step_find(const char *word);
enum fb_release fb_release_find(const char *word);

/* Why, for a person, without details; phrase_reason() fills these in. "" for REASON_NONE.
 */
const char *reason_phrase(enum reason reason);

/* What to do about it, or NULL. */
const char *reason_next(enum reason reason);

/* Whether it is a guard's, which passthru.force disables. */
bool reason_is_guard(enum reason reason);

/* A phrase such as "the write to drivers_probe". */
const char *step_phrase(enum claim_step step);

/* -- plan ---------------------------------------------------------------------------- */

/* The guards assert that what they note fits. */
#define PLAN_DISK_SIZE 32
#define PLAN_NOTE_SIZE 104

/* A device that the command line selects, and what happens to it. */
struct plan_entry {
	struct pci_device *device; /* in the list that the plan was made from */
	enum verdict verdict;
	enum reason reason;
	bool skipped;	 /* passthru.skip names it, or it gives away its VFs */
	bool by_group;	 /* only passthru.group=claim selects it */
	bool is_forced;	 /* a selector with "!" names it: no guard applies */
	bool is_named;	 /* by address, or with "!" */
	bool is_exact;	 /* its own address names it */
	bool is_meant;	 /* named, or by an ID that no other function of its kind has */
	bool is_bridge;	 /* that only wildcards name */
	bool is_noiommu; /* without an IOMMU, in VFIO's mode for that */
	enum item_source source; /* of the first item that names it */
	bool is_earlier;	 /* an event of the same card has claimed it before */
	char wanted[DRIVER_NAME_SIZE]; /* the driver to bind */
	/* Set by the claim: */
	enum claim_step step;	    /* that failed */
	int error;		    /* negative errno of that step, 0 for none */
	enum fb_release fb_release; /* what released the boot framebuffer */
	bool undone;		    /* the rollback of a failed claim completed */
	char was[DRIVER_NAME_SIZE]; /* driver before the run; "" for none */
	char now[DRIVER_NAME_SIZE]; /* driver after the run; "" for none */
	/* Set by the guards, "" for none: */
	char disk[PLAN_DISK_SIZE]; /* that the device is kept for */
	char note[PLAN_NOTE_SIZE]; /* parameter, mount point or "swap" that is on the
				       disk; without a disk what was not found */
};

/* What one item of params.wanted matched, at the same position. */
struct plan_match {
	struct span text;		/* the item */
	size_t matched, displays;	/* devices, skipped ones included */
	bool has_other;			/* not only bridges that it does not take */
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
	/* A function without an IOMMU group may get one when a driver probes it. */
	bool groups_come;
};

/*
 * Selects the devices that the parameters name. Opens no file. Returns 0 or -ENOMEM;
 * release with plan_free() in either case.
 */
int plan_select(const struct params *params, const struct pci_list *list,
		struct plan *ret);

/*
 * With passthru.group=claim, adds the endpoint functions that share an IOMMU group with
 * an entry that is not skipped, and where groups come with a driver those of its slot
 * that have none yet. Never adds a bridge, nor the physical function of an entry. The
 * attributes of these functions must be known. Opens no file. Returns 0 or -ENOMEM.
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
	bool is_noiommu;      /* VFIO makes one without an IOMMU */
	bool is_next_boot;    /* no virtual functions are enabled then */
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

/* The entry at that address, of those that count, or NULL. */
const struct plan_entry *plan_find_at(const struct plan *plan,
				      const struct pci_address *address);

/* Whether any entry is a display. */
bool plan_has_display(const struct plan *plan);

/* Whether the entry is claimed or pending. */
bool plan_entry_is_taken(const struct plan_entry *entry);

/* Whether its device has been removed meanwhile, which is no failure of the claim. */
bool plan_entry_is_gone(const struct plan_entry *entry);

/* The number of entries with that verdict. */
size_t plan_count(const struct plan *plan, enum verdict verdict);

/* Whether every entry is taken. Skipped ones do not count, nor those that are gone. */
bool plan_is_complete(const struct plan *plan);

/* -- viability ----------------------------------------------------------------------- */

/*
 * IOMMU groups: the kernel hands one to a virtual machine only as a whole, and only if no
 * member is bound to a driver of the host (vfio_group_viable() and
 * iommu_group_claim_dma_owner() in drivers/iommu/iommu.c).
 */

/*
 * The next group, by number, with an entry that is taken. Start with previous = NO_GROUP;
 * returns NO_GROUP at the end.
 */
int viability_next_group(const struct plan *plan, int previous);

/*
 * When a group is judged: at a time when every driver may still be loaded, so that what
 * is taken counts with the driver that it gets, and what has no driver counts as if it
 * had one; the same seen from the boot before, which may have given to VFIO what the next
 * one will not; or as the machine is now.
 */
enum viability_time { VIABILITY_BOOT, VIABILITY_NEXT_BOOT, VIABILITY_NOW };

/* Why a group cannot be given to a virtual machine. */
struct blocker {
	const struct pci_device *device; /* NULL if it can */
	const struct plan_entry *entry;	 /* of that device, or NULL: not requested */
	const char *driver; /* that it has, or will have; "" if it may get one */
	const struct pci_device *virtual; /* its function that is taken, or NULL */
};

/*
 * Finds the first member that makes the group unusable: an endpoint with a driver that is
 * not VFIO's, whether it stays with the host or passthru gives it that driver. But for
 * VIABILITY_NOW that may also be a function that can still join. What is deferred does
 * not count: nothing is known of it yet. The list's drivers must be those after the run.
 * Opens no file.
 */
struct blocker viability_find_blocker(const struct pci_list *list,
				      const struct plan *plan, int group,
				      enum viability_time time);

/* The next one after that member, or the first one after NULL. */
struct blocker viability_next_blocker(const struct pci_list *list,
				      const struct plan *plan, int group,
				      enum viability_time time,
				      const struct pci_device *previous);

/*
 * Whether the function's driver, present or to come, matters for its group. That of a
 * bridge does not; host bridges and the like rarely get one.
 */
bool viability_concerns(const struct pci_device *device);

#endif
