/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "trial/internal.h"

struct trial trial_plan(const struct params *params)
{
	struct trial trial = { .verdict = TRIAL_PLANNED,
			       .minutes = params->trial_minutes };

	strcpy(trial.token, params->trial);
	return trial;
}

struct trial trial_decide(const char *root, int root_fd, const struct params *params,
			  uint64_t deadline)
{
	struct trial trial = trial_plan(params);
	struct trial_outcome outcome = { TRIAL_IGNORED, TRIAL_MALFORMED, 0 };

	if (trial.token[0])
		outcome = variable_try(root, root_fd, trial.token, deadline);
	trial.verdict = outcome.verdict;
	trial.reason = outcome.reason;
	trial.error = outcome.error;
	return trial;
}

static void put_trial(FILE *file, const void *data)
{
	const struct trial *trial = data;

	fprintf(file, "%s %u\n", trial->token, trial->minutes);
}

int trial_announce(int root_fd, const struct trial *trial)
{
	const char *path =
		trial->verdict == TRIAL_IGNORED ? TRIAL_IGNORED_RUN_PATH : TRIAL_RUN_PATH;
	int r = file_make_directory(root_fd, path);

	return r < 0 ? r : file_replace(root_fd, path, put_trial, trial);
}
