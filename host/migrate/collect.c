/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "boot/boot.h"
#include "lib/lib.h"
#include "migrate/internal.h"

/* A row for each format: either read_line or read_file. Other formats are not read. */
static const struct reader {
	void (*read_line)(struct collector *collector, const char *line);
	void (*read_file)(struct collector *collector, const char *path);
} readers[] = {
	[FORMAT_MODPROBE] = { .read_line = read_modprobe },
	[FORMAT_MODULES] = { .read_line = read_modules },
	[FORMAT_DRACUT] = { .read_line = read_dracut },
	[FORMAT_MKINITCPIO] = { .read_line = read_mkinitcpio },
	[FORMAT_DRIVERCTL] = { .read_line = read_driverctl },
	[FORMAT_BOOT_ENTRY] = { .read_line = read_boot_entry },
	[FORMAT_GRUB] = { .read_line = read_grub },
	[FORMAT_CMDLINE] = { .read_line = read_plain_cmdline },
	[FORMAT_FRAGMENT] = { .read_line = read_plain_cmdline },
	[FORMAT_GENERATED] = { .read_file = read_generated },
	[FORMAT_SCRIPT] = { .read_file = read_script },
};

/* -- files --------------------------------------------------------------------------- */

static bool is_same_file(int root_fd, const char *a, const char *b)
{
	struct stat left, right;

	return fstatat(root_fd, a, &left, 0) == 0 &&
	       fstatat(root_fd, b, &right, 0) == 0 && left.st_dev == right.st_dev &&
	       left.st_ino == right.st_ino;
}

/*
 * A link, or a file with several names, may belong to another program. libkmod and GRUB
 * read it all the same.
 */
static void read_link(struct collector *collector, const char *path)
{
	_cleanup_free_ char *text = NULL;

	/* Debian has a link to /etc/modules in modules-load.d. */
	if (is_same_file(collector->host->root_fd, path, "etc/modules") ||
	    beneath_read(collector->host->root_fd, path, &text) < 0 ||
	    (!legacy_is_mentioned(text) && !strstr(text, "vfio")))
		return;
	collector_note(
		collector, FACT_UNCLEAR,
		"/%s has legacy settings, but is a link or has several names: edit the file itself",
		path);
}

static void note_unreadable(struct collector *collector, const char *path, int r)
{
	collector_note(collector, FACT_UNCLEAR, "cannot read /%s: %s%s", path,
		       strerror(-r), r == -EACCES ? "; run this as root" : "");
}

/* DOS line ends would become part of the last word. */
static bool has_dos_lines(const char *text)
{
	return strchr(text, '\r') && strstr(text, "vfio");
}

static void read_line(struct collector *collector, const struct reader *reader,
		      struct text_cursor line)
{
	_cleanup_free_ char *text = strndup(line.at, (size_t)(line.end - line.at));

	collector->line = text;
	if (text)
		reader->read_line(collector, text);
	else
		collector->error = -ENOMEM;
}

static void read_lines(struct collector *collector, const struct reader *reader,
		       const struct fact_file *file)
{
	const char *rest = file->change.old;
	struct text_cursor line;

	if (has_dos_lines(rest)) {
		collector_note(
			collector, FACT_UNCLEAR,
			"/%s has legacy settings, but also carriage returns: remove those",
			file->change.path);
		return;
	}
	collector->file = file;
	for (collector->number = 0; text_next_line(&rest, &line); collector->number++)
		read_line(collector, reader, line);
}

static void read_file(struct collector *collector, const struct reader *reader,
		      const char *path)
{
	struct fact_file file = { .format = collector->row->format,
				  .is_in_directory = collector->row->suffix };
	struct fact_file *added = NULL;
	int r = change_open(collector->host->root_fd, path, &file.change);

	if (r == -ELOOP)
		read_link(collector, path);
	else if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		note_unreadable(collector, path, r);
	else if (r == 0) {
		added = array_append(collector->facts->files,
				     collector->facts->file_count);
		if (!added)
			collector->error = -ENOMEM;
	}
	if (added) {
		*added = file;
		read_lines(collector, reader, added);
	} else {
		change_free(&file.change);
	}
}

/* A copy that an editor, a package manager or the user keeps on purpose. */
static bool is_copy(const char *name, const char *suffix)
{
	const char *found = strstr(name, suffix);

	return found && (found[strlen(suffix)] == '.' || found[strlen(suffix)] == '~' ||
			 found[strlen(suffix)] == '-' || found[strlen(suffix)] == '_');
}

/* Whether a line that is no comment has a legacy setting. */
static bool has_setting(const char *text)
{
	struct text_cursor line;

	while (text_next_line(&text, &line)) {
		_cleanup_free_ char *copy =
			strndup(line.at, (size_t)(line.end - line.at));

		if (copy && copy[strspn(copy, " \t")] != '#' && legacy_is_mentioned(copy))
			return true;
	}
	return false;
}

/* A file that its readers skip, but that looks like one of theirs. */
static void note_skipped(struct collector *collector, const char *path)
{
	const char *suffix = collector->row->suffix;
	_cleanup_free_ char *text = NULL, *advice = NULL;

	if (beneath_read(collector->host->root_fd, path, &text) < 0 || !has_setting(text))
		return;
	if (is_copy(beneath_name(path), suffix)) {
		collector_note(collector, FACT_NOTE,
			       "/%s is not read, since its name does not end in %s", path,
			       suffix);
		return;
	}
	advice = collector_advise(collector, text);
	if (!advice)
		collector->error = -ENOMEM;
	else
		collector_note(collector, FACT_CHECK,
			       "/%s is not read: its name must end in %s; remove it%s",
			       path, suffix, advice);
}

/* The other files in the directory of a row. */
static void read_skipped(struct collector *collector)
{
	const struct config_file *row = collector->row;
	_cleanup_free_ char **paths = NULL;

	if (!row->suffix || !row->suffix[0] || collector->is_foreign)
		return;
	paths = dirlist_paths(collector->host->root_fd, row->path, "");
	if (!paths)
		collector->error = -ENOMEM;
	for (size_t i = 0; paths && paths[i]; i++)
		if (!config_file_find(paths[i]))
			note_skipped(collector, paths[i]);
}

/*
 * The file that overrides the one at the path: with the same name in a directory of
 * modprobe.d(5) before this one. Freed by the caller, or NULL.
 */
static char *find_overriding(const struct collector *collector, const char *path)
{
	char *found = NULL;

	if (collector->row->format != FORMAT_MODPROBE)
		return NULL;
	for (const struct config_file *at = config_files; !found && at != collector->row;
	     at++)
		if (at->format == FORMAT_MODPROBE)
			found = beneath_find(collector->host->root_fd, "%s/%s", at->path,
					     beneath_name(path));
	return found;
}

/* Notes a file with a list of devices that does not count. Returns whether it does not.
 */
static bool is_overridden(struct collector *collector, const char *path)
{
	_cleanup_free_ char *other = find_overriding(collector, path), *text = NULL;

	if (other && beneath_read(collector->host->root_fd, path, &text) == 0 &&
	    has_setting(text))
		collector_note(collector, FACT_NOTE,
			       "/%s has no effect, since /%s overrides it", path, other);
	return other;
}

static void read_row(struct collector *collector, const struct config_file *row)
{
	const struct reader *reader = &readers[row->format];
	_cleanup_free_ char **paths = config_file_paths(collector->host->root_fd, row);

	if (!paths)
		collector->error = -ENOMEM;
	collector->row = row;
	collector->is_foreign = row->uses & CONFIG_IS_FOREIGN;
	for (size_t i = 0; paths && paths[i]; i++) {
		if (is_overridden(collector, paths[i]))
			continue;
		if (reader->read_file)
			reader->read_file(collector, paths[i]);
		else
			read_file(collector, reader, paths[i]);
	}
	read_skipped(collector);
}

/* -- lists of devices in modprobe.d(5) ----------------------------------------------- */

static const struct fact_file *find_file(const struct facts *facts,
					 const struct fact *fact)
{
	const struct fact_file *file =
		fact->file == NO_FILE ? NULL : &facts->files[fact->file];

	return fact->kind == FACT_REQUEST && file && file->format == FORMAT_MODPROBE
		       ? file
		       : NULL;
}

/* libkmod sorts the files of all directories by name, and the module gets all options. */
static bool comes_after(const struct facts *facts, const struct fact *a,
			const struct fact *b)
{
	int order = strcmp(beneath_name(facts->files[a->file].change.path),
			   beneath_name(facts->files[b->file].change.path));

	return order > 0 || (order == 0 && a->line > b->line);
}

/* The list that counts: the module's parameter has the last of them. */
static size_t find_last_list(const struct facts *facts)
{
	size_t last = facts->count;

	for (size_t i = 0; i < facts->count; i++)
		if (find_file(facts, &facts->items[i]) &&
		    (last == facts->count ||
		     comes_after(facts, &facts->items[i], &facts->items[last])))
			last = i;
	return last;
}

static bool has_all_items(const char *list, const char *items)
{
	struct span item, rest = span_of(items);

	while (span_next_item(&rest, &item)) {
		struct span other, others = span_of(list);
		bool found = false;

		while (span_next_item(&others, &other))
			found |= item.length == other.length &&
				 strncasecmp(item.at, other.at, item.length) == 0;
		if (!found)
			return false;
	}
	return true;
}

/* Whether vfio-pci has one of these devices now, for whatever reason. */
static bool is_in_effect(const struct machine *machine, const char *items)
{
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].is_claimed &&
		    collector_lists(span_of(items), &machine->devices[i]))
			return true;
	return false;
}

/*
 * The devices of the other lists are not requested by any boot. A package's list stays a
 * request: once the others are removed, it counts.
 */
static void drop_other_lists(struct collector *collector)
{
	struct facts *facts = collector->facts;
	size_t count = facts->count, last = find_last_list(facts);

	for (size_t i = 0; i < count; i++) {
		struct fact *fact = &facts->items[i];
		const struct fact_file *file = find_file(facts, fact);
		const struct fact *counts = &facts->items[last];
		_cleanup_free_ char *items = NULL;

		if (!file || i == last || !fact->has_edit ||
		    has_all_items(counts->items, fact->items) ||
		    is_in_effect(collector->machine, fact->items))
			continue;
		items = fact->items;
		fact->items = strdup("");
		if (!fact->items)
			collector->error = -ENOMEM;
		collector_note(
			collector, FACT_NOTE,
			"/%s, line %zu: ids=%s has no effect, since /%s, line %zu, overrides it",
			file->change.path, fact->line + 1, items,
			facts->files[counts->file].change.path, counts->line + 1);
	}
}

/* Boot entries in a directory that cannot be read would simply be missing. */
static void note_unreadable_boots(struct collector *collector)
{
	struct boot_sources sources;
	const char *path = NULL;

	if (boot_read(collector->host->root_fd, &sources) == 0)
		path = boot_find_unreadable(collector->host->root_fd, &sources);
	if (path)
		note_unreadable(collector, path, -EACCES);
	boot_sources_free(&sources);
}

int collect_facts(const struct host *host, const struct machine *machine,
		  const char *configuration, struct facts *ret)
{
	struct collector collector = { .host = host,
				       .machine = machine,
				       .configuration = configuration,
				       .facts = ret,
				       .used = boot_used_formats(host->root_fd) };

	*ret = (struct facts){ 0 };
	for (const struct config_file *row = config_files; row->path; row++)
		if (row->uses & CONFIG_FOR_MIGRATE)
			read_row(&collector, row);
	drop_other_lists(&collector);
	read_running(&collector);
	note_unreadable_boots(&collector);
	return collector.error;
}
