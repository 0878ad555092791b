/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_VERDICT_H
#define PASSTHRU_VERDICT_H

/* What becomes, or became, of a device. The words are those of the report. */
enum verdict {
	VERDICT_CLAIMED, /* in a plan: is to be claimed */
	VERDICT_KEPT,
	VERDICT_REFUSED,
	VERDICT_FAILED,
	VERDICT_DEFERRED,
};

/* Why it was not claimed: the closed list of the report's reason=. */
enum reason {
	REASON_NONE,
	/* kept */
	REASON_SKIPPED,	     /* passthru.skip names it */
	REASON_DRYRUN,	     /* passthru.dryrun or --dry-run: it would be claimed */
	REASON_BOOT_DISPLAY, /* no other display would be left to the host */
	REASON_ROOT_DISK,    /* it carries what the kernel command line names */
	REASON_IN_USE,	     /* something is mounted from it, or stacked on it */
	REASON_ROOT_NETWORK, /* the root file system comes through it */
	REASON_UNREADABLE,   /* a disk behind it could not be read */
	REASON_UNCLEAR,	     /* a disk behind it may belong to the system */
	/* kept or deferred */
	REASON_ROOT_UNKNOWN, /* the root disk is not known, or not yet */
	/* refused */
	REASON_NO_IOMMU, /* it has no IOMMU group */
	REASON_BRIDGE,	 /* its configuration header is a bridge's */
	REASON_HAS_VFS,	 /* its virtual functions are switched on */
	/* failed */
	REASON_GONE,	  /* it vanished while we were at it */
	REASON_OVERRIDE,  /* driver_override could not be written */
	REASON_NO_DRIVER, /* the driver could not be loaded */
	REASON_UNBIND,	  /* the driver that had it does not let go */
	REASON_PROBE,	  /* the driver did not take it */
	REASON_TIMEOUT,	  /* something did not return in time */
	REASON_INTERNAL,  /* no process or no memory for the work */
};

/* What was being done; a timeout or an error names it. */
enum claim_step {
	STEP_NONE,
	STEP_OVERRIDE,
	STEP_LOAD,
	STEP_UNBIND,
	STEP_PROBE,
	STEP_RELEASE,
	STEP_UNDO,
};

/* Who took the boot framebuffer off a claimed display. */
enum display {
	DISPLAY_NONE,	  /* there was none on it */
	DISPLAY_KERNEL,	  /* the driver's own probe */
	DISPLAY_PASSTHRU, /* we */
	DISPLAY_HELD,	  /* nobody: a guest cannot map the BAR below */
};

const char *verdict_word(enum verdict verdict);
const char *reason_word(enum reason reason);

const char *display_word(enum display display);
const char *step_word(enum claim_step step);

/* A phrase such as "the write to drivers_probe". */
const char *step_phrase(enum claim_step step);

#endif
