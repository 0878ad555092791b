/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "commands/internal.h"
#include "initramfs/initramfs.h"
#include "ui/ui.h"

/* -- what the configuration selects -------------------------------------------------- */

int configure_parse(const char *text, struct request *ret)
{
	int r = config_filter(text, NULL, NULL, &ret->text);

	if (r == 0)
		r = params_parse(ret->text, &ret->params);
	return r;
}

void configure_free_request(struct request *request)
{
	params_free(&request->params);
	free(request->text);
	*request = (struct request){ 0 };
}

/* -- changing the file --------------------------------------------------------------- */

/* Why the images that boot cannot be built here, and what to do; NULL if they can. */
static char *find_obstacle(const struct work *work)
{
	_cleanup_free_ char *parameters = work->takes_devices && !work->parameter
						  ? choice_make_parameter(&work->machine)
						  : NULL;

	return rebuild_find_obstacle(work->host,
				     work->parameter ? work->parameter : parameters);
}

/* Whether they can; says why not. */
static bool is_possible(const struct work *work)
{
	_cleanup_free_ char *obstacle = find_obstacle(work);

	if (obstacle)
		warn("nothing was changed: %s", obstacle);
	return !obstacle;
}

static bool open_file(const struct host *host, const char *path, struct change *ret)
{
	int r = change_open(host->root_fd, path, ret);

	if (r == 0 || r == -ENOENT)
		return true;
	if (r == -ELOOP)
		warn("nothing was changed: /%s is not a regular file", path);
	else
		warn_error(r, "nothing was changed: cannot read /%s", path);
	return false;
}

bool configure_open(struct work *work)
{
	const char *profile = work->host->arguments->profile;
	char path[PROFILE_PATH_SIZE] = CONFIGURATION_FILE;

	if (profile)
		profile_path(profile, path);
	return open_file(work->host, path, &work->change) &&
	       open_file(work->host, GROUPS_FILE, &work->groups);
}

int configure_read(const struct work *work, char **ret_text)
{
	const char *own = work->change.old ? work->change.old : "";

	if (!work->host->arguments->profile)
		return configuration_read(work->host->root_fd, NULL, ret_text);
	*ret_text = strdup(own);
	return *ret_text ? 0 : -ENOMEM;
}

const char *configure_source(const struct work *work)
{
	return work->host->arguments->profile ? work->change.path
					      : CONFIGURATION_DIRECTORY;
}

void configure_set(struct change *change, char *text)
{
	free(change->new);
	change->new = text;
}

static bool is_changed(const struct work *work)
{
	return change_is_any(&work->change) || trial_is_changed(work) ||
	       work->iommu.count;
}

static void add_trial(const struct work *work, struct json_object *top)
{
	json_add_text(top, "ended_trial",
		      work->trial.token[0] || !trial_is_changed(work)
			      ? NULL
			      : work->ended.token);
	if (!work->takes_devices)
		return;
	json_add_text(top, "trial", work->trial.token);
	if (work->trial.minutes)
		json_add_number(top, "trial_minutes", work->trial.minutes);
	else
		json_add_text(top, "trial_minutes", NULL);
}

/* Without what passthru keeps for itself. */
static void add_iommu(const struct work *work, struct json_object *array)
{
	for (size_t i = 0; i < work->iommu.count; i++) {
		const struct change *change = &work->iommu.changes[i];
		struct json_object *object;

		if (strcmp(change->path, IOMMU_FILE) == 0)
			continue;
		object = json_append(array);
		json_add_text(object, "path", change->path);
		json_add_text(object, "text", change->new);
	}
}

static int print_json(const struct work *work, const struct outlook *outlook)
{
	struct json_object *top = json_begin(work->host->arguments->command);
	struct json_object *array = NULL;

	json_add_text(top, "path", work->change.path);
	json_add_text(top, "profile", work->host->arguments->profile);
	json_add_bool(top, "changed", is_changed(work));
	json_add_bool(top, "deleted", work->change.old && !work->change.new);
	json_add_text(top, "text", work->change.new);
	json_add_text(top, "backup", work->backup);
	json_add_text(top, "menu_key", boot_menu_key(work->host->root_fd));
	add_trial(work, top);
	if (!work->takes_devices)
		array = json_add_array(top, "requested_by");
	for (size_t i = 0; i < work->requester_count; i++)
		json_append_text(array, work->requesters[i]);
	remarks_add(outlook, top);
	add_iommu(work, json_add_array(top, "cmdline_changes"));
	return json_end(top);
}

/*
 * The last one is made first: what counts without a trial, then the word for it; and the
 * command lines once the rest is there.
 */
static bool change_files(struct work *work)
{
	size_t count = 0;
	_cleanup_free_ struct change *changes =
		calloc(work->iommu.count + work->of_trial_count + 2, sizeof(changes[0]));

	if (!changes) {
		warn_error(-ENOMEM, "nothing was changed");
		return false;
	}
	for (size_t i = 0; i < work->iommu.count; i++)
		changes[count++] = work->iommu.changes[i];
	if (change_is_any(&work->change))
		changes[count++] = work->change;
	if (change_is_any(&work->groups))
		changes[count++] = work->groups;
	for (size_t i = 0; i < work->of_trial_count; i++)
		if (change_is_any(&work->of_trial[i]))
			changes[count++] = work->of_trial[i];
	return backup_apply(work->host->root_fd, BACKUPS_OF_CONFIGURATION, changes, count,
			    work->backup);
}

static const char *find_changed(const struct work *work)
{
	if (change_is_any(&work->change))
		return work->change.path;
	return work->iommu.count ? work->iommu.changes[0].path : TRIAL_FILE;
}

/* Something else may set the command line. Returns whether it has the word; says if not.
 */
static bool has_word(const struct work *work)
{
	if (!work->takes_devices || !work->iommu.word ||
	    iommu_is_added(work->host, &work->machine))
		return true;
	warn("putting everything back: the kernel command line of the next boot lacks %s all the same, so that something else than these files sets it; add it there, and run the command without --iommu",
	     work->iommu.word);
	return false;
}

/* What starts the next boot, with the files as they are. */
static bool rebuild(const struct host *host, bool with_grub)
{
	return (!with_grub || rebuild_grub(host)) && rebuild_images(host);
}

/* An image without the change is no use: then the file is as it was, too. */
static bool apply(struct work *work)
{
	struct host *host = work->host;

	if (!change_files(work))
		return false;
	info("Changed /%s; passthru %s --undo takes that back", find_changed(work),
	     host->arguments->command);
	if (rebuild(host, work->iommu.needs_grub) && has_word(work)) {
		trial_clean_up(host, work->ended.token);
		return true;
	}
	(void)backup_undo(host->root_fd, BACKUPS_OF_CONFIGURATION, NULL, NULL);
	if (work->iommu.needs_grub)
		(void)rebuild_grub(host);
	/* Those that have the change all the same. */
	if (rebuild_is_needed(host->root_fd))
		(void)rebuild_images(host);
	work->backup[0] = '\0';
	return false;
}

/* The profile is gone: an entry that chooses it claims nothing, as was asked for. */
static bool is_profile_gone(const struct work *work)
{
	return work->host->arguments->profile && !work->change.new;
}

/* What --iommu would do, where the IOMMU would stay off. */
static void offer_iommu(const struct work *work)
{
	const struct arguments *arguments = work->host->arguments;
	struct iommu_edit edit;
	char more[32] = "";
	int r;

	if (!work->takes_devices || arguments->iommu || arguments->trial ||
	    arguments->profile)
		return;
	r = iommu_edit_add(work->host, &work->machine, &edit);
	/* One of the files is passthru's own. */
	if (edit.count > 2)
		snprintf(more, sizeof(more), " and %zu more", edit.count - 2);
	if (r == 0 && edit.count)
		output_wrapped(
			&work->host->output, STYLE_NOTE, 0, 0,
			"The same command with --iommu also adds %s to /%s%s; passthru disable takes it out again.",
			edit.word, edit.changes[0].path, more);
	iommu_edit_free(&edit);
}

/* Once the change has been printed. */
static int finish(struct work *work, struct preview *preview)
{
	const struct arguments *arguments = work->host->arguments;
	const struct outlook *outlook = &preview->outlook;
	bool is_confirmed = !work->takes_devices ||
			    remarks_confirm(work->host, outlook, arguments->dry_run);
	bool was_asked = outlook_level(outlook) >= REMARK_WARNING && !arguments->yes &&
			 !arguments->dry_run;
	int status;

	if (!arguments->dry_run && is_confirmed && !apply(work))
		return STATUS_NOT_GOOD;
	if (arguments->json)
		return print_json(work, outlook) == 0 && is_confirmed &&
				       (is_profile_gone(work) ||
					plan_is_as_requested(preview))
			       ? STATUS_GOOD
			       : STATUS_NOT_GOOD;
	if (!arguments->dry_run && !is_confirmed)
		return STATUS_NOT_GOOD;
	putchar('\n');
	status = plan_print(preview, work->takes_devices && !was_asked);
	if (!work->takes_devices)
		remarks_print_of_images(&work->host->output, outlook);
	offer_iommu(work);
	if (arguments->dry_run)
		puts("Nothing was changed: this is a dry run.");
	if (is_profile_gone(work))
		status = STATUS_GOOD;
	return is_confirmed ? status : STATUS_NOT_GOOD;
}

/* Whoever does elsewhere what this machine cannot do loses the same. */
static int refuse(const struct work *work, const struct preview *preview,
		  const char *obstacle)
{
	const struct host *host = work->host;

	if (work->takes_devices && !host->arguments->json)
		remarks_print(&host->output, &preview->outlook);
	fflush(stdout);
	warn("nothing was changed: %s", obstacle);
	return STATUS_NOT_GOOD;
}

/* An earlier run may have been ended before the images had what the file has. */
static int change_nothing(const struct work *work, const char *path,
			  const char *unchanged)
{
	const struct host *host = work->host;
	bool ok = true;

	info("/%s %s", path, unchanged);
	if (!host->arguments->dry_run && work->iommu.needs_grub)
		ok = rebuild_grub(host);
	if (!host->arguments->dry_run && rebuild_is_needed(host->root_fd)) {
		info("An initramfs image differs from that");
		ok = is_possible(work) && rebuild_images(host) && ok;
	}
	if (host->arguments->json && print_json(work, &(struct outlook){ 0 }) < 0)
		ok = false;
	return ok ? STATUS_GOOD : STATUS_NOT_GOOD;
}

static bool print_changes(const struct work *work)
{
	if (change_is_any(&work->change) &&
	    !change_print(&work->host->output, &work->change))
		return false;
	for (size_t i = 0; i < work->iommu.count; i++)
		if (strcmp(work->iommu.changes[i].path, IOMMU_FILE) != 0 &&
		    !change_print(&work->host->output, &work->iommu.changes[i]))
			return false;
	return trial_print_changes(work);
}

/* With --iommu. Returns whether that can be done; says why not. */
static bool find_iommu(struct work *work)
{
	struct iommu_edit *iommu = &work->iommu;
	int r;

	if (!work->takes_devices || !work->host->arguments->iommu)
		return true;
	r = iommu_edit_add(work->host, &work->machine, iommu);
	if (r < 0)
		warn_error(r, "nothing was changed");
	else if (iommu->obstacle[0])
		warn("nothing was changed: cannot add %s to the kernel command line: %s",
		     iommu->word, iommu->obstacle);
	else if (!iommu->word)
		info("The kernel command line of the next boot needs nothing for the IOMMU");
	return r == 0 && !iommu->obstacle[0];
}

int configure_finish(struct work *work, const char *path, const char *unchanged)
{
	const struct host *host = work->host;
	_cleanup_free_ char *obstacle = NULL;
	struct preview *preview;
	int status;

	if (!find_iommu(work))
		return STATUS_NOT_GOOD;

	if (!is_changed(work))
		return change_nothing(work, path, unchanged);
	obstacle = find_obstacle(work);
	if (!obstacle && !host->arguments->json && !print_changes(work))
		return STATUS_NOT_GOOD;
	fflush(stdout);
	preview = preview_new(host, &work->machine,
			      &(struct plan_changes){ .configuration = &work->change,
						      .profile = host->arguments->profile,
						      .word = work->takes_devices
								      ? work->iommu.word
								      : NULL });
	if (!preview) {
		warn_error(-ENOMEM, "nothing was changed");
		return STATUS_NOT_GOOD;
	}
	status = obstacle ? refuse(work, preview, obstacle) : finish(work, preview);
	preview_free(preview);
	return status;
}

/* -- both commands ------------------------------------------------------------------- */

struct restored {
	struct json_object *paths; /* for --json, else NULL */
	bool needs_grub;
};

static void add_restored(void *data, const char *path)
{
	struct restored *restored = data;

	restored->needs_grub |= config_file_is_of_grub(path);
	if (restored->paths)
		json_append_text(restored->paths, path);
}

static int undo(struct host *host)
{
	struct json_object *top = NULL;
	struct restored restored = { 0 };
	struct trial before;
	bool ok;

	(void)trials_find_configured(host->root_fd, &before);
	if (host->arguments->json) {
		top = json_begin(host->arguments->command);
		restored.paths = json_add_array(top, "restored");
	}
	ok = backup_undo(host->root_fd, BACKUPS_OF_CONFIGURATION, add_restored,
			 &restored);
	/* An earlier --undo may have been ended before the images were built. */
	if (ok || rebuild_is_needed(host->root_fd))
		ok = rebuild(host, restored.needs_grub);
	if (ok)
		trial_clean_up(host, before.token);
	edit_end();
	if (top && json_end(top) < 0)
		ok = false;
	return ok ? STATUS_GOOD : STATUS_NOT_GOOD;
}

int configure_run(struct host *host, int (*change)(struct work *work))
{
	const struct arguments *arguments = host->arguments;
	struct work work = { .host = host };
	int status;

	if (host->is_unpacked && !arguments->dry_run) {
		warn("%s is a dump, which cannot be changed; use --dry-run",
		     arguments->root);
		return STATUS_USAGE;
	}
	if (arguments->profile &&
	    !name_is_plain(span_of(arguments->profile), PROFILE_NAME_SIZE)) {
		warn("--profile takes a name of letters, digits, - and _, not \"%s\"",
		     arguments->profile);
		return STATUS_USAGE;
	}
	if (arguments->undo)
		return undo(host);
	/* Nobody else changes what is read from here on. */
	if (!arguments->dry_run && !edit_lock(host->root_fd))
		return STATUS_NOT_GOOD;
	status = change(&work);
	edit_end();
	change_free(&work.change);
	change_free(&work.groups);
	for (size_t i = 0; i < work.of_trial_count; i++)
		change_free(&work.of_trial[i]);
	free(work.of_trial);
	iommu_edit_free(&work.iommu);
	machine_free(&work.machine);
	for (size_t i = 0; i < work.requester_count; i++)
		free(work.requesters[i]);
	free(work.requesters);
	free(work.parameter);
	return status;
}
