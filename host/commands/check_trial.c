/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trial of the configuration, and what is left of one that was confirmed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "commands/internal.h"
#include "initramfs/initramfs.h"
#include "report/report.h"
#include "trials/trials.h"

static void check_obstacle(struct findings *findings)
{
	_cleanup_free_ char *obstacle = trials_find_obstacle(findings->host, true);

	if (obstacle)
		findings_add(
			findings, FINDING_TODO, "trial",
			"%s, so the configuration does not count; use passthru enable without --trial",
			obstacle);
}

/* Whether the kernel of that boot can reach EFI variables at all, as far as is known. */
static void check_kernel(struct findings *findings, const struct initramfs *initramfs)
{
	_cleanup_free_ char *config =
		initramfs->kernel[0]
			? kernel_config_read(findings->host->root_fd, initramfs->kernel)
			: NULL;

	if (config && !kernel_config_has(config, "CONFIG_EFIVAR_FS"))
		findings_add(
			findings, FINDING_TODO, "trial",
			"kernel %s has no efivarfs (CONFIG_EFIVAR_FS), so the configuration does not count with it; use passthru enable without --trial",
			initramfs->kernel);
}

static void check_pending(struct findings *findings, const struct trial *configured)
{
	const struct host *host = findings->host;
	_cleanup_free_ char *configuration = NULL;
	char text[TRIAL_TEXT_SIZE];
	struct trial next;

	check_obstacle(findings);
	if (configuration_read(host->root_fd, NULL, &configuration) < 0)
		return;
	next = trial_find_next(host, configuration);
	trial_describe_next(host, &next, text);
	if (next.verdict == TRIAL_CONFIRMED)
		findings_add(
			findings, FINDING_TODO, "trial",
			"%s is confirmed, but the configuration still has passthru.trial; run passthru confirm again",
			configured->token);
	else if (next.reason != TRIAL_NO_EFI)
		findings_add(findings,
			     next.verdict == TRIAL_IGNORED &&
					     !trial_is_of_this_boot(host, &next)
				     ? FINDING_TODO
				     : FINDING_NOTE,
			     "trial", "%s", text);
}

/* An image that is older than passthru confirm. */
static void check_memory(struct findings *findings, const struct initramfs *initramfs)
{
	const struct host *host = findings->host;
	char advice[2 * REBUILD_SIZE];
	struct trial trial;

	if (!initramfs->is_confirmed || !trials_find(initramfs->image.config, &trial))
		return;
	rebuild_advise(host->root_fd, initramfs, advice);
	switch (trials_read_variable(host, trial.token)) {
	case VARIABLE_CONFIRMED:
	case VARIABLE_UNKNOWN:
		findings_add(
			findings, FINDING_NOTE, "trial",
			"/%s depends on the memory of the firmware, an EFI variable, for what passthru confirm has confirmed%s",
			initramfs->path, advice);
		break;
	case VARIABLE_NO_EFI:
		if (host->is_unpacked)
			break;
		/* fall through */
	case VARIABLE_ABSENT:
	case VARIABLE_TRIED:
	case VARIABLE_STRANGE:
		findings_add(
			findings, FINDING_TODO, "trial",
			"the firmware has forgotten that trial %s was confirmed, and /%s asks it%s, or run passthru confirm",
			trial.token, initramfs->path, advice);
		break;
	}
}

void check_trial(struct findings *findings)
{
	const struct host *host = findings->host;
	struct initramfs_list list;
	struct trial configured;
	bool is_pending = trials_find_configured(host->root_fd, &configured);

	if (is_pending)
		check_pending(findings, &configured);
	if (initramfs_list_read(host->root_fd, &list) == 0)
		for (size_t i = 0; i < list.count; i++) {
			if (is_pending && list.items[i].is_next)
				check_kernel(findings, &list.items[i]);
			check_memory(findings, &list.items[i]);
		}
	initramfs_list_free(&list);
}
