/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PLAN_VERDICT_H
#define PASSTHRU_PLAN_VERDICT_H

#include <stdbool.h>

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
	/* failed */
	REASON_GONE,
	REASON_OVERRIDE,
	REASON_NO_DRIVER,
	REASON_UNBIND,
	REASON_PROBE,
	REASON_TIMEOUT,
	REASON_SLOT,	 /* another function of its slot failed; also refused */
	REASON_INTERNAL, /* no process or no memory to do it */
	REASON_UNKNOWN,	 /* of a report: the word of another version */
};

/* The step of a claim that an error or a timeout is about. */
enum claim_step {
	STEP_NONE,
	STEP_OVERRIDE,
	STEP_LOAD,
	STEP_UNBIND,
	STEP_PROBE,
	STEP_RELEASE,
	STEP_UNDO,
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

#endif
