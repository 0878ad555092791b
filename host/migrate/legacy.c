/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/file.h"
#include "boot/boot.h"
#include "migrate/legacy.h"
#include "migrate/legacy_words.h"
#include "migrate/readers.h"

/* In the order in which they run; which files they read is in config_files. */
static const struct legacy_reader readers[] = {
	{ .format = CONFIG_MODPROBE,
	  .read_line = legacy_modprobe_read,
	  .finish = legacy_modprobe_finish },
	{ .format = CONFIG_MODULES, .read_line = legacy_modules_read },
	{ .format = CONFIG_DRACUT,
	  .loader = LOADER_UKI,
	  .read_line = legacy_dracut_read },
	{ .format = CONFIG_DRIVERCTL,
	  .read_line = legacy_driverctl_read,
	  .is_first_to_last = true },
	{ .format = CONFIG_BOOT_ENTRY,
	  .loader = LOADER_ENTRIES,
	  .read_line = legacy_entries_read },
	{ .format = CONFIG_GRUB, .loader = LOADER_GRUB, .read_line = legacy_grub_read },
	{ .format = CONFIG_CMDLINE,
	  .loader = LOADER_KERNEL_INSTALL,
	  .read_line = legacy_cmdline_read,
	  .finish = legacy_cmdline_finish },
	{ .format = CONFIG_FRAGMENT,
	  .loader = LOADER_UKI,
	  .read_line = legacy_fragments_read },
	{ .format = CONFIG_SCRIPT,
	  .read_file = legacy_scripts_read,
	  .is_first_to_last = true },
};

bool legacy_is_of_grub(const char *path)
{
	const struct config_file *file = config_file_find(path);

	return file && file->format == CONFIG_GRUB;
}

/* -- reading ------------------------------------------------------------------------- */

static bool is_same_file(int root_fd, const char *a, const char *b)
{
	struct stat left, right;

	return fstatat(root_fd, a, &left, 0) == 0 &&
	       fstatat(root_fd, b, &right, 0) == 0 && left.st_dev == right.st_dev &&
	       left.st_ino == right.st_ino;
}

static char *format_link(const char *path)
{
	char *text;

	if (asprintf(
		    &text,
		    "/%s is a symbolic link and was left unchanged; check the file that it points to",
		    path) < 0)
		return NULL;
	return text;
}

/* The parameter may belong in the file that the link points to. */
static void add_link_target(struct scan *scan, const char *path)
{
	struct target *target = scan_add_target(scan);

	if (!target)
		return;
	target->is_effective = scan_is_effective(scan, "");
	target->is_candidate = true;
	target->obstacle = format_link(path);
	if (!target->obstacle)
		scan->error = -ENOMEM;
}

/* What a link points to may belong to another program, so links are never edited. */
static void note_link(struct scan *scan, const char *path)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *note = NULL;

	/* Debian has a link to /etc/modules in modules-load.d. */
	if (is_same_file(scan->host->root_fd, path, "etc/modules") ||
	    file_read(scan->host->root_fd, path, &text) < 0)
		return;
	if (!legacy_words_mentioned(text) && !strstr(text, "vfio")) {
		if (scan->reader->loader == LOADER_GRUB)
			add_link_target(scan, path);
		return;
	}
	note = format_link(path);
	if (!note || settings_add_note(scan->settings, note) < 0)
		scan->error = -ENOMEM;
	/* libkmod follows the links in modprobe.d and finds their IDs. */
	if (scan->reader->read_line != legacy_modprobe_read &&
	    (strstr(text, "ids=") || strstr(text, "hide")))
		scan->settings->is_unclear = true;
}

static void read_lines(struct scan *scan, const char *path)
{
	struct legacy_settings *settings = scan->settings;
	struct edit edit;
	int r = edit_open(scan->host->root_fd, path, &edit);

	if (r == -ELOOP) {
		note_link(scan, path);
	} else if (r < 0 && r != -ENOENT) {
		scan_note(scan, "cannot read /%s: %s", path, strerror(-r));
		settings->is_unclear = true;
	}
	if (r < 0)
		return;
	scan->edit = array_append(settings->edits, settings->edit_count);
	if (!scan->edit) {
		edit_free(&edit);
		scan->error = -ENOMEM;
		return;
	}
	*scan->edit = edit;
	for (scan->line = 0; scan->line < edit.count; scan->line++)
		scan->reader->read_line(scan, edit.lines[scan->line].old);
	scan->edit = NULL;
}

static void read_files(struct scan *scan, const struct config_file *file)
{
	_cleanup_free_ char **paths = config_file_paths(scan->host->root_fd, file);
	size_t count = 0;

	if (!paths)
		scan->error = -ENOMEM;
	while (paths && paths[count])
		count++;
	for (size_t i = 0; i < count; i++) {
		size_t at = scan->reader->is_first_to_last ? i : count - 1 - i;

		if (scan->reader->read_file)
			scan->reader->read_file(scan, paths[at]);
		else
			read_lines(scan, paths[at]);
	}
}

static void read_all(struct scan *scan)
{
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		scan->reader = &readers[i];
		for (const struct config_file *file = config_files; file->path; file++)
			if (file->format == readers[i].format &&
			    (file->uses & CONFIG_FOR_MIGRATE))
				read_files(scan, file);
		if (readers[i].finish)
			readers[i].finish(scan);
	}
	legacy_running_read(scan);
}

/* -- editing ------------------------------------------------------------------------- */

/* The command line of the unified kernel image that boots next, or NULL. */
static char *read_uki_cmdline(int root_fd)
{
	struct boot_sources sources;
	const struct boot_source *next;
	char *cmdline = NULL;

	if (boot_read(root_fd, &sources) == 0) {
		next = boot_next(&sources);
		if (next && next->is_uki)
			cmdline = strdup(next->cmdline);
	}
	boot_sources_free(&sources);
	return cmdline;
}

static void drop_unchanged(struct legacy_settings *settings)
{
	size_t kept = 0;

	for (size_t i = 0; i < settings->edit_count; i++)
		if (edit_is_changed(&settings->edits[i]))
			settings->edits[kept++] = settings->edits[i];
		else
			edit_free(&settings->edits[i]);
	settings->edit_count = kept;
}

static int make_changes(struct legacy_settings *settings)
{
	int r = 0;

	settings->changes =
		calloc(settings->edit_count + 1, sizeof(settings->changes[0]));
	if (!settings->changes)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < settings->edit_count; i++)
		r = edit_change(&settings->edits[i],
				&settings->changes[settings->change_count++]);
	return r;
}

static int edit_all(struct scan *scan)
{
	struct legacy_settings *settings = scan->settings;
	int r = scan->error;

	target_decide(scan->targets, scan->target_count, settings->item_count > 0);
	for (size_t i = 0; r == 0 && i < scan->target_count; i++)
		r = target_edit(&scan->targets[i], settings);
	drop_unchanged(settings);
	settings->needs_image = scan->uki_cmdline && settings->item_count;
	for (size_t i = 0; i < settings->edit_count; i++)
		settings->needs_grub |= legacy_is_of_grub(settings->edits[i].path);
	return r < 0 ? r : make_changes(settings);
}

int legacy_find(const struct host *host, struct legacy_settings *ret)
{
	struct scan scan = { .host = host, .settings = ret };
	int r = -ENODEV;

	*ret = (struct legacy_settings){ 0 };
	if (machine_read(host, &scan.machine) == 0) {
		scan.uses_grub = boot_uses_grub(host->root_fd, &scan.uses_entries);
		scan.uki_cmdline = read_uki_cmdline(host->root_fd);
		scan.uses_entries |= !scan.uses_grub && !scan.uki_cmdline;
		read_all(&scan);
		r = edit_all(&scan);
	}
	for (size_t i = 0; i < scan.target_count; i++)
		target_free(&scan.targets[i]);
	free(scan.targets);
	free(scan.uki_cmdline);
	machine_free(&scan.machine);
	return r;
}

char *legacy_parameter(const struct legacy_settings *settings)
{
	struct wordlist none = { 0 };

	return settings_parameter(settings, &none);
}
