/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * passthru enable --trial: the configuration counts for one boot, unless passthru confirm
 * keeps it. What was in force before stays in files of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "commands/internal.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "trials/trials.h"
#include "ui/ui.h"

/* -- changes of files ---------------------------------------------------------------- */

static struct change *find_change(struct change *changes, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(changes[i].path, path) == 0)
			return &changes[i];
	return NULL;
}

/* Opens a file, which need not exist, as one more change. NULL after a message. */
static struct change *open_change(int root_fd, const char *path, struct change **changes,
				  size_t *count)
{
	struct change *change = find_change(*changes, *count, path);
	int r;

	if (change)
		return change;
	change = array_append(*changes, *count);
	r = change ? change_open(root_fd, path, change) : -ENOMEM;
	if (r == 0 || r == -ENOENT)
		return change;
	warn("nothing was changed: cannot change /%s: %s", path, change_error(r));
	return NULL;
}

static bool is_word(void *data, const struct configuration_item *item)
{
	(void)data;
	return item->is_trial;
}

/* Takes the words out of what a file becomes. An empty file goes. */
static int strip(struct change *change)
{
	char *text = NULL;
	int r = change->new ? configuration_remove(change->new, is_word, NULL, &text) : 0;

	if (r < 0 || !text)
		return r;
	if (strcmp(text, change->new) != 0 && !text[strspn(text, " \t\r\n")]) {
		free(text);
		text = NULL;
	}
	configure_set(change, text);
	return 0;
}

static bool has_word(int root_fd, const char *path)
{
	_cleanup_free_ char *text = NULL;
	struct trial trial;

	return beneath_read(root_fd, path, &text) == 0 && trials_find(text, &trial);
}

static bool strip_files(int root_fd, struct change **changes, size_t *count)
{
	_cleanup_free_ char **paths =
		dirlist_paths(root_fd, CONFIGURATION_DIRECTORY, ".conf");
	int r = paths ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && paths[i]; i++) {
		struct change *change;

		if (!has_word(root_fd, paths[i]))
			continue;
		change = open_change(root_fd, paths[i], changes, count);
		if (!change)
			return false;
		r = strip(change);
	}
	if (r < 0)
		warn_error(r, "nothing was changed");
	return r == 0;
}

/* -- what was in force before -------------------------------------------------------- */

/* Removes the files in before-trial, unless a change gives them a text. */
static bool drop_before(int root_fd, struct change **changes, size_t *count)
{
	_cleanup_free_ char **paths =
		dirlist_paths(root_fd, BEFORE_TRIAL_DIRECTORY, ".conf");

	for (size_t i = 0; paths && paths[i]; i++) {
		struct change *change;

		if (find_change(*changes, *count, paths[i]))
			continue;
		change = open_change(root_fd, paths[i], changes, count);
		if (!change)
			return false;
		configure_set(change, NULL);
	}
	return true;
}

/* Copies the configuration as it is. */
static bool keep_before(struct work *work)
{
	int root_fd = work->host->root_fd;
	_cleanup_free_ char **paths =
		dirlist_paths(root_fd, CONFIGURATION_DIRECTORY, ".conf");

	for (size_t i = 0; paths && paths[i]; i++) {
		char path[CHANGE_PATH_SIZE];
		struct change *change;
		char *text = NULL;
		int r = path_format(path, sizeof(path), "%s/%s", BEFORE_TRIAL_DIRECTORY,
				    beneath_name(paths[i]));

		if (r == 0)
			r = beneath_read(root_fd, paths[i], &text);
		if (r < 0) {
			warn_error(r, "nothing was changed: cannot copy /%s", paths[i]);
			return false;
		}
		change = open_change(root_fd, path, &work->of_trial,
				     &work->of_trial_count);
		if (!change) {
			free(text);
			return false;
		}
		configure_set(change, text);
	}
	return drop_before(root_fd, &work->of_trial, &work->of_trial_count);
}

void trial_remove_directories(int root_fd)
{
	(void)edit_remove(root_fd, BEFORE_TRIAL_DIRECTORY);
	(void)edit_remove(root_fd, "etc/passthru/before-trial");
}

/* -- begin and end ------------------------------------------------------------------- */

bool trial_add_removals(int root_fd, struct change **changes, size_t *count)
{
	return strip_files(root_fd, changes, count) &&
	       drop_before(root_fd, changes, count);
}

/* The file of enable is a change of its own. */
static bool strip_words(struct work *work)
{
	if (!strip_files(work->host->root_fd, &work->of_trial, &work->of_trial_count))
		return false;
	for (size_t i = 0; i < work->of_trial_count; i++) {
		struct change *change = &work->of_trial[i];

		if (strcmp(change->path, CONFIGURATION_FILE) != 0)
			continue;
		change_free(change);
		work->of_trial[i] = work->of_trial[--work->of_trial_count];
	}
	return strip(&work->change) == 0;
}

static bool parse_minutes(const char *text, unsigned *ret)
{
	char *end;
	unsigned long minutes = strtoul(text, &end, 10);

	*ret = (unsigned)minutes;
	if (!text[0] ||
	    (text[0] >= '1' && text[0] <= '9' && !*end && minutes <= TRIAL_MINUTES_MAX))
		return true;
	warn("--trial=%s: write a number of minutes from 1 to %d, after which the machine reboots by itself",
	     text, TRIAL_MINUTES_MAX);
	return false;
}

/* Says why no trial can be made, and what can be done instead. */
static bool is_possible(const struct host *host)
{
	_cleanup_free_ char *obstacle =
		trials_find_obstacle(host, host->arguments->dry_run);

	if (obstacle)
		warn("nothing was changed: %s. Without --trial there is a way back at the boot menu: add passthru.off to the kernel command line there, or make a second entry with passthru.profile=NAME, see passthru-cmdline(7)",
		     obstacle);
	return !obstacle;
}

static bool add_word(struct work *work)
{
	struct change *change = open_change(work->host->root_fd, TRIAL_FILE,
					    &work->of_trial, &work->of_trial_count);
	char minutes[16] = "", line[128];
	int r = trials_make_token(work->trial.token);

	if (!change)
		return false;
	/* The word of an earlier trial was all that it had. */
	if (!change->new)
		configure_set(change, strdup(""));
	if (work->trial.minutes)
		snprintf(minutes, sizeof(minutes), ":%u", work->trial.minutes);
	snprintf(line, sizeof(line),
		 PARAMETER_PREFIX
		 "trial=%s%s # for one boot, unless passthru confirm keeps it\n",
		 work->trial.token, minutes);
	if (r == 0)
		r = configuration_append(change, line);
	if (r < 0)
		warn_error(r, "nothing was changed");
	return r == 0;
}

int trial_begin(struct work *work)
{
	int root_fd = work->host->root_fd;
	bool is_pending = trials_find_configured(root_fd, &work->ended), ok;

	if (!parse_minutes(work->host->arguments->trial, &work->trial.minutes))
		return STATUS_USAGE;
	if (!is_possible(work->host))
		return STATUS_NOT_GOOD;
	if (!is_pending && !change_is_any(&work->change)) {
		warn("nothing was changed: /" CONFIGURATION_DIRECTORY
		     " has these devices already, without a trial; to try them, disable them first");
		return STATUS_NOT_GOOD;
	}
	/* On top of another trial, what was before that one stays. */
	ok = (!is_pending || strip_words(work)) && add_word(work) &&
	     (is_pending || keep_before(work));
	return ok ? STATUS_GOOD : STATUS_NOT_GOOD;
}

int trial_end(struct work *work)
{
	if (!trials_find_configured(work->host->root_fd, &work->ended))
		return STATUS_GOOD;
	return strip_words(work) && drop_before(work->host->root_fd, &work->of_trial,
						&work->of_trial_count)
		       ? STATUS_GOOD
		       : STATUS_NOT_GOOD;
}

bool trial_is_changed(const struct work *work)
{
	for (size_t i = 0; i < work->of_trial_count; i++)
		if (change_is_any(&work->of_trial[i]))
			return true;
	return false;
}

/* -- what is said -------------------------------------------------------------------- */

bool trial_print_changes(const struct work *work)
{
	const struct output *output = &work->host->output;

	for (size_t i = 0; i < work->of_trial_count; i++) {
		const struct change *change = &work->of_trial[i];

		if (change_is_any(change) &&
		    strncmp(change->path, CONFIGURATION_DIRECTORY "/",
			    strlen(CONFIGURATION_DIRECTORY "/")) == 0 &&
		    !change_print(output, change))
			return false;
	}
	if (!work->trial.token[0] && work->ended.token[0])
		info("This ends trial %s: what is left of the configuration counts for good",
		     work->ended.token);
	return true;
}

static void print_limits(const struct output *output, unsigned minutes)
{
	if (minutes)
		output_wrapped(
			output, STYLE_NOTE, 0, 0,
			"Reset it yourself if it does not come that far: in an initramfs without systemd that finds no root file system, or with a hung kernel and no watchdog. A disk that asks for a passphrase at boot waits for you in any case.");
	else
		output_wrapped(
			output, STYLE_NOTE, 0, 0,
			"Nothing but you resets it; with --trial=MINUTES it reboots by itself.");
}

void trial_print_next(const struct work *work)
{
	const struct output *output = &work->host->output;
	unsigned minutes = work->trial.minutes;

	output_wrapped(
		output, STYLE_TITLE, 0, 0,
		"Reboot: that boot is the trial. If all is well, run passthru confirm%s.",
		minutes ? " in time" : "");
	if (minutes)
		output_wrapped(
			output, STYLE_NOTE, 0, 0,
			"Without passthru confirm the machine reboots %u %s after the start of the kernel, and each later boot has what is in force now.",
			minutes, minutes == 1 ? "minute" : "minutes");
	else
		output_wrapped(
			output, STYLE_NOTE, 0, 0,
			"Without passthru confirm each later boot has what is in force now: reset the machine to go back.");
	print_limits(output, minutes);
}

/* -- variables ----------------------------------------------------------------------- */

/* Whether the image, or what nobody can read of it, needs the variable. */
static bool is_named_in(const struct initramfs *initramfs, const char *token)
{
	const char *texts[] = { initramfs->image.config, initramfs->image.before_trial };
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

	if (trials_find_configured(host->root_fd, &trial) &&
	    strcmp(trial.token, token) == 0)
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

	if (token[0] && !trials_find_configured(host->root_fd, &trial)) {
		/* Nothing reboots it then. */
		(void)edit_remove(host->root_fd, TRIAL_RUN_PATH);
		trial_remove_directories(host->root_fd);
	}
	forget_variables(host, token);
}
