/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_H
#define PASSTHRU_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "framebuffer.h"
#include "pci.h"
#include "plan.h"

/*
 * The claiming of devices, as a list of jobs each of which may hang in the kernel:
 * supervise_run() carries them out in processes of their own. So all results are kept in
 * memory that these processes share.
 */

/*
 * A device leaves CLAIM_OPEN once: the job that has claimed or undone it and the
 * deadline race for it, and the loser goes by what the winner said. So what is reported
 * is what stays, even when a write returns in the very moment in which time runs out.
 */
enum claim_state { CLAIM_OPEN, CLAIM_FINISHED, CLAIM_EXPIRED };

/* How one device is doing. */
struct claim {
	struct pci_address address;
	char driver[DRIVER_NAME_SIZE]; /* that is to have it, as the kernel spells it */
	char was[DRIVER_NAME_SIZE];
	char now[DRIVER_NAME_SIZE];
	bool is_display;
	/* The boot framebuffer that lay over it before; its device is "" for none. */
	struct framebuffer framebuffer;
	enum display display; /* what became of that */
	enum verdict verdict; /* CLAIMED, FAILED or REFUSED */
	enum reason reason;
	enum claim_step step; /* the one it is in, or that failed */
	int error;	      /* negative errno of that step */
	bool overridden;      /* our driver override may be set */
	bool override_is_set; /* it certainly is: no other driver can bind the device */
	bool undone; /* undoing it has come to its end, the override is cleared */
	int state;   /* enum claim_state; only to be changed atomically */
};

struct claims {
	int bus_fd;	  /* a directory of the shape of /sys/bus/pci */
	int root_fd;	  /* the directory above sys and proc */
	const char *root; /* for module_load() */
	bool load_iommu;  /* load virtio_iommu before any driver */
	/* Directory above sys and dev: a disk in use stays. -1: it is unbound, too. */
	int guard_fd;
	/* The driver that could not be loaded last, so that it is tried once only. */
	char failed_driver[DRIVER_NAME_SIZE];
	int failed_error;
	enum reason expired; /* why devices expired: REASON_TIMEOUT or REASON_INTERNAL */
	uint64_t kernel_us;  /* time spent in the kernel by all jobs together */
	unsigned count;
	struct claim items[];
};

/*
 * The jobs 0 to claim_job_count() - 1 are to be done in this order: the overrides of all
 * devices, then the loading of the driver, then, device by device, taking it from the
 * driver that has it and giving it to the new one. A device for which a job fails, or
 * that has expired when the job comes back from the kernel, is undone within that job.
 */
unsigned claim_job_count(const struct claims *claims);
void claim_job(struct claims *claims, unsigned job);

/*
 * Clears the override, takes the device from our driver and lets the usual one probe it.
 * A device that nothing was written to stays as it is. May be called again, and by two
 * processes at once.
 */
void claim_undo(struct claims *claims, unsigned device);

/*
 * No job may claim anything from now on. Returns the number of devices that were still
 * open: claim_undo() is due for each that claim_is_expired() names.
 */
unsigned claims_expire(struct claims *claims, enum reason reason);
bool claim_is_expired(const struct claims *claims, unsigned device);

/* Memory that is shared with child processes. Returns NULL where there is none. */
struct claims *claims_new(const struct plan *plan);
void claims_free(struct claims *claims);

/* Copies the results into the plan's entries that were to be claimed. */
void claims_store(const struct claims *claims, struct plan *plan);

#endif
