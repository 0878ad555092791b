/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TRIAL_INTERNAL_H
#define PASSTHRU_TRIAL_INTERNAL_H

#include "trial/trial.h"

/* What only the files of this folder share. */

struct trial_outcome {
	enum trial_verdict verdict;
	enum trial_reason reason;
	int error;
};

/*
 * Sets the variable of the token unless it is there, and tells what it says. The work is
 * done in another process, since the firmware may hang.
 */
struct trial_outcome variable_try(const char *root, int root_fd, const char *token,
				  uint64_t deadline);

/*
 * What a negative errno means that access to the variable has failed with:
 * efi_status_to_err() in drivers/firmware/efi/efi.c, and the file system's own.
 */
struct trial_outcome variable_refusal(int error);

#endif
