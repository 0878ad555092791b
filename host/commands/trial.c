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

/* The files of that directory; NULL after a message. */
static char **list_files(int root_fd, const char *directory)
{
	int r;
	char **paths = dirlist_try_paths(root_fd, directory, ".conf", &r);

	if (paths && r == 0)
		return paths;
	warn_error(paths ? r : -ENOMEM, "nothing was changed: cannot read /%s",
		   directory);
	free(paths);
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

/* Takes the text over; NULL removes the file. */
static void set_text(struct change *change, char *text)
{
	free(change->new);
	change->new = text;
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
	set_text(change, text);
	return 0;
}

/* A directory of that name has no text, as in configuration_read(). */
static int read_file(int root_fd, const char *path, char **ret_text)
{
	int r = beneath_read(root_fd, path, ret_text);

	return r == -EISDIR || r == -ENOENT ? 0 : r;
}

/* Takes the words out of one file. */
static int strip_file(int root_fd, const char *path, struct change **changes,
		      size_t *count)
{
	_cleanup_free_ char *text = NULL;
	struct change *change;
	struct trial trial;
	int r = read_file(root_fd, path, &text);

	if (r < 0 || !text || !trials_find(text, &trial))
		return r;
	change = open_change(root_fd, path, changes, count);
	return change ? strip(change) : -ECANCELED;
}

static bool strip_files(int root_fd, struct change **changes, size_t *count)
{
	_cleanup_free_ char **paths = list_files(root_fd, CONFIGURATION_DIRECTORY);
	int r = 0;

	for (size_t i = 0; r == 0 && paths && paths[i]; i++)
		r = strip_file(root_fd, paths[i], changes, count);
	/* open_change() has said why. */
	if (r < 0 && r != -ECANCELED)
		warn_error(r, "nothing was changed");
	return paths && r == 0;
}

/* -- what was in force before -------------------------------------------------------- */

/* Removes the files in before-trial, unless a change gives them a text. */
static bool drop_before(int root_fd, struct change **changes, size_t *count)
{
	_cleanup_free_ char **paths = list_files(root_fd, BEFORE_TRIAL_DIRECTORY);

	for (size_t i = 0; paths && paths[i]; i++) {
		struct change *change;

		if (find_change(*changes, *count, paths[i]))
			continue;
		change = open_change(root_fd, paths[i], changes, count);
		if (!change)
			return false;
		set_text(change, NULL);
	}
	return paths;
}

/* Copies the configuration as it is. */
static bool keep_before(struct work *work)
{
	int root_fd = work->host->root_fd;
	_cleanup_free_ char **paths = list_files(root_fd, CONFIGURATION_DIRECTORY);

	for (size_t i = 0; paths && paths[i]; i++) {
		char path[CHANGE_PATH_SIZE];
		struct change *change;
		char *text = NULL;
		int r = path_format(path, sizeof(path), "%s/%s", BEFORE_TRIAL_DIRECTORY,
				    beneath_name(paths[i]));

		if (r == 0)
			r = read_file(root_fd, paths[i], &text);
		if (r == 0 && !text)
			continue;
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
		set_text(change, text);
	}
	return paths && drop_before(root_fd, &work->of_trial, &work->of_trial_count);
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
		set_text(change, strdup(""));
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

/* The trial that is pending: 1, 0, or a negative errno after a message. */
static int find_pending(struct work *work)
{
	int r = trials_find_configured(work->host->root_fd, &work->ended);

	if (r < 0)
		warn_error(r, "nothing was changed: cannot read /%s",
			   CONFIGURATION_DIRECTORY);
	return r;
}

static int begin(struct work *work)
{
	int is_pending = find_pending(work);
	bool ok;

	if (is_pending < 0)
		return STATUS_NOT_GOOD;
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
	int r = find_pending(work);

	if (r <= 0)
		return r < 0 ? STATUS_NOT_GOOD : STATUS_GOOD;
	return strip_words(work) && drop_before(work->host->root_fd, &work->of_trial,
						&work->of_trial_count)
		       ? STATUS_GOOD
		       : STATUS_NOT_GOOD;
}

/* A profile is chosen at the boot menu, so it has no trial. */
int trial_change(struct work *work)
{
	if (work->host->arguments->profile)
		return STATUS_GOOD;
	return work->host->arguments->trial ? begin(work) : trial_end(work);
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
