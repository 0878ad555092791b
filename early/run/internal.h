/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_RUN_INTERNAL_H
#define PASSTHRU_RUN_INTERNAL_H

#include "claim/claim.h"
#include "pci/pci.h"
#include "plan/plan.h"
#include "run/run.h"
#include "vf/vf.h"

/* What only the files of this folder share. */

struct run {
	const struct run_request *request;
	const struct params *params;
	int root_fd;
	int bus_fd;
	enum stage stage;
	uint64_t start_ms;   /* from when that counts */
	uint64_t timeout_ms; /* what is left of passthru.timeout */
	uint64_t kernel_us;
	struct run_result *result;
	bool has_waited; /* for the event of another function of the card */
	/* Of the device stage, before the card got more functions: */
	struct run_result first;
	/* The last search for a variant driver: */
	struct pci_id variant_id;
	char variant[DRIVER_NAME_SIZE];
};

/* -- devices ------------------------------------------------------------------------- */

/* Whether the device has that file in sysfs. */
bool run_has_file(const struct run *run, const struct pci_address *device,
		  const char *file);

/*
 * Finds the devices that matter to the run, and whether these are not all. Returns 0 or a
 * negative errno.
 *
 * In the device stage the slot of the device and its group will do, unless a guard may
 * have to compare the device with all others: a display, a serial console. Without a
 * group all are needed, too: one may be an IOMMU whose driver is not loaded yet. The
 * virtual functions of a physical one have groups of their own.
 */
int run_scan(struct run *run, bool *ret_partial);

/* Reads the attributes of the plan's entries. */
void run_read_entries(struct run *run);

/*
 * Reads those of the other members of the groups of all entries, those of other stages
 * included. Returns 0 or -ENOMEM.
 */
int run_read_members(struct run *run);

/* Whether an entry has no IOMMU group. */
bool run_has_groupless(const struct plan *plan);

/*
 * Reads those of the other functions of the slots of all entries; returns whether any has
 * no group.
 */
bool run_read_slots(struct run *run);

/* Adds what passthru.group=claim asks for to the plan. Returns 0 or a negative errno. */
int run_add_groups(struct run *run);

/* -- news ---------------------------------------------------------------------------- */

/* What became of the device; the record may be of another card that its slot had. */
const struct plan_entry *run_find_earlier(const struct run_result *earlier,
					  const struct plan_entry *entry);

/* Whether it was claimed. earlier may be NULL. */
bool run_was_claimed(const struct run_result *earlier, const struct plan_entry *entry);

/*
 * Drops what the report says already from the plan and the physical functions: those that
 * are not this run's business keep their records.
 */
void run_drop_known(const struct run *run);

/* -- physical functions -------------------------------------------------------------- */

/*
 * Leaves the control group of the event.
 *
 * udevd kills what an event leaves behind in its control group; a worker may have to
 * outlive that.
 */
void run_leave_udev(const struct run *run);

/*
 * Whether the run may write to that PF: to all in the early stage, in the device stage to
 * the one that the event is about.
 */
bool run_has_pf(const struct run *run, const struct pf *pf);

/* Sets the directories of the claims, which may be NULL, and returns them. */
struct claims *run_set_up(const struct run *run, struct claims *claims);

/*
 * Finds the devices and the PFs, silences these and makes their VFs. earlier are the PFs
 * of an earlier stage, or NULL. Returns 0 or a negative errno.
 */
int run_find_devices(struct run *run, const struct pfs *earlier, bool *ret_partial);

/* The number of VFs that the PF of the event had when its devices were found. */
unsigned run_count_vfs(const struct run *run);

/*
 * Gives the VFs of silenced PFs to the host that are nobody's, once all that are
 * requested have their overrides.
 */
void run_give_back(struct run *run);

/*
 * An event of a VF counts as one of its PF if that is silenced: its link to that may not
 * have been there yet when udev looked. So it does if the PF was silenced before: while
 * other VFs get their usual driver, it is not.
 */
void run_find_physical(int bus_fd, struct run_request *request);

#endif
