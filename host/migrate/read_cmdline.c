/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files with a kernel command line as it is: boot entries, kernel-install's, cmdline.d.
 * And what is read, but not edited: programs that bind devices, and GRUB's menu.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "migrate/internal.h"

/* Whether a file that some boot reads has the list of IDs, under whatever name. */
static bool is_in_files(const struct collector *collector, const char *list)
{
	for (size_t i = 0; i < collector->facts->file_count; i++) {
		const struct fact_file *file = &collector->facts->files[i];

		if (collector_uses(collector, file->format) &&
		    strstr(file->change.old, list))
			return true;
	}
	return false;
}

/* -- boot entries -------------------------------------------------------------------- */

/* An entry that is there to repair the system: dracut's, and Pop!_OS's. */
static bool is_rescue(const char *path)
{
	return strcasestr(beneath_name(path), "rescue") ||
	       strcasestr(beneath_name(path), "recovery");
}

void read_boot_entry(struct collector *collector, const char *line)
{
	const char *options = boot_entry_options(line);

	if (!options || !legacy_is_mentioned(options))
		return;
	if (is_rescue(collector->file->change.path))
		collector_note_line(collector, FACT_NOTE,
				    "left unchanged, since the entry is for repairs");
	else if (beneath_exists(collector->host->root_fd, KERNELSTUB))
		collector_note_line(
			collector, FACT_UNCLEAR,
			"kernelstub writes this file; rename the parameter with kernelstub -d and -a");
	else
		collector_add_cmdline(collector, span_of(options), FORMAT_BOOT_ENTRY);
}

/* -- nothing but a command line ------------------------------------------------------ */

/* kernel-install reads the file in /usr only if there is none in /etc. */
static void read_foreign(struct collector *collector, const char *line)
{
	if (legacy_is_mentioned(line) && collector_uses(collector, FORMAT_CMDLINE) &&
	    !beneath_exists(collector->host->root_fd, "etc/kernel/cmdline"))
		collector_note_line(
			collector, FACT_UNCLEAR,
			"a package's file; create /etc/kernel/cmdline to override it");
}

void read_plain_cmdline(struct collector *collector, const char *line)
{
	if (line[0] == '#' &&
	    config_file_has_comments(collector->host->root_fd, collector->row->format))
		return;
	if (collector->is_foreign)
		read_foreign(collector, line);
	else
		collector_add_cmdline(collector, span_of(line), collector->row->format);
}

/*
 * What is on the command line of this boot, but in no file, is set by a boot loader whose
 * files are unknown. The files win: after a change and before the next boot, this boot
 * still has the old parameter.
 */
void read_running(struct collector *collector)
{
	_cleanup_free_ char *text = NULL;
	struct legacy_line rewritten;

	if (beneath_read(collector->host->root_fd, "proc/cmdline", &text) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	if (legacy_rewrite_cmdline(span_of(text), &rewritten) < 0)
		collector->error = -ENOMEM;
	else if (rewritten.items[0] && !is_in_files(collector, rewritten.items))
		collector_note(
			collector, FACT_UNCLEAR,
			"the command line of this boot has a list of devices (%s) that is in no known file: rename the parameter to passthru.ids in your boot loader's configuration, and reboot",
			rewritten.items);
	legacy_line_free(&rewritten);
}

/* -- programs that bind devices ------------------------------------------------------ */

static bool is_about_binding(const char *text)
{
	return strstr(text, "vfio-pci") || strstr(text, "vfio_pci") ||
	       strstr(text, "driver_override");
}

/* Only the author of a script, a rule or a unit knows what else it does. */
static void read_one(struct collector *collector, const char *path)
{
	_cleanup_free_ char *text = NULL, *real = NULL;

	if (beneath_read(collector->host->root_fd, path, &text) == 0)
		real = collector_uncomment(collector, text);
	if (!real || !is_about_binding(real))
		return;
	collector->facts->loads = true;
	collector_note(
		collector, FACT_CHECK,
		"/%s mentions vfio-pci and was left unchanged; remove it if passthru replaces it",
		path);
}

/* Also one directory deeper: drop-ins of units, and dracut's modules. */
void read_script(struct collector *collector, const char *path)
{
	_cleanup_free_ char **names = dirlist_read(collector->host->root_fd, path, "");
	char inside[PATH_MAX];

	if (strcmp(beneath_name(path), "50passthru") == 0)
		return;
	if (names && !names[0])
		read_one(collector, path);
	for (size_t i = 0; names && names[i]; i++)
		if (path_format(inside, sizeof(inside), "%s/%s", path, names[i]) < 0)
			collector->error = -ENAMETOOLONG;
		else
			read_one(collector, inside);
}

/* -- GRUB's menu --------------------------------------------------------------------- */

/* Whether an entry that boots another system has the list. */
static bool is_foreign_list(const struct collector *collector, const char *list)
{
	for (size_t i = 0; i < collector->boots.count; i++)
		if (collector->boots.items[i].is_foreign &&
		    strstr(collector->boots.items[i].cmdline, list))
			return true;
	return false;
}

/* "vfio-pci.ids=", in either way to write it, but not "passthru.ids=". */
static bool is_legacy_list(const char *text, const char *dot)
{
	char module[sizeof("vfio-pci")];
	size_t length = sizeof(module) - 1;

	if ((size_t)(dot - text) < length)
		return false;
	snprintf(module, sizeof(module), "%.*s", (int)length, dot - length);
	return legacy_find_list(module);
}

/* Whether a menu has a list that is in no file which it is generated from. */
static bool has_own_list(struct collector *collector, const char *text)
{
	for (const char *at = text; (at = strstr(at, ".ids=")); at++) {
		_cleanup_free_ char *list = strndup(at, strcspn(at, " \t\n\"'\\"));

		if (!list)
			collector->error = -ENOMEM;
		else if (is_legacy_list(text, at) && !is_in_files(collector, list) &&
			 !is_foreign_list(collector, list))
			return true;
	}
	return false;
}

/* What GRUB reads besides its defaults. */
void read_generated(struct collector *collector, const char *path)
{
	bool is_menu = strcmp(beneath_name(path), "grub.cfg") == 0;
	_cleanup_free_ char *text = NULL, *real = NULL;

	if (collector_uses(collector, FORMAT_GRUB) && !collector->facts->adopts &&
	    beneath_read(collector->host->root_fd, path, &text) == 0)
		real = collector_uncomment(collector, text);
	if (!real ||
	    !(is_menu ? has_own_list(collector, real) : legacy_list_is_mentioned(real)))
		return;
	collector_note(
		collector, FACT_UNCLEAR,
		"/%s has a list of devices that is in no file that passthru can edit: rename the parameter to passthru.ids there",
		path);
}
