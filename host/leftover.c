/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that may have old settings, one after the other. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "boot.h"
#include "directory.h"
#include "file.h"
#include "modconf.h"
#include "search.h"
#include "sysfs.h"

bool leftovers_is_of_grub(const char *path)
{
	return strncmp(path, "etc/default/grub", 16) == 0;
}

typedef void (*line_reader)(struct search *search, const char *line);

static void keep_edit(struct search *search, struct edit *edit)
{
	struct leftovers *found = search->found;
	void *larger;

	if (!search->is_second || !edit_is_changed(edit)) {
		edit_free(edit);
		return;
	}
	larger = realloc(found->edits, (found->edit_count + 1) * sizeof(found->edits[0]));
	if (!larger) {
		edit_free(edit);
		search->error = -ENOMEM;
		return;
	}
	found->edits = larger;
	found->edits[found->edit_count++] = *edit;
}

/* Debian has a link to /etc/modules in modules-load.d. */
static bool is_same_file(int root_fd, const char *a, const char *b)
{
	struct stat left, right;

	return fstatat(root_fd, a, &left, 0) == 0 &&
	       fstatat(root_fd, b, &right, 0) == 0 && left.st_dev == right.st_dev &&
	       left.st_ino == right.st_ino;
}

/* A link is not ours to change: what it leads to may be somebody else's. */
static void note_link(struct search *search, const char *path)
{
	_cleanup_free_ char *text = NULL;

	bool is_read, is_old;

	if (is_same_file(search->host->root_fd, path, "etc/modules") ||
	    file_read(search->host->root_fd, path, &text) < 0)
		return;
	is_old = search_has_old_words(text) || strstr(text, "vfio");
	if (!is_old && !(leftovers_is_of_grub(path) && search->uses_grub &&
			 search->found->item_count && !search->has_carrier))
		return;
	search_note(search, "/%s is a link, so it is left; look at what it leads to",
		    path);
	/* libkmod knows what the links in modprobe.d ask for. */
	is_read = strncmp(path, "etc/modprobe.d/", 15) == 0;
	if (is_old && !is_read && (strstr(text, "ids=") || strstr(text, "hide")))
		search->found->is_unclear = true;
}

static void read_file(struct search *search, const char *path, line_reader read)
{
	struct edit edit;
	int r = edit_open(search->host->root_fd, path, &edit);

	if (r == -ELOOP)
		note_link(search, path);
	if (r < 0 && r != -ELOOP && r != -ENOENT) {
		search_note(search, "/%s cannot be read: %s", path, strerror(-r));
		search->found->is_unclear = true;
	}
	if (r < 0)
		return;
	search->edit = &edit;
	for (search->line = 0; search->line < edit.count; search->line++)
		read(search, edit.lines[search->line].old);
	search->edit = NULL;
	keep_edit(search, &edit);
}

static void read_files(struct search *search, const char *directory, const char *end,
		       line_reader read)
{
	_cleanup_free_ char **names =
		directory_list(search->host->root_fd, directory, end);
	size_t count = 0;
	char path[512];

	while (names && names[count])
		count++;
	/* The last one comes first: of GRUB's it is the one that counts. */
	while (count-- > 0) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[count]);
		read_file(search, path, read);
	}
}

/* A file of driverctl's: its name is the address, what is in it the driver. */
static void read_override(struct search *search, const char *path, const char *address)
{
	struct edit edit;

	if (edit_open(search->host->root_fd, path, &edit) < 0)
		return;
	if (edit.count != 1 || strcmp(edit.lines[0].old, "vfio-pci") != 0)
		;
	else if (!search_add_address(search, span_of(address)))
		search_note(search, "/%s: that device is not here, so it is left", path);
	else
		edit.is_deleted = true;
	keep_edit(search, &edit);
}

static void read_overrides(struct search *search)
{
	char **names = directory_list(search->host->root_fd, "etc/driverctl.d", "");
	char path[512];

	for (size_t i = 0; names && names[i]; i++) {
		const char *address = names[i];

		if (strncmp(address, "pci-", 4) == 0)
			address += 4;
		snprintf(path, sizeof(path), "etc/driverctl.d/%s", names[i]);
		read_override(search, path, address);
	}
	free(names);
}

/* Programs of others, which nobody but their author can take back. */
static void look_for_scripts(struct search *search)
{
	static const char *const directories[] = {
		"etc/initramfs-tools/hooks",
		"etc/initramfs-tools/scripts/init-top",
		"etc/initramfs-tools/scripts/init-premount",
		"etc/udev/rules.d",
		"etc/systemd/system",
	};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		char **names = directory_list(search->host->root_fd, directories[i], "");
		char path[512];

		for (size_t j = 0; names && names[j]; j++) {
			struct edit edit;
			bool found = false;

			snprintf(path, sizeof(path), "%s/%s", directories[i], names[j]);
			if (edit_open(search->host->root_fd, path, &edit) < 0)
				continue;
			for (size_t line = 0; line < edit.count; line++)
				found |= strstr(edit.lines[line].old, "vfio-pci") ||
					 strstr(edit.lines[line].old, "driver_override");
			edit_free(&edit);
			if (found)
				search_note(search,
					    "/%s has to do with vfio-pci, and is left",
					    path);
		}
		free(names);
	}
}

/* The last word on what counts is libkmod's: it knows files that are none of ours. */
static void check_modconf(struct search *search)
{
	_cleanup_free_ char *ids = modconf_ids(search->host->root);

	if (ids)
		(void)search_add_ids(search, ids);
}

static void note_foreign(struct search *search)
{
	_cleanup_free_ char *files = modconf_foreign(search->host->root_fd);

	if (files && files[0])
		search_note(search,
			    "not in /etc, so they are left; a file of the same name in "
			    "/etc/modprobe.d replaces them: %s",
			    files);
}

/* What kernel-install goes by where /etc has nothing. */
static void note_vendor_cmdline(struct search *search)
{
	static const char path[] = "usr/lib/kernel/cmdline";
	_cleanup_free_ char *text = NULL;

	if (sysfs_exists(search->host->root_fd, "etc/kernel/cmdline") ||
	    file_read(search->host->root_fd, path, &text) < 0 ||
	    !search_has_old_words(text))
		return;
	search_note(search,
		    "/%s has settings of the old way, and is left; /etc/kernel/cmdline "
		    "replaces "
		    "it",
		    path);
}

/*
 * What this boot was started with, where no file that is known says it: another boot
 * loader's configuration does.
 */
static void read_running(struct search *search)
{
	_cleanup_free_ char *text = NULL;
	struct words words;

	if (search->has_carrier || search->found->item_count ||
	    file_read(search->host->root_fd, "proc/cmdline", &text) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	if (words_split(text, &words) < 0)
		return;
	for (size_t i = 0; i < words.count; i++)
		if (leftover_carries(search, words.items[i]))
			search->is_running = true;
	words_free(&words);
}

static void note_running(struct search *search)
{
	if (search->is_running)
		search_note(
			search,
			"the running command line has settings of the old way, and no "
			"file that is known sets them: take them out where you set "
			"them");
}

static void search_all(struct search *search)
{
	search->set_later = search->set_here = 0;
	read_files(search, "etc/modprobe.d", ".conf", leftover_read_modprobe);
	if (!search->is_second)
		check_modconf(search);
	read_file(search, "etc/modules", leftover_read_modules);
	read_files(search, "etc/modules-load.d", ".conf", leftover_read_modules);
	read_file(search, "etc/initramfs-tools/modules", leftover_read_modules);
	read_file(search, "etc/dracut.conf", leftover_read_dracut);
	read_files(search, "etc/dracut.conf.d", ".conf", leftover_read_dracut);
	read_overrides(search);
	read_files(search, "boot/loader/entries", ".conf", leftover_read_entry);
	read_files(search, "boot/efi/loader/entries", ".conf", leftover_read_entry);
	read_files(search, "efi/loader/entries", ".conf", leftover_read_entry);
	read_files(search, "etc/default/grub.d", ".cfg", leftover_read_grub);
	read_file(search, "etc/default/grub", leftover_read_grub);
	read_file(search, "etc/kernel/cmdline", leftover_read_cmdline);
	read_files(search, "etc/cmdline.d", ".conf", leftover_read_part);
	if (!search->is_second) {
		read_running(search);
		return;
	}
	look_for_scripts(search);
	note_foreign(search);
	note_vendor_cmdline(search);
	note_running(search);
}

/* The command line of the unified kernel image that the next boot is by, or NULL. */
static char *find_image(int root_fd)
{
	struct boot_sources sources;
	const struct boot_source *next;
	char *cmdline = NULL;

	if (boot_read(root_fd, &sources) == 0) {
		next = boot_next(&sources);
		if (next && next->is_image)
			cmdline = strdup(next->cmdline);
	}
	boot_sources_free(&sources);
	return cmdline;
}

static void find_consequences(const struct search *search)
{
	struct leftovers *found = search->found;

	found->needs_image = search->image && found->item_count;
	for (size_t i = 0; i < found->edit_count; i++)
		found->needs_grub |= leftovers_is_of_grub(found->edits[i].path);
}

int leftovers_find(const struct host *host, struct leftovers *ret)
{
	struct search search = { .host = host, .found = ret };

	*ret = (struct leftovers){ 0 };
	if (machine_read(host, &search.machine) < 0) {
		machine_free(&search.machine);
		return -ENODEV;
	}
	search.uses_grub = boot_uses_grub(host->root_fd, &search.uses_entries);
	search.image = find_image(host->root_fd);
	search.uses_entries |= !search.uses_grub && !search.image;
	search_all(&search);
	search.is_second = true;
	search_all(&search);
	find_consequences(&search);
	free(search.image);
	machine_free(&search.machine);
	return search.error;
}

void leftovers_free(struct leftovers *leftovers)
{
	for (size_t i = 0; i < leftovers->edit_count; i++)
		edit_free(&leftovers->edits[i]);
	for (size_t i = 0; i < leftovers->item_count; i++)
		free(leftovers->items[i]);
	for (size_t i = 0; i < leftovers->note_count; i++)
		free(leftovers->notes[i]);
	free(leftovers->edits);
	free(leftovers->items);
	free(leftovers->notes);
	*leftovers = (struct leftovers){ 0 };
}

char *leftovers_parameter(const struct leftovers *leftovers)
{
	struct words none = { 0 };

	return leftover_missing(leftovers, &none);
}
