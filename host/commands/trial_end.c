/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is left of a trial that has ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "commands/internal.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "trials/trials.h"
#include "ui/ui.h"

/* Whether the image, or what nobody can read of it, needs the variable. */
static bool is_named_in(const struct initramfs *initramfs, const char *token)
{
	const char *texts[] = { initramfs->image.config.text,
				initramfs->image.before_trial };
	struct trial trial;

	if (initramfs->error && initramfs->error != -ENOENT)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i] && trials_find(texts[i], &trial) &&
		    strcmp(trial.token, token) == 0)
			return true;
	return false;
}

static bool is_named(const struct host *host, const struct initramfs_list *list,
		     const char *token)
{
	struct trial trial;

	int r = trials_find_configured(host->root_fd, &trial);

	if (r < 0 || (r > 0 && strcmp(trial.token, token) == 0))
		return true;
	for (size_t i = 0; i < list->count; i++)
		if (is_named_in(&list->items[i], token))
			return true;
	return false;
}

static void forget(const struct host *host, const struct initramfs_list *list,
		   const char *token)
{
	int r;

	if (!token[0] || is_named(host, list, token))
		return;
	r = trials_remove_variable(host, token);
	if (r > 0)
		info("Removed the EFI variable of trial %s, which nothing needs any more",
		     token);
	else if (r < 0)
		warn_error(r, "cannot remove the EFI variable of trial %s", token);
}

/* What enable --trial has written once is in the backups. */
static void forget_backups(const struct host *host, const struct initramfs_list *list)
{
	_cleanup_free_ char **backups =
		dirlist_paths(host->root_fd, BACKUPS_OF_CONFIGURATION, "");

	for (size_t i = 0; backups && backups[i]; i++) {
		_cleanup_free_ char *text = NULL;
		struct trial trial;

		if (beneath_readf(host->root_fd, &text, "%s/new/" TRIAL_FILE,
				  backups[i]) == 0 &&
		    trials_find(text, &trial))
			forget(host, list, trial.token);
	}
}

static void forget_variables(const struct host *host, const char *extra)
{
	_cleanup_free_ char *confirmed = NULL;
	struct initramfs_list list;
	struct text_cursor line;

	if (initramfs_list_read(host->root_fd, &list) == 0 && list.count) {
		forget(host, &list, extra);
		forget_backups(host, &list);
		beneath_read(host->root_fd, TRIALS_CONFIRMED, &confirmed);
		for (const char *rest = confirmed;
		     rest && text_next_line(&rest, &line);) {
			char token[TRIAL_TOKEN_SIZE];

			snprintf(token, sizeof(token), "%.*s", (int)(line.end - line.at),
				 line.at);
			forget(host, &list, token);
		}
	}
	initramfs_list_free(&list);
}

void trial_clean_up(const struct host *host, const char *token)
{
	struct trial trial;

	if (token[0] && trials_find_configured(host->root_fd, &trial) == 0) {
		/* Nothing reboots it then. */
		(void)edit_remove(host->root_fd, TRIAL_RUN_PATH);
		trial_remove_directories(host->root_fd);
	}
	forget_variables(host, token);
}
