/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_RUN_H
#define PASSTHRU_RUN_H

#include <stdint.h>

#include "cmdline/cmdline.h"
#include "report/report.h"

/* What to run, and on what. */
struct run_request {
	const struct params *params;
	const char *root; /* "" for "/"; has no "/" at its end */
	int root_fd;	  /* that directory */
	int bus_fd;	  /* sys/bus/pci in it */
	enum stage stage;
	struct pci_address device; /* the only one to claim in the device stage */
	bool is_detached;	   /* nobody waits: the initramfs may end meanwhile */
	bool is_change;		   /* somebody has changed the number of its VFs */
	bool is_booted;		   /* this is no initramfs: the system has its disks */
	/*
	 * For the next boot of this machine: no virtual functions will be enabled then,
	 * and if the IOMMU is off now, whether it will be on.
	 */
	bool is_preview, iommu_pending;
	const struct run_result *earlier; /* of the stages before, or NULL */
	/* Where the report is, relative to the directory; NULL for none. */
	const char *report;
	int report_fd;
	/* Set to what is locked until the report is written, or -1. */
	int *slot_fd;
	uint64_t start_us, start_ms; /* when the program started */
};

/*
 * With passthru.adopt, adds what vfio-pci has a list for to the parameters: that of the
 * kernel command line, or else that of modprobe.d below root, which is left for the later
 * stages if it may be kept. Returns 0 or a negative errno.
 */
int run_adopt(const char *root, int root_fd, bool may_keep,
	      struct params *params) _must_check_;

/*
 * Runs one stage: devices, plan, guards, claim. Returns 0, or a negative errno if nothing
 * was claimed; release *ret with run_result_free() in either case. The result points into
 * the text of the parameters.
 */
int run_early(const struct run_request *caller, struct run_result *ret);

/*
 * Whether the event of a device has VFs made, which may take seconds. Nobody has to wait
 * for that: no driver of the host can bind them. If so, the process has left udev's
 * control group.
 */
bool run_detaches(const struct run_request *request);

#endif
