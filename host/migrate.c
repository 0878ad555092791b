/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru migrate: from the ways of before to the one parameter. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backup.h"
#include "complain.h"
#include "json.h"
#include "leftover.h"
#include "rebuild.h"

/* -- what is printed ----------------------------------------------------------------- */

static void print_notes(const struct output *output, const struct leftovers *found)
{
	if (!found->note_count)
		return;
	output_styled(output, STYLE_TITLE, "Left for you to look at:");
	putchar('\n');
	for (size_t i = 0; i < found->note_count; i++) {
		printf("  * ");
		output_wrapped(output, STYLE_NOTE, 4, 4, "%s", found->notes[i]);
	}
}

static void print_parameter(const struct output *output, const struct leftovers *found,
			    const char *parameter)
{
	if (!parameter)
		return;
	if (found->has_home)
		output_wrapped(output, STYLE_PLAIN, 0, 0,
			       "The kernel command line asks for the devices:");
	else
		output_wrapped(output, STYLE_BAD, 0, 0,
			       "No file is known that sets the kernel command line. Put "
			       "this on it, in your boot loader's configuration:");
	printf("  ");
	output_styled(output, STYLE_TITLE, parameter);
	putchar('\n');
}

static void print_text(const struct host *host, const struct leftovers *found,
		       const char *parameter)
{
	const struct output *output = &host->output;

	if (!found->edit_count && !found->note_count) {
		puts("There is nothing to migrate: no settings of the old ways are "
		     "left.");
		return;
	}
	for (size_t i = 0; i < found->edit_count; i++)
		edit_print(output, &found->edits[i]);
	print_parameter(output, found, parameter);
	print_notes(output, found);
	if (found->edit_count && !host->arguments->apply)
		puts("Nothing is changed yet: passthru migrate --apply does it.");
}

static void add_edits(const struct leftovers *found, struct json_object *array)
{
	for (size_t i = 0; i < found->edit_count; i++) {
		struct json_object *object = json_append(array);
		char *text = edit_result(&found->edits[i]);

		json_add_text(object, "path", found->edits[i].path);
		json_add_bool(object, "deleted", found->edits[i].is_deleted);
		if (text && !text[0] && !found->edits[i].is_deleted)
			json_object_object_add(object, "text",
					       json_object_new_string(""));
		else
			json_add_text(object, "text",
				      found->edits[i].is_deleted ? NULL : text);
		free(text);
	}
}

static int print_json(const struct leftovers *found, const char *parameter,
		      const char *backup)
{
	struct json_object *top = json_begin("migrate"), *notes;

	json_add_text(top, "parameter", parameter);
	json_add_bool(top, "configured", !parameter || found->has_home);
	add_edits(found, json_add_array(top, "changes"));
	notes = json_add_array(top, "notes");
	for (size_t i = 0; i < found->note_count; i++)
		json_append_text(notes, found->notes[i]);
	json_add_text(top, "backup", backup);
	return json_end(top);
}

/* -- what is done -------------------------------------------------------------------- */

/* Both are tried, whatever becomes of the first. Returns 0 or a negative errno. */
static int rebuild(const struct host *host, bool grub)
{
	const char *command = grub ? rebuild_grub(host) : NULL;
	int r = 0, s;

	if (command)
		r = rebuild_run(host, command);
	if (grub && !command) {
		complain("GRUB's configuration is to be made anew, and nothing here does "
			 "that: run grub-mkconfig");
		r = -ENOENT;
	}
	command = rebuild_image(host);
	if (!command) {
		complain("the boot image is to be made anew, and neither "
			 "update-initramfs nor dracut is here");
		return -ENOENT;
	}
	s = rebuild_run(host, command);
	return r < 0 ? r : s;
}

static int apply(const struct host *host, const struct leftovers *found,
		 char backup[static BACKUP_PATH_SIZE])
{
	int r;

	/* Taking the old settings away with nothing in their place loses the devices. */
	if (found->item_count && !found->has_home) {
		complain("nothing is changed: put the parameter on the kernel command "
			 "line first, and run this again");
		return -ENOENT;
	}
	if (found->is_unclear) {
		complain("nothing is changed: what is listed above may name devices that "
			 "would be lost; change or remove it first, and run this again");
		return -EINVAL;
	}
	r = backup_apply(host->root_fd, found->edits, found->edit_count, backup);
	if (r < 0)
		return r;
	for (size_t i = 0; i < found->edit_count; i++)
		say("Changed /%s; before: /%s/old/%s", found->edits[i].path, backup,
		    found->edits[i].path);
	r = rebuild(host, found->needs_grub);
	if (found->needs_image)
		say("The command line is built into the kernel image: passthru check "
		    "says "
		    "whether that has the parameter by now");
	return r;
}

/* What has been restored. */
struct restored {
	struct json_object *paths; /* for --json, else NULL */
	bool needs_grub;
};

static void note_restored(void *data, const char *path)
{
	struct restored *restored = data;

	restored->needs_grub |= leftovers_is_of_grub(path);
	if (restored->paths)
		json_append_text(restored->paths, path);
	say("Restored /%s", path);
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
	r = backup_undo(host->root_fd, note_restored, &restored);
	if (r == 0)
		r = rebuild(host, restored.needs_grub);
	if (top && json_end(top) < 0)
		r = -EIO;
	return r < 0 ? STATUS_NOT_GOOD : STATUS_GOOD;
}

static int run(const struct host *host, const struct leftovers *found,
	       const char *parameter)
{
	const struct arguments *arguments = host->arguments;
	char backup[BACKUP_PATH_SIZE] = "";
	int r = 0;

	if (!arguments->json)
		print_text(host, found, parameter);
	fflush(stdout);
	if (arguments->apply && found->edit_count)
		r = apply(host, found, backup);
	if (arguments->json && print_json(found, parameter, backup) < 0)
		r = -EIO;
	if (r < 0 || found->note_count || (parameter && !found->has_home))
		return STATUS_NOT_GOOD;
	return STATUS_GOOD;
}

int migrate_run(struct host *host)
{
	struct leftovers found;
	int status = STATUS_NOT_GOOD, r;
	char *parameter;

	if (host->arguments->undo && host->arguments->apply) {
		complain("--apply and --undo do not go together");
		return STATUS_USAGE;
	}
	if (host->is_unpacked && (host->arguments->undo || host->arguments->apply)) {
		complain("%s is a dump, which is only read; --apply and --undo are for a "
			 "machine or a directory",
			 host->arguments->root);
		return STATUS_USAGE;
	}
	if (host->arguments->undo)
		return undo(host);
	r = leftovers_find(host, &found);
	if (r < 0) {
		complain("cannot go through the configuration: %s", strerror(-r));
	} else {
		parameter = leftovers_parameter(&found);
		status = run(host, &found, parameter);
		free(parameter);
	}
	leftovers_free(&found);
	return status;
}
