/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The word on the kernel command line that turns the IOMMU on: added to the files from
 * which the next boots have theirs, and taken out again. A file of passthru's own has
 * what it added, so that the user's own words stay.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "commands/internal.h"
#include "edit/edit.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "ui/ui.h"

/* -- one file ------------------------------------------------------------------------ */

static struct cmdline_file file_of(const struct host *host, const char *path,
				   const char *variable)
{
	const struct config_file *row = config_file_find(path);
	enum config_format format = row ? row->format : FORMAT_OTHER;

	return (struct cmdline_file){
		.format = format,
		.has_comments = config_file_has_comments(host->root_fd, format),
		.variable = variable,
	};
}

/* Appends the change, which is taken over; one without a difference goes. */
static int keep(struct iommu_edit *edit, struct change *change)
{
	struct change *added;

	if (!change_is_any(change)) {
		change_free(change);
		return 0;
	}
	added = array_append(edit->changes, edit->count);
	if (!added) {
		change_free(change);
		return -ENOMEM;
	}
	*added = *change;
	return 0;
}

static void set_text(struct change *change, char *text)
{
	free(change->new);
	change->new = text;
}

static void refuse(struct iommu_edit *edit, const char *path, const char *why)
{
	if (!edit->obstacle[0])
		snprintf(edit->obstacle, sizeof(edit->obstacle), "/%s: %s", path, why);
}

/* The word in place of nothing: a variable that GRUB's defaults lack. */
static int add_variable(const char *text, const char *word, char **ret)
{
	size_t length = strlen(text);

	if (asprintf(ret, "%s%s" GRUB_CMDLINE "_DEFAULT=\"%s\"\n", text,
		     length && text[length - 1] != '\n' ? "\n" : "", word) >= 0)
		return 0;
	*ret = NULL;
	return -ENOMEM;
}

/* Returns 1 if the file has the word then, 0 with an obstacle, or -ENOMEM. */
static int add_to(const struct host *host, const char *path, const char *variable,
		  bool is_new, struct iommu_edit *edit)
{
	struct cmdline_file file = file_of(host, path, variable);
	struct change change;
	char *text = NULL;
	int r = change_open(host->root_fd, path, &change);

	if (r < 0)
		refuse(edit, path, change_error(r));
	else if (strchr(change.old, '\r'))
		refuse(edit, path, "it has carriage returns: remove them");
	else if (is_new)
		r = add_variable(change.old, edit->word, &text);
	else
		r = cmdline_file_add(&file, change.old, edit->word, &text);
	if (!text) {
		if (r == 0)
			refuse(edit, path, "it has no command line that can be edited");
		change_free(&change);
		return r == -ENOMEM ? r : 0;
	}
	set_text(&change, text);
	r = keep(edit, &change);
	return r < 0 ? r : 1;
}

/* -- GRUB's defaults ----------------------------------------------------------------- */

/* Whether the file assigns the variable, in whatever form. */
static bool assigns(const struct host *host, const char *path, const char *variable)
{
	_cleanup_free_ char *text = NULL;
	struct shell_assignment assignment;
	const char *rest;

	if (beneath_read(host->root_fd, path, &text) < 0)
		return false;
	rest = text;
	while (shell_vars_next(&rest, &assignment))
		if (span_equals(assignment.name, variable))
			return true;
	return false;
}

/* The last one that does is the one that counts. */
static const char *find_assigning(const struct host *host, char **dropins,
				  const char *variable)
{
	const char *found = assigns(host, GRUB_DEFAULTS, variable) ? GRUB_DEFAULTS : NULL;

	for (size_t i = 0; dropins[i]; i++)
		if (assigns(host, dropins[i], variable))
			found = dropins[i];
	return found;
}

/* Whether that variable has the word, as the user or an earlier run wrote it. */
static bool has_word(const struct host *host, const char *path, const char *variable,
		     const char *word)
{
	struct cmdline_file file = file_of(host, path, variable);
	_cleanup_free_ char *text = NULL, *added = NULL;

	return beneath_read(host->root_fd, path, &text) == 0 &&
	       cmdline_file_add(&file, text, word, &added) == 0 && added &&
	       strcmp(text, added) == 0;
}

static int add_to_grub(const struct host *host, struct iommu_edit *edit)
{
	static const char *const variables[] = { GRUB_CMDLINE "_DEFAULT", GRUB_CMDLINE };
	_cleanup_free_ char **dropins =
		dirlist_paths(host->root_fd, GRUB_DEFAULTS ".d", ".cfg");
	const char *path = NULL, *variable = NULL;
	int r;

	if (!dropins)
		return -ENOMEM;
	if (!grub_find_command(host->root_fd)) {
		refuse(edit, GRUB_DEFAULTS,
		       "GRUB's menu cannot be generated from it, since there is no grub-mkconfig");
		return 0;
	}
	for (size_t i = ARRAY_SIZE(variables); i-- > 0;) {
		const char *found = find_assigning(host, dropins, variables[i]);

		/* Then only the menu lacks it. */
		if (found && has_word(host, found, variables[i], edit->word)) {
			edit->needs_grub = true;
			return 1;
		}
		if (found) {
			path = found;
			variable = variables[i];
		}
	}
	edit->variable = path ? variable : variables[0];
	r = add_to(host, path ? path : GRUB_DEFAULTS, edit->variable, !path, edit);
	edit->needs_grub |= r > 0;
	return r;
}

/* -- all files ----------------------------------------------------------------------- */

static bool has_change(const struct iommu_edit *edit, const char *path)
{
	for (size_t i = 0; i < edit->count; i++)
		if (strcmp(edit->changes[i].path, path) == 0)
			return true;
	return false;
}

static bool is_of(const char *path, enum config_format format)
{
	const struct config_file *row = config_file_find(path);

	return row && row->format == format;
}

/* All entries of this system, as they may be chosen. */
static int add_to_entries(const struct host *host, struct iommu_edit *edit)
{
	struct boot_sources all;
	int r = boot_read_all(host->root_fd, &all);

	for (size_t i = 0; r >= 0 && i < all.count; i++)
		if (is_of(all.items[i].path, FORMAT_BOOT_ENTRY) &&
		    boot_matters(&all.items[i]) && !has_change(edit, all.items[i].path))
			r = add_to(host, all.items[i].path, NULL, false, edit);
	boot_sources_free(&all);
	return r < 0 ? r : 0;
}

/* Why the word cannot be added to the next boot, which nothing here writes; or NULL. */
static const char *find_reason(const struct host *host, const struct boot_source *next)
{
	if (!next)
		return "passthru does not know the files of the boot loader that booted this system";
	if (next->is_uki || next->is_fragment)
		return "the command line is a part of the unified kernel image, and set where that is built";
	if (beneath_exists(host->root_fd, KERNELSTUB))
		return "kernelstub writes the boot entries: run kernelstub -a with the word";
	return NULL;
}

static int add_everywhere(const struct host *host, const struct boot_source *next,
			  struct iommu_edit *edit)
{
	static const char file[] = "etc/kernel/cmdline";
	unsigned formats = boot_used_formats(host->root_fd);
	bool is_grubs =
		formats & 1U << FORMAT_GRUB && !is_of(next->path, FORMAT_BOOT_ENTRY);
	int r = 0;

	if (formats & 1U << FORMAT_BOOT_ENTRY)
		r = add_to_entries(host, edit);
	if (r >= 0 && beneath_exists(host->root_fd, file) &&
	    (formats & 1U << FORMAT_CMDLINE || strcmp(next->path, file) == 0))
		r = add_to(host, file, NULL, false, edit);
	if (r >= 0 && (is_grubs || (formats & 1U << FORMAT_GRUB &&
				    beneath_exists(host->root_fd, GRUB_DEFAULTS) &&
				    grub_find_command(host->root_fd))))
		r = add_to_grub(host, edit);
	if (r >= 0 && !(is_grubs && edit->needs_grub) && !has_change(edit, next->path))
		refuse(edit, next->path, "passthru cannot edit what it is made from");
	return r < 0 ? r : 0;
}

/* What was added, for disable. Changed first, so that it is never short. */
static int add_record(const struct host *host, struct iommu_edit *edit)
{
	struct change change;
	struct text_file text;
	FILE *file = text_file_open(&text);
	int r = change_open(host->root_fd, IOMMU_FILE, &change);

	if (file && change.old)
		fputs(change.old, file);
	for (size_t i = 0; file && i < edit->count; i++)
		fprintf(file, "%s %s %s\n", edit->word,
			is_of(edit->changes[i].path, FORMAT_GRUB) ? edit->variable : "-",
			edit->changes[i].path);
	set_text(&change, text_file_close(&text));
	if (r == -ENOENT)
		r = 0;
	if (r == 0 && !change.new)
		r = -ENOMEM;
	if (r == 0)
		return keep(edit, &change);
	refuse(edit, IOMMU_FILE, change_error(r));
	change_free(&change);
	return r == -ENOMEM ? r : 0;
}

static int find_changes(const struct host *host, const struct boot_sources *sources,
			struct iommu_edit *edit)
{
	const char *unread = boot_find_unreadable(host->root_fd, sources);
	const struct boot_source *next = boot_next(sources);
	const char *reason = find_reason(host, next);
	int r;

	if (unread)
		refuse(edit, unread, "it cannot be read; run this as root");
	else if (reason)
		snprintf(edit->obstacle, sizeof(edit->obstacle), "%s", reason);
	if (edit->obstacle[0])
		return 0;
	r = add_everywhere(host, next, edit);
	return r < 0 || !edit->count ? r : add_record(host, edit);
}

int iommu_edit_add(const struct host *host, const struct machine *machine,
		   struct iommu_edit *ret)
{
	struct boot_sources sources;
	const struct boot_source *next;
	int r = boot_read(host->root_fd, &sources);

	*ret = (struct iommu_edit){ 0 };
	if (r == 0) {
		next = boot_next(&sources);
		ret->word = iommu_find_word(host, machine, next ? next->cmdline : "");
	}
	if (r == 0 && ret->word)
		r = find_changes(host, &sources, ret);
	boot_sources_free(&sources);
	if (ret->obstacle[0])
		iommu_edit_free(ret);
	return r;
}

bool iommu_is_added(const struct host *host, const struct machine *machine)
{
	struct boot_sources sources;
	const struct boot_source *next;
	bool is_added;

	/* Elsewhere, what reads the files is still to be run. */
	if (!host->is_this)
		return true;
	if (boot_read(host->root_fd, &sources) < 0) {
		boot_sources_free(&sources);
		return false;
	}
	next = boot_next(&sources);
	is_added = !iommu_find_word(host, machine, next ? next->cmdline : "");
	boot_sources_free(&sources);
	return is_added;
}

/* -- undoing ------------------------------------------------------------------------- */

const char *iommu_hint(const char *advice)
{
	return advice && strncmp(advice, "boot with intel_iommu=on", 24) == 0
		       ? "; passthru enable --iommu WHAT adds it"
		       : "";
}

/* A line of the record. */
struct added {
	char *word, *variable, *path;
};

static void free_added(struct added *added)
{
	free(added->word);
	free(added->variable);
	free(added->path);
}

/* Returns 0 or -ENOMEM. A line that is none has no path, or one that is not known. */
static int read_added(struct text_cursor line, struct added *ret)
{
	struct span word = wordlist_next(&line), variable;

	(void)wordlist_next_blanks(&line);
	variable = wordlist_next(&line);
	(void)wordlist_next_blanks(&line);
	*ret = (struct added){ strndup(word.at, word.length),
			       strndup(variable.at, variable.length),
			       strndup(line.at, (size_t)(line.end - line.at)) };
	return ret->word && ret->variable && ret->path ? 0 : -ENOMEM;
}

/* Returns 1 if the file lacks the word then, 0 with an obstacle, or a negative errno. */
static int remove_from(const struct host *host, const struct added *added,
		       struct iommu_edit *edit)
{
	struct cmdline_file file = file_of(
		host, added->path, added->variable[0] == '-' ? NULL : added->variable);
	struct change change;
	char *text = NULL;
	int r = change_open(host->root_fd, added->path, &change);

	if (r == 0)
		r = cmdline_file_remove(&file, change.old, added->word, &text);
	if (text) {
		set_text(&change, text);
		edit->needs_grub |= file.format == FORMAT_GRUB && change_is_any(&change);
		r = keep(edit, &change);
		return r < 0 ? r : 1;
	}
	change_free(&change);
	if (r == -ENOENT)
		return 1;
	if (r == -EINVAL)
		refuse(edit, added->path,
		       "the line with it is of a form that passthru does not edit");
	else if (r == -ELOOP || r == -EMLINK || r == -EILSEQ)
		refuse(edit, added->path, change_error(r));
	else
		return r;
	return 0;
}

/* Takes back what the record lists; writes the lines of what stays to the file. */
static int remove_all(const struct host *host, const char *record,
		      struct iommu_edit *edit, FILE *left)
{
	struct text_cursor line;
	int r = 1;

	while (r >= 0 && text_next_line(&record, &line)) {
		struct added added;

		r = read_added(line, &added);
		if (r == 0 && added.path[0] && config_file_find(added.path)) {
			r = remove_from(host, &added, edit);
			if (r == 0)
				fprintf(left, "%.*s\n", (int)(line.end - line.at),
					line.at);
		}
		free_added(&added);
	}
	return r < 0 ? r : 0;
}

/* The record goes last, and so is the first of the changes. */
int iommu_edit_remove(const struct host *host, struct iommu_edit *ret)
{
	struct change record;
	_cleanup_free_ char *text = NULL;
	struct text_file left;
	FILE *file;
	int r = change_open(host->root_fd, IOMMU_FILE, &record);

	*ret = (struct iommu_edit){ 0 };
	if (r < 0) {
		change_free(&record);
		return r == -ENOENT ? 0 : r;
	}
	text = strdup(record.old);
	file = text_file_open(&left);
	set_text(&record, NULL);
	r = keep(ret, &record);
	if (r == 0)
		r = text && file ? remove_all(host, text, ret, file) : -ENOMEM;
	free(text);
	text = text_file_close(&left);
	if (r < 0 || !text)
		return r < 0 ? r : -ENOMEM;
	if (text[0])
		set_text(&ret->changes[0], take_pointer(text));
	if (change_is_any(&ret->changes[0]))
		return 0;
	change_free(&ret->changes[0]);
	memmove(ret->changes, ret->changes + 1, --ret->count * sizeof(ret->changes[0]));
	return 0;
}

void iommu_edit_free(struct iommu_edit *edit)
{
	for (size_t i = 0; i < edit->count; i++)
		change_free(&edit->changes[i]);
	free(edit->changes);
	edit->changes = NULL;
	edit->count = 0;
	edit->needs_grub = false;
}
