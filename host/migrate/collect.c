/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "boot/boot.h"
#include "initramfs/initramfs.h"
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
	[FORMAT_SYSFS] = { .read_line = read_sysfs },
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

static bool is_about_vfio(struct collector *collector, const char *text)
{
	_cleanup_free_ char *real = collector_uncomment(collector, text);

	return real && (legacy_is_mentioned(real) || strstr(real, "vfio"));
}

static bool has_setting(struct collector *collector, const char *text)
{
	_cleanup_free_ char *real = collector_uncomment(collector, text);

	return real && legacy_is_mentioned(real);
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
	    !is_about_vfio(collector, text))
		return;
	collector_note(
		collector, FACT_UNCLEAR,
		"/%s has legacy settings, but is a link or has several names: edit the file itself",
		path);
}

/* With a blank for each NUL byte; freed by the caller, NULL without memory. */
static char *read_bytes(int root_fd, const char *path)
{
	_cleanup_close_ int fd = beneath_open(root_fd, path);
	struct text_file text;
	FILE *file = text_file_open(&text);
	char bytes[4096];
	ssize_t count;

	while (file && fd >= 0 && (count = read(fd, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < count; i++)
			putc(bytes[i] ? bytes[i] : ' ', file);
	return text_file_close(&text);
}

/* A file that is no text: nobody knows where its reader stops. */
static void read_binary(struct collector *collector, const char *path)
{
	_cleanup_free_ char *text = read_bytes(collector->host->root_fd, path);

	if (!text)
		collector->error = -ENOMEM;
	else if (is_about_vfio(collector, text))
		collector_note(
			collector, FACT_UNCLEAR,
			"/%s has legacy settings, but also a NUL byte: remove that",
			path);
}

static void note_unreadable(struct collector *collector, const char *path, int r)
{
	collector_note(collector, FACT_UNCLEAR, "cannot read /%s: %s%s", path,
		       strerror(-r), r == -EACCES ? "; run this as root" : "");
}

/* DOS line ends would become part of the last word. */
static bool has_dos_lines(struct collector *collector, const char *text)
{
	return strchr(text, '\r') && is_about_vfio(collector, text);
}

/*
 * As libkmod reads a line, comments included: a backslash at its end joins the next one,
 * and others protect the character after them (freadline_wrapped() in shared/util.c).
 */
static char *join_lines(const char **rest, size_t *ret_count)
{
	struct text_file text;
	FILE *file = text_file_open(&text);
	const char *at = *rest;

	*ret_count = 1;
	for (; *at && *at != '\n'; at++) {
		if (*at == '\\' && *++at == '\n') {
			++*ret_count;
			continue;
		}
		if (!*at)
			break;
		if (file)
			putc(*at, file);
	}
	*rest = at + (*at == '\n');
	return text_file_close(&text);
}

static char *take_line(struct collector *collector, const char **rest)
{
	struct text_cursor line;

	collector->line_count = 1;
	if (collector->row->format == FORMAT_MODPROBE)
		return join_lines(rest, &collector->line_count);
	text_next_line(rest, &line);
	return strndup(line.at, (size_t)(line.end - line.at));
}

static void read_line(struct collector *collector, const struct reader *reader,
		      const char **rest)
{
	_cleanup_free_ char *text = take_line(collector, rest);

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

	if (has_dos_lines(collector, rest)) {
		collector_note(
			collector, FACT_UNCLEAR,
			"/%s has legacy settings, but also carriage returns: remove those",
			file->change.path);
		return;
	}
	collector->file = file;
	for (collector->number = 0; *rest; collector->number += collector->line_count)
		read_line(collector, reader, &rest);
}

static void read_file(struct collector *collector, const struct reader *reader,
		      const char *path)
{
	struct fact_file file = { .format = collector->row->format,
				  .is_in_directory = collector->row->suffix };
	struct fact_file *added = NULL;
	int r = change_open(collector->host->root_fd, path, &file.change);

	if (r == -ELOOP || r == -EMLINK)
		read_link(collector, path);
	else if (r == -EILSEQ)
		read_binary(collector, path);
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

/* A file that its readers skip, but that looks like one of theirs. */
static void note_skipped(struct collector *collector, const char *path)
{
	const char *suffix = collector->row->suffix;
	_cleanup_free_ char *text = NULL, *advice = NULL;

	if (beneath_read(collector->host->root_fd, path, &text) < 0 ||
	    !has_setting(collector, text))
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
	    has_setting(collector, text))
		collector_note(collector, FACT_NOTE,
			       "/%s has no effect, since /%s overrides it", path, other);
	return other;
}

static void read_row(struct collector *collector, const struct config_file *row)
{
	const struct reader *reader = &readers[row->format];
	int r;
	_cleanup_free_ char **paths =
		config_file_try_paths(collector->host->root_fd, row, &r);

	if (!paths)
		collector->error = -ENOMEM;
	else if (r < 0)
		note_unreadable(collector, row->path, r);
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

/* -- all of them --------------------------------------------------------------------- */

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

/* What vfio-pci refuses has not worked so far, and does not work with passthru. */
static void note_refused(struct collector *collector, size_t index)
{
	const struct machine *machine = collector->machine;
	const struct fact *fact = &collector->facts->items[index];
	const struct device *first = NULL;
	char more[32] = "";
	size_t count = 0;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (!denylist_has(&device->pci->id) ||
		    !collector_lists(span_of(fact->items), device) ||
		    !denylist_refuses(collector->host, device))
			continue;
		if (count++ == 0)
			first = device;
	}
	if (count > 1)
		snprintf(more, sizeof(more), " and %zu more", count - 1);
	if (first)
		collector_note(collector, FACT_NOTE, "/%s, line %zu: %s%s: %s",
			       collector->facts->files[fact->file].change.path,
			       fact->line + 1, first->address, more, DENYLIST_PHRASE);
}

/* For a boot with a profile, only its own command line tells. */
static bool adopts(const char *text, const char *cmdline)
{
	const struct configuration configuration = { .text = (char *)text };
	struct whole_cmdline whole;
	struct params params = { 0 };
	bool does = whole_cmdline_make(&configuration, cmdline, &whole) == 0 &&
		    params_parse(whole.text, &params) == 0 && params.adopt;

	params_free(&params);
	whole_cmdline_free(&whole);
	return does;
}

/* Whether every boot that matters has passthru.adopt. */
static bool all_adopt(const struct collector *collector)
{
	const struct boots *boots = &collector->boots;
	bool any = false;

	for (size_t i = 0; i < boots->count; i++) {
		if (!boot_matters(&boots->items[i]))
			continue;
		any = true;
		if (!adopts(collector->configuration, boots->items[i].cmdline))
			return false;
	}
	return any || adopts(collector->configuration, "");
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
	collector.error = boots_read(host->root_fd, &collector.boots);
	ret->adopts = all_adopt(&collector);
	for (const struct config_file *row = config_files; row->path; row++)
		if (row->uses & CONFIG_FOR_MIGRATE)
			read_row(&collector, row);
	lists_settle(&collector);
	read_running(&collector);
	for (size_t i = 0, count = ret->count; i < count; i++)
		if (ret->items[i].kind == FACT_REQUEST)
			note_refused(&collector, i);
	note_unreadable_boots(&collector);
	boots_free(&collector.boots);
	return collector.error;
}
