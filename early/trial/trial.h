/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TRIAL_H
#define PASSTHRU_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmdline/cmdline.h"

/*
 * Trial boots: a configuration with passthru.trial=TOKEN counts only if an EFI variable
 * says that no other boot has tried it, or that somebody has confirmed it. So a machine
 * that does not come up with it has the configuration from before after the next reset.
 */

/* -- the variable -------------------------------------------------------------------- */

/*
 * Its file in efivarfs: Documentation/filesystems/efivarfs.rst. The GUID is passthru's
 * own, and so that two installations do not meet, the name has the token.
 */
#define TRIAL_VARIABLE_PREFIX "PassthruTrial-"
#define TRIAL_GUID	      "1226751a-4eec-4441-8df5-7f9fd0fd1a20"
#define TRIAL_NAME_SIZE	      (sizeof(TRIAL_VARIABLE_PREFIX "-" TRIAL_GUID) + TRIAL_TOKEN_SIZE)

/* Where the kernel has a place for efivarfs, relative to the root. */
#define TRIAL_EFIVARS "sys/firmware/efi/efivars"

void trial_variable_name(const char *token, char name[static TRIAL_NAME_SIZE]);

/*
 * Its content: four bytes of attributes, then "TOKEN STATE BOOT" and a newline, where
 * STATE is "tried" or "confirmed" with blanks up to the length of that, and BOOT the ID
 * of the boot that has written it (/proc/sys/kernel/random/boot_id). Both contents are
 * equally long. Returns the length.
 */
#define TRIAL_BOOT_SIZE	 40
#define TRIAL_VALUE_SIZE (4 + TRIAL_TOKEN_SIZE + sizeof("confirmed  ") + TRIAL_BOOT_SIZE)
size_t trial_format_value(const char *token, bool is_confirmed, const char *boot,
			  char value[static TRIAL_VALUE_SIZE]);

/* -- the decision -------------------------------------------------------------------- */

enum trial_verdict {
	TRIAL_NONE,
	TRIAL_TRIED,	 /* the configuration counts: this boot is its trial */
	TRIAL_CONFIRMED, /* it counts for good */
	TRIAL_IGNORED,	 /* it does not: what was in force before does */
	TRIAL_PLANNED,	 /* a dry run, which writes nothing */
};

/* Why it is ignored. */
enum trial_reason {
	TRIAL_REASON_NONE,
	TRIAL_TRIED_BEFORE,
	TRIAL_NO_EFI,
	TRIAL_NO_EFIVARFS,
	TRIAL_READ_ONLY,
	TRIAL_STORE_FULL,
	TRIAL_NOT_ALLOWED,
	TRIAL_NO_ANSWER,
	TRIAL_NOT_UNDERSTOOD,
	TRIAL_CANNOT_WRITE,
	TRIAL_MALFORMED,
	TRIAL_REASONS,
};

struct trial {
	enum trial_verdict verdict;
	enum trial_reason reason;
	int error;		      /* a negative errno for TRIAL_CANNOT_WRITE, or 0 */
	char token[TRIAL_TOKEN_SIZE]; /* "" if it is malformed */
	unsigned minutes; /* after which the machine restarts if nobody confirms; 0: never
			   */
	bool has_before;  /* ignored: there is a configuration from before */
};

/* The report's words, such as "tried" and "tried-before"; see passthru-report(5). */
const char *trial_verdict_word(enum trial_verdict verdict);
enum trial_verdict trial_verdict_find(const char *word);
const char *trial_reason_word(enum trial_reason reason);
enum trial_reason trial_reason_find(const char *word);

/* Why it is ignored, and what to do next. */
const char *trial_reason_phrase(enum trial_reason reason);
const char *trial_reason_next(enum trial_reason reason);

/*
 * Decides, and has the variable say that this boot has tried the configuration before it
 * returns TRIAL_TRIED. The firmware may hang: returns at the deadline of clock_ms() at
 * the latest. root is "" for "/", root_fd that directory.
 */
struct trial trial_decide(const char *root, int root_fd, const struct params *params,
			  uint64_t deadline);

/* What it is for a dry run. */
struct trial trial_plan(const struct params *params);

/*
 * This file exists while the boot is a trial that nobody has confirmed: the token, a
 * blank and the minutes. Below the root.
 */
#define TRIAL_RUN_PATH "run/passthru/trial"

/* The same while the trial is ignored: it may have been confirmed on the disk. */
#define TRIAL_IGNORED_RUN_PATH "run/passthru/trial-ignored"

/* Writes one of them. Returns 0 or a negative errno. */
int trial_announce(int root_fd, const struct trial *trial) _must_check_;

#endif
