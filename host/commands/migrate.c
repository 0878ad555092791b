/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru migrate: replaces legacy settings with the kernel parameter. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit/backup.h"
#include "initramfs/rebuild.h"
#include "migrate/legacy.h"
#include "ui/json.h"
#include "ui/message.h"

/* -- output -------------------------------------------------------------------------- */

static void print_notes(const struct output *output,
			const struct legacy_settings *settings)
{
	if (!settings->note_count)
		return;
	output_styled(output, STYLE_TITLE, "Check these yourself:");
	putchar('\n');
	for (size_t i = 0; i < settings->note_count; i++) {
		printf("  * ");
		output_wrapped(output, STYLE_NOTE, 4, 4, "%s", settings->notes[i]);
	}
}

static void print_parameter(const struct output *output,
			    const struct legacy_settings *settings, const char *parameter)
{
	if (!parameter)
		return;
	if (settings->has_target)
		output_wrapped(output, STYLE_PLAIN, 0, 0,
			       "Kernel parameter for the devices:");
	else
		output_wrapped(
			output, STYLE_BAD, 0, 0,
			"Cannot find the file that sets the kernel command line. Add this parameter in your boot loader's configuration:");
	printf("  ");
	output_styled(output, STYLE_TITLE, parameter);
	putchar('\n');
}

static void print_text(const struct host *host, const struct legacy_settings *settings,
		       const char *parameter)
{
	const struct output *output = &host->output;

	if (!settings->change_count && !settings->note_count) {
		puts("Nothing to migrate: there are no legacy settings.");
		return;
	}
	for (size_t i = 0; i < settings->change_count; i++)
		change_print(output, &settings->changes[i]);
	print_parameter(output, settings, parameter);
	print_notes(output, settings);
	if (settings->change_count && !host->arguments->apply)
		puts("Nothing was changed; run passthru migrate --apply to make these changes.");
}

static void add_changes(const struct legacy_settings *settings, struct json_object *array)
{
	for (size_t i = 0; i < settings->change_count; i++) {
		const struct change *change = &settings->changes[i];
		struct json_object *object = json_append(array);

		json_add_text(object, "path", change->path);
		json_add_bool(object, "deleted", !change->new);
		if (change->new && !change->new[0])
			json_object_object_add(object, "text",
					       json_object_new_string(""));
		else
			json_add_text(object, "text", change->new);
	}
}

static int print_json(const struct legacy_settings *settings, const char *parameter,
		      const char *backup)
{
	struct json_object *top = json_begin("migrate"), *notes;

	json_add_text(top, "parameter", parameter);
	json_add_bool(top, "configured", !parameter || settings->has_target);
	add_changes(settings, json_add_array(top, "changes"));
	notes = json_add_array(top, "notes");
	for (size_t i = 0; i < settings->note_count; i++)
		json_append_text(notes, settings->notes[i]);
	json_add_text(top, "backup", backup);
	return json_end(top);
}

/* -- changes ------------------------------------------------------------------------- */

/* Tries both, even if the first one fails. Returns 0 or a negative errno. */
static int rebuild(const struct host *host, bool grub)
{
	const char *command = grub ? rebuild_grub(host) : NULL;
	int r = 0, s;

	if (command)
		r = rebuild_run(host, command);
	if (grub && !command) {
		warn("cannot regenerate GRUB's configuration: run grub-mkconfig");
		r = -ENOENT;
	}
	command = rebuild_image(host);
	if (!command) {
		warn("cannot rebuild the initramfs: no image generator that passthru supports is installed");
		return -ENOENT;
	}
	s = rebuild_run(host, command);
	return r < 0 ? r : s;
}

static int apply(const struct host *host, const struct legacy_settings *settings,
		 char backup[static BACKUP_PATH_SIZE])
{
	int r;

	/* Without the parameter, the devices would be lost with the legacy settings. */
	if (settings->item_count && !settings->has_target) {
		warn("nothing was changed; add the parameter to the kernel command line, then run this command again");
		return -ENOENT;
	}
	if (settings->is_unclear) {
		warn("nothing was changed, since the lines listed above may name devices; edit or remove them, then run this command again");
		return -EINVAL;
	}
	r = backup_apply(host->root_fd, BACKUPS_OF_MIGRATE, settings->changes,
			 settings->change_count, backup);
	if (r < 0)
		return r;
	for (size_t i = 0; i < settings->change_count; i++)
		info("Changed /%s; backup: /%s/old/%s", settings->changes[i].path, backup,
		     settings->changes[i].path);
	r = rebuild(host, settings->needs_grub);
	if (settings->needs_image)
		info("The command line is built into the unified kernel image; run passthru check to see whether it has the parameter now");
	return r;
}

struct restored {
	struct json_object *paths; /* for --json, else NULL */
	bool needs_grub;
};

static void note_restored(void *data, const char *path)
{
	struct restored *restored = data;

	restored->needs_grub |= legacy_is_of_grub(path);
	if (restored->paths)
		json_append_text(restored->paths, path);
	info("Restored /%s", path);
}

static int undo(const struct host *host)
{
	struct restored restored = { 0 };
	struct json_object *top = NULL;
	int r;

	if (host->arguments->json) {
		top = json_begin("migrate");
		restored.paths = json_add_array(top, "restored");
	}
	r = backup_undo(host->root_fd, BACKUPS_OF_MIGRATE, note_restored, &restored);
	if (r == 0)
		r = rebuild(host, restored.needs_grub);
	if (top && json_end(top) < 0)
		r = -EIO;
	return r < 0 ? STATUS_NOT_GOOD : STATUS_GOOD;
}

static int run(const struct host *host, const struct legacy_settings *settings,
	       const char *parameter)
{
	const struct arguments *arguments = host->arguments;
	char backup[BACKUP_PATH_SIZE] = "";
	int r = 0;

	if (!arguments->json)
		print_text(host, settings, parameter);
	fflush(stdout);
	if (arguments->apply && settings->change_count)
		r = apply(host, settings, backup);
	if (arguments->json && print_json(settings, parameter, backup) < 0)
		r = -EIO;
	if (r < 0 || settings->note_count || (parameter && !settings->has_target))
		return STATUS_NOT_GOOD;
	return STATUS_GOOD;
}

int migrate_run(struct host *host)
{
	struct legacy_settings settings;
	int status = STATUS_NOT_GOOD, r;
	char *parameter;

	if (host->arguments->undo && host->arguments->apply) {
		warn("--apply and --undo cannot be used together");
		return STATUS_USAGE;
	}
	if (host->is_unpacked && (host->arguments->undo || host->arguments->apply)) {
		warn("%s is a dump, which cannot be changed; use --apply and --undo with a machine or a directory",
		     host->arguments->root);
		return STATUS_USAGE;
	}
	if (host->arguments->undo)
		return undo(host);
	r = legacy_find(host, &settings);
	if (r < 0) {
		warn("cannot read the configuration: %s", strerror(-r));
	} else {
		parameter = legacy_parameter(&settings);
		status = run(host, &settings, parameter);
		free(parameter);
	}
	settings_free(&settings);
	return status;
}
