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

/* A file in /etc/modprobe.d overrides one with the same name elsewhere. */
static bool is_overridden(const struct collector *collector, const char *path)
{
	char other[512];

	return collector->is_foreign &&
	       path_format(other, sizeof(other), "etc/modprobe.d/%s",
			   beneath_name(path)) == 0 &&
	       beneath_exists(collector->host->root_fd, other);
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
		  struct facts *ret)
{
	struct collector collector = { .host = host,
				       .machine = machine,
				       .facts = ret,
				       .used = boot_used_formats(host->root_fd) };

	*ret = (struct facts){ 0 };
	for (const struct config_file *row = config_files; row->path; row++)
		if (row->uses & CONFIG_FOR_MIGRATE)
			read_row(&collector, row);
	read_running(&collector);
	note_unreadable_boots(&collector);
	return collector.error;
}
