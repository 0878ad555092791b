/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_H
#define PASSTHRU_CLAIM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/base.h"
#include "pci/pci.h"
#include "plan/plan.h"
#include "settings/settings.h"
#include "vf/vf.h"

/* Claims devices and gives them back. */

/* -- state --------------------------------------------------------------------------- */

/* The progress of one device. */
struct claim {
	int state;	      /* enum claim_state; change it atomically */
	pid_t worker;	      /* the process whose job for it is running, or 0 */
	bool overridden;      /* our driver override may be set */
	bool override_is_set; /* it is set: no other driver can bind the device */
	bool is_cleared;      /* the rollback has cleared the override */
	bool driver_is_there; /* the driver to bind is registered */
	bool needs_retry;     /* a job left it alone, since an earlier one still hung */
	char foreign[DRIVER_NAME_SIZE]; /* the override of somebody else, "" for none */
	struct plan_entry entry;	/* the plan's, with the results so far */
	/* The boot framebuffer on it before; its device is "" for none. */
	struct framebuffer framebuffer;
};

struct claims {
	int bus_fd;	  /* a directory like /sys/bus/pci */
	int root_fd;	  /* the directory above sys, proc and dev */
	const char *root; /* above lib/modules; "" for "/" */
	/*
	 * For an event: to be locked, so that one at a time handles a card. The device
	 * may not be ready for a driver yet. Otherwise -1.
	 */
	int slot_fd;
	bool has_turn, has_waited; /* it is locked; another process had it */
	uint64_t wait_until;	   /* for the device to get ready, of clock_ms() */
	bool may_be_foreign; /* somebody else may have set an override: not the first
				stage */
	bool load_iommu;     /* load virtio_iommu before any driver */
	bool adopts; /* with passthru.adopt, the list of vfio-pci is not ignored */
	bool guards; /* leave disks in use alone; without it unbind them, too */
	/* The driver that failed to load last, to try each only once. */
	char failed_driver[DRIVER_NAME_SIZE];
	int failed_error;
	struct pf pf;		      /* for claims_make_vfs() */
	char usual[DRIVER_NAME_SIZE]; /* modalias whose modules were loaded last */
	unsigned vfs_known;  /* if their number is another, their PF has new ones; or 0 */
	enum reason expired; /* REASON_TIMEOUT or REASON_INTERNAL */
	uint64_t kernel_us;  /* time of all jobs, nearly all of it in the kernel */
	struct settings settings; /* of all devices, in the same memory */
	unsigned count;
	struct claim items[];
};

/* What the jobs of one round do, each with its device. */
typedef void (*claim_round)(struct claims *claims, struct claim *claim);

/* -- claim --------------------------------------------------------------------------- */

/*
 * Claims devices in jobs, each of which may hang in the kernel. They run in processes of
 * their own, so all results are in memory that these share.
 */

/*
 * For the pending entries of the plan, whose devices must outlive the claims, with the
 * settings of these devices. The caller sets the directories and switches. Returns NULL
 * if out of memory.
 */
struct claims *claims_new(const struct plan *plan, const struct settings *settings);

/*
 * For devices that an earlier run has claimed, in the order of their addresses:
 * claims_undo() takes them from their drivers and has the usual ones probe them. It sets
 * entry.undone, and restores the settings that were done. The devices must outlive the
 * claims; the caller sets the directories. Returns NULL if out of memory.
 */
struct claims *claims_new_release(struct pci_device *const *devices, unsigned count,
				  const struct settings *settings);

void claims_free(struct claims *claims);

/*
 * Claims the devices, or rolls back what could not be claimed in time; logs it if no
 * process can be started. Returns at start_ms + timeout_ms of clock_ms() at the latest,
 * even if a job hangs in the kernel; that job rolls back its device once it returns.
 */
void claims_run(struct claims *claims, uint64_t start_ms, uint64_t timeout_ms);

/* Copies the results to the plan's pending entries and the settings, the same as in
 * claims_new(). */
void claims_store(const struct claims *claims, struct plan *plan,
		  struct settings *settings);

/* -- module -------------------------------------------------------------------------- */

/*
 * Loads the module of that name ("-" and "_" are the same) and its dependencies from
 * lib/modules/RELEASE below root, "" for "/". Options come from modprobe.d and the kernel
 * command line, but for ids=, in place of which vfio-pci gets an empty list. Never runs
 * install commands of modprobe.d: it loads the modules instead. Returns 0 if it is loaded
 * or built in, -ENOENT if there is no such module, or another negative errno.
 */
int module_load(const char *root, const char *name);

/* Whether there is a driver of that name: it is registered, or there is such a module. */
bool module_is_there(const char *root, int bus_fd, const char *name);

/*
 * The list of devices that modprobe.d below root has for vfio-pci, as libkmod joins it;
 * "" if there is none. Returns 0, or a negative errno; the caller frees *ret_list.
 */
int module_read_list(const char *root, char **ret_list) _must_check_;

/* -- virtual functions --------------------------------------------------------------- */

/*
 * Makes the number of VFs that the PF is wanted to have, and sets its verdict. Its driver
 * may do that for seconds, or refuse it until the link is up: then it is tried again.
 * Other VFs are removed before, unless one is in use. The claims are those of
 * claims_new_release() for the PF itself. Returns at the deadline, in milliseconds of
 * clock_ms(), at the latest.
 */
void claims_make_vfs(struct claims *claims, struct pf *pf, uint64_t deadline);

/*
 * Has the usual drivers bind VFs that are silenced and nobody's. The claims are those of
 * claims_new_release() for them.
 */
void claims_give_back(struct claims *claims, uint64_t deadline);

/* -- rollback ------------------------------------------------------------------------ */

/*
 * Rollback: clear the override, unbind our driver, have the usual driver probe the
 * device. It does nothing to a device that was not written to, may be done again, and by
 * two processes at once.
 */

/*
 * Rolls back the devices that have expired. Returns 0, -ETIME if the kernel has not
 * returned from all writes at the deadline, in milliseconds of clock_ms(), or another
 * negative errno.
 */
int claims_undo(struct claims *claims, uint64_t deadline) _must_check_;

#endif
