/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru confirm: keeps what a trial boot has tried. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "commands/internal.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "report/report.h"
#include "trials/trials.h"
#include "ui/ui.h"

/* In a directory of its own, so that enable --undo restores what enable has changed. */
#define BACKUPS_OF_CONFIRM "var/lib/passthru/confirm"

struct confirmation {
	struct host *host;
	struct trial configured; /* in the files */
	struct trial running;	 /* this boot, while nobody has confirmed it */
	struct trial reported;	 /* what the early stage decided */
	bool is_written;	 /* the variable was */
	bool has_changed;	 /* the files did */
	char token[TRIAL_TOKEN_SIZE];
};

/* Returns whether that worked; says why not. */
static bool read_state(struct confirmation *confirmation)
{
	int root_fd = confirmation->host->root_fd;
	struct run_result result;
	int r = trials_find_configured(root_fd, &confirmation->configured);

	if (r < 0) {
		warn_error(r, "nothing was changed: cannot read /%s",
			   CONFIGURATION_DIRECTORY);
		return false;
	}
	(void)trials_find_running(root_fd, &confirmation->running);
	if (report_read(root_fd, REPORT_PATH, &result) == 0)
		confirmation->reported = result.trial;
	run_result_free(&result);
	return true;
}

static bool is_same(const struct trial *a, const struct trial *b)
{
	return a->token[0] && strcmp(a->token, b->token) == 0;
}

/* -- what can be confirmed ----------------------------------------------------------- */

static bool was_tried(const struct confirmation *confirmation)
{
	const struct trial *reported = &confirmation->reported;
	enum trial_verdict verdict = reported->verdict;

	if (confirmation->running.token[0])
		return true;
	/* It may have been ended since, or confirmed before. */
	return (verdict == TRIAL_TRIED || verdict == TRIAL_CONFIRMED) &&
	       (is_same(reported, &confirmation->configured) ||
		trials_is_confirmed(confirmation->host->root_fd, reported->token));
}

static void say_ignored(const struct trial *trial)
{
	char phrase[PHRASE_SIZE];

	phrase_trial(trial, phrase);
	warn("this boot has not tried %s, so nobody knows whether it is good: %s",
	     trial->token, phrase);
}

/* What this boot has tried; "" if that is no trial, which says why not. */
static const char *find_token(const struct confirmation *confirmation)
{
	const struct trial *configured = &confirmation->configured;
	const struct trial *running = &confirmation->running;
	const struct trial *booted =
		running->token[0] ? running : &confirmation->reported;

	if (configured->token[0] && !is_same(configured, booted)) {
		warn("this boot has not tried %s: reboot first, and run passthru confirm in the boot that tries it",
		     configured->token);
		return "";
	}
	if (was_tried(confirmation))
		return booted->token;
	/* Only the firmware has forgotten that it is good. */
	if (booted->verdict == TRIAL_IGNORED &&
	    trials_is_confirmed(confirmation->host->root_fd, booted->token))
		return booted->token;
	if (booted->verdict == TRIAL_IGNORED)
		say_ignored(booted);
	else if (booted->verdict == TRIAL_PLANNED)
		warn("this boot was a dry run (passthru.dryrun), which tries nothing: reboot without that word first");
	else
		warn("there is no trial to confirm; passthru enable --trial makes one");
	return "";
}

/* -- confirming ---------------------------------------------------------------------- */

/* The firmware remembers it then. */
static bool write_variable(struct confirmation *confirmation)
{
	const struct host *host = confirmation->host;
	int r;

	if (trials_read_variable(host, confirmation->token) == VARIABLE_CONFIRMED)
		return true;
	r = trials_confirm_variable(host, confirmation->token);
	confirmation->is_written = r == 0;
	if (r == -EROFS)
		warn("nothing was changed: the EFI variables are mounted read-only; run mount -o remount,rw /" TRIAL_EFIVARS);
	else if (r < 0)
		warn_error(
			r,
			"nothing was changed: cannot write the EFI variable of trial %s",
			confirmation->token);
	return r == 0;
}

/* Appends the token, unless it is there. */
static bool add_token(const struct confirmation *confirmation, struct change *change)
{
	int r = change_open(confirmation->host->root_fd, TRIALS_CONFIRMED, change);
	char line[TRIAL_TOKEN_SIZE + 1];

	if (r == 0 &&
	    trials_is_confirmed(confirmation->host->root_fd, confirmation->token))
		return true;
	snprintf(line, sizeof(line), "%s\n", confirmation->token);
	if (r == 0 || r == -ENOENT)
		r = configuration_append(change, line);
	if (r < 0)
		warn("cannot change /" TRIALS_CONFIRMED ": %s", change_error(r));
	return r == 0;
}

static bool apply(struct confirmation *confirmation, const struct change *changes,
		  size_t count)
{
	char backup[BACKUP_PATH_SIZE];
	size_t kept = 0;
	_cleanup_free_ struct change *wanted = calloc(count, sizeof(wanted[0]));

	for (size_t i = 0; wanted && i < count; i++)
		if (change_is_any(&changes[i]))
			wanted[kept++] = changes[i];
	if (kept == 0)
		return wanted;
	confirmation->has_changed = true;
	return backup_apply(confirmation->host->root_fd, BACKUPS_OF_CONFIRM, wanted, kept,
			    backup);
}

/* The next image does without the firmware's memory. */
static bool change_files(struct confirmation *confirmation)
{
	int root_fd = confirmation->host->root_fd;
	struct change *changes = NULL;
	size_t count = 0;
	bool ok;

	ok = edit_lock(root_fd) && (!confirmation->configured.token[0] ||
				    trial_add_removals(root_fd, &changes, &count));
	/* Made first: the disk must know the token before the word goes. */
	if (ok && array_append(changes, count))
		ok = add_token(confirmation, &changes[count - 1]) &&
		     apply(confirmation, changes, count);
	else
		ok = false;
	if (ok)
		trial_remove_directories(root_fd);
	edit_end();
	for (size_t i = 0; i < count; i++)
		change_free(&changes[i]);
	free(changes);
	return ok;
}

/* Whether an image still has the word: then it asks the firmware. */
static bool depends_on_firmware(const struct confirmation *confirmation)
{
	struct initramfs_list list;
	bool depends = false;

	if (initramfs_list_read(confirmation->host->root_fd, &list) == 0)
		for (size_t i = 0; i < list.count; i++)
			depends |= list.items[i].is_confirmed;
	initramfs_list_free(&list);
	return depends;
}

static void print_text(const struct confirmation *confirmation)
{
	const struct output *output = &confirmation->host->output;
	const char *token = confirmation->token;
	char command[REBUILD_SIZE];

	if (confirmation->has_changed || !confirmation->is_written)
		output_wrapped(output, STYLE_GOOD, 0, 0,
			       "Trial %s is confirmed%s: each boot has it from now on.",
			       token, confirmation->has_changed ? "" : " already");
	else
		output_wrapped(
			output, STYLE_GOOD, 0, 0,
			"Trial %s was confirmed before, but the firmware had forgotten that; its EFI variable is written again.",
			token);
	if (!depends_on_firmware(confirmation))
		return;
	rebuild_describe(confirmation->host->root_fd, NULL, command);
	output_wrapped(
		output, STYLE_NOTE, 0, 0,
		"Until the initramfs is rebuilt, the boot asks the EFI variable; to do without, run %s.",
		command);
}

static int print_json(const struct confirmation *confirmation)
{
	struct json_object *top = json_begin("confirm");

	json_add_text(top, "trial", confirmation->token);
	json_add_bool(top, "changed", confirmation->has_changed);
	json_add_bool(top, "variable_written", confirmation->is_written);
	json_add_bool(top, "image_has_trial", depends_on_firmware(confirmation));
	return json_end(top);
}

static bool confirm(struct confirmation *confirmation)
{
	int root_fd = confirmation->host->root_fd;
	int r;

	if (!write_variable(confirmation))
		return false;
	/* From here on nothing reboots this boot. */
	r = edit_remove(root_fd, TRIAL_RUN_PATH);
	if (r < 0) {
		warn_error(r, "cannot remove /" TRIAL_RUN_PATH);
		return false;
	}
	if (trials_is_confirmed(root_fd, confirmation->token) &&
	    !confirmation->configured.token[0])
		return true;
	if (change_files(confirmation))
		return true;
	warn("the next boot has what this one tried, but the files in /etc/passthru still call it a trial; run passthru confirm again");
	return false;
}

int confirm_run(struct host *host)
{
	struct confirmation confirmation = { .host = host };

	if (host->is_unpacked) {
		warn("%s is a dump, which cannot be changed", host->arguments->root);
		return STATUS_USAGE;
	}
	if (!read_state(&confirmation))
		return STATUS_NOT_GOOD;
	strcpy(confirmation.token, find_token(&confirmation));
	if (!confirmation.token[0] || !confirm(&confirmation))
		return STATUS_NOT_GOOD;
	if (host->arguments->json)
		return print_json(&confirmation) == 0 ? STATUS_GOOD : STATUS_NOT_GOOD;
	print_text(&confirmation);
	return STATUS_GOOD;
}
