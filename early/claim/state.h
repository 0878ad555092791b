/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_STATE_H
#define PASSTHRU_CLAIM_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/base.h"
#include "pci/pci.h"
#include "plan/plan.h"

/*
 * A device leaves CLAIM_OPEN once: when its job has claimed it or given up, when another
 * function of its slot fails (CLAIM_DROPPED), or at the deadline (CLAIM_EXPIRED). A claim
 * that has succeeded may still be dropped with its slot. A job that returns to find its
 * device dropped or expired rolls it back, so the end is the same whoever is second.
 */
enum claim_state { CLAIM_OPEN, CLAIM_FINISHED, CLAIM_DROPPED, CLAIM_EXPIRED };

/* The progress of one device. */
struct claim {
	int state;	      /* enum claim_state; change it atomically */
	pid_t worker;	      /* the process whose job for it is running, or 0 */
	bool overridden;      /* our driver override may be set */
	bool override_is_set; /* it is set: no other driver can bind the device */
	bool is_cleared;      /* the rollback has cleared the override */
	bool needs_retry;     /* a job left it alone, since an earlier one still hung */
	struct plan_entry entry; /* the plan's, with the results so far */
	/* The boot framebuffer on it before; its device is "" for none. */
	struct framebuffer framebuffer;
};

struct claims {
	int bus_fd;	  /* a directory like /sys/bus/pci */
	int root_fd;	  /* the directory above sys, proc and dev */
	const char *root; /* above lib/modules; "" for "/" */
	bool load_iommu;  /* load virtio_iommu before any driver */
	bool guards;	  /* leave disks in use alone; without it unbind them, too */
	/* The driver that failed to load last, to try each only once. */
	char failed_driver[DRIVER_NAME_SIZE];
	int failed_error;
	enum reason expired; /* REASON_TIMEOUT or REASON_INTERNAL */
	uint64_t kernel_us;  /* time that all jobs spent in the kernel */
	unsigned count;
	struct claim items[];
};

/* What the jobs of one round do, each with its device. */
typedef void (*claim_round)(struct claims *claims, struct claim *claim);

enum claim_state claim_state(const struct claim *claim);

/* Moves a claim between states. Returns false, and does nothing, if it is in another. */
bool claim_change_state(struct claim *claim, enum claim_state from, enum claim_state to);

/* Whether it was decided while a job was running that the device is not claimed. */
bool claim_is_lost(const struct claim *claim);

/*
 * Begins and ends a job for the device. Returns false if a job of another process has not
 * returned from the kernel: there is only one at a time.
 */
bool claim_enter(struct claim *claim) _must_check_;
void claim_leave(struct claim *claim);

/* Whether a job for the device has not returned from the kernel. */
bool claim_is_busy(const struct claim *claim);

#endif
