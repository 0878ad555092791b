/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_REPORT_H
#define PASSTHRU_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmdline/cmdline.h"
#include "pci/pci.h"
#include "plan/plan.h"
#include "settings/settings.h"
#include "trial/trial.h"
#include "vf/vf.h"

/*
 * What a run did, and its readers: the kernel log, the file REPORT_PATH and the program
 * for the running host. The format of the file is passthru-report(5).
 */

#define REPORT_PATH "run/passthru/report" /* below the root */

/* The stages of a boot. Later ones add to the report of the earlier ones. */
enum stage { STAGE_EARLY, STAGE_LATE, STAGE_DEVICE, STAGES };

/* "early", "late" or "device". */
const char *stage_word(enum stage stage);

/* How long a stage took, in microseconds, and how much of that the kernel. */
struct stage_time {
	bool has_run;
	uint64_t total_us, kernel_us;
};

/*
 * What a run did, or the report of one says. The entries of the plan point into devices;
 * a report has no more of a device than its address, ID, group and driver, and of an
 * entry no driver to bind unless it is claimed.
 */
struct run_result {
	bool is_dry;	  /* what is claimed would be, and nothing was changed */
	bool is_silent;	  /* nothing in it is new: it is neither logged nor reported */
	bool is_forced;	  /* passthru.force */
	unsigned timeout; /* passthru.timeout, in seconds; 0 in a report */
	enum stage stage; /* that ran; in a report the first one */
	struct stage_time times[STAGES];
	struct pci_list devices;
	struct plan plan;
	struct settings settings; /* of its devices */
	struct pfs pfs;		  /* whose virtual functions are given away */
	struct trial trial;	  /* of the configuration; the first stage decides */
	/* What is wrong with the request; the spans point into the command line or text.
	 */
	struct problem *problems;
	size_t problem_count;
	char *text;
};

void run_result_free(struct run_result *result);

/*
 * Adds the problems of the parameters to those of the result, and the items that match
 * nothing. Returns 0 or -ENOMEM.
 */
int run_result_add_problems(struct run_result *result, const struct params *params);

/* Whether there is all that was requested: every item is valid and its devices taken. */
bool run_result_is_complete(const struct run_result *result);

/* The entry of the device at that address, or NULL. */
const struct plan_entry *run_result_find(const struct run_result *result,
					 const struct pci_address *address);

/* Whether it defers that device or, with NULL, any. */
bool run_result_defers(const struct run_result *result,
		       const struct pci_address *address);

/* -- the file ------------------------------------------------------------------------ */

/*
 * Writes the report. Replaces the file as a whole, but except in the early stage keeps
 * its records of other devices. path is relative to the directory fd; "-" is standard
 * output. Creates the last directory of path if it is missing. Returns 0 or a negative
 * errno.
 */
int report_write(int fd, const char *path, const struct run_result *result);

/*
 * Reads the text of a report. Unknown records, keys and words are no errors. Returns 0;
 * -EBADMSG if it is no report of this format; or -ENOMEM. Release *ret with
 * run_result_free() in either case.
 */
int report_parse(const char *text, struct run_result *ret);

/* The same for a file. Returns a negative errno if it cannot be read. */
int report_read(int fd, const char *path, struct run_result *ret);

/*
 * The same without what is wrong with the request and the trial: all that a later stage
 * of the boot has to know.
 */
int report_read_outcome(int fd, const char *path, struct run_result *ret);

/* -- words --------------------------------------------------------------------------- */

#define PHRASE_SIZE 320

/* Why a device is not claimed: "nvme0n1p2 is mounted on /". */
void phrase_reason(const struct plan_entry *entry, char text[static PHRASE_SIZE]);

/* Why and what to do next. iommu_advice is that of iommu_advice(). */
void phrase_describe(const struct plan_entry *entry, const char *iommu_advice,
		     char text[static PHRASE_SIZE]);

/* The same for a PF that lacks the VFs requested of it. */
void phrase_describe_pf(const struct pf *pf, char text[static PHRASE_SIZE]);

/* What counts of a configuration on trial, why, and what to do next. */
void phrase_trial(const struct trial *trial, char text[static PHRASE_SIZE]);

/* What is wrong with the command line and what to do next. */
void phrase_problem(const struct problem *problem, char text[static PHRASE_SIZE]);

/* Why a guest cannot have a group, and what to do next. */
void phrase_blocker(const struct blocker *blocker, char text[static PHRASE_SIZE]);

/*
 * Logs the result: one line for each problem with the command line, for each device and
 * for each group that is not viable, then a summary. root_fd is for iommu_advice().
 */
void summary_log(int root_fd, const struct run_result *result);

#endif
