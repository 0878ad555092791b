/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entry that GRUB boots by default, from its menu or from boot entries. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

static const struct {
	const char *config, *environment;
} grub_files[] = {
	{ GRUB_CONFIG, GRUB_ENVIRONMENT },
	{ GRUB2_CONFIG, GRUB2_ENVIRONMENT },
};

/* Freed by the caller; NULL if there is no grub.cfg, or only root may read it. */
static char *read_config(int root_fd)
{
	char *config;

	for (size_t i = 0; i < ARRAY_SIZE(grub_files); i++)
		if (beneath_read(root_fd, grub_files[i].config, &config) == 0)
			return config;
	return NULL;
}

static bool reads_entries(const char *config)
{
	return strstr(config, "\nblscfg");
}

bool grub_detect_entries(int root_fd)
{
	_cleanup_free_ char *config = read_config(root_fd);

	return config && reads_entries(config);
}

bool grub_detect_menu(int root_fd)
{
	_cleanup_free_ char *config = read_config(root_fd);

	return config ? !reads_entries(config) : beneath_exists(root_fd, GRUB_DEFAULTS);
}

/* GRUB adds the kernel's name, and Debian's menu for Xen has a word in its place. */
bool grub_has_booted(int root_fd, const char *running)
{
	(void)root_fd;
	return strstr(running, "BOOT_IMAGE=") ||
	       strncmp(running, "placeholder ", strlen("placeholder ")) == 0;
}

const char *grub_menu_key(int root_fd)
{
	for (size_t i = 0; i < ARRAY_SIZE(grub_files); i++) {
		_cleanup_free_ char *config = NULL;
		_cleanup_free_ char *environment = NULL;

		if (beneath_read(root_fd, grub_files[i].config, &config) < 0)
			continue;
		if (beneath_read(root_fd, grub_files[i].environment, &environment) < 0)
			environment = NULL;
		return menu_key_of_grub(config, environment ? environment : "",
					beneath_exists(root_fd, "sys/firmware/efi"));
	}
	return NULL;
}

/* Returns as grub_menu_read(), or -ENOENT; release the menu in either case. */
static int read_menu(int root_fd, size_t index, struct grub_menu *ret)
{
	_cleanup_free_ char *config = NULL;
	_cleanup_free_ char *environment = NULL;

	*ret = (struct grub_menu){ 0 };
	if (beneath_read(root_fd, grub_files[index].config, &config) < 0)
		return -ENOENT;
	if (beneath_read(root_fd, grub_files[index].environment, &environment) < 0)
		environment = NULL;
	return grub_menu_read(config, environment ? environment : "", ret);
}

static const char *grub_default(const struct grub_menu *menu)
{
	const char *path = grub_variable(&menu->variables, "default");

	return path ? path : "";
}

static const struct grub_entry *first_linux(const struct grub_menu *menu)
{
	for (size_t i = 0; i < menu->count; i++)
		if (menu->entries[i].cmdline)
			return &menu->entries[i];
	return NULL;
}

/* The path of an entry for GRUB_DEFAULT: its IDs, with each ">" in them doubled. */
static void put_path(FILE *file, const struct grub_menu *menu,
		     const struct grub_entry *entry)
{
	if (entry->parent != GRUB_TOP) {
		put_path(file, menu, &menu->entries[entry->parent]);
		fputc('>', file);
	}
	for (const char *at = entry->id; *at; at++) {
		if (*at == '>')
			fputc('>', file);
		fputc(*at, file);
	}
}

/* The path of an entry in a submenu, which GRUB does not find by its name; or NULL. */
static char *find_hidden(const struct grub_menu *menu, const char *name)
{
	struct text_file path;
	FILE *file;

	for (size_t i = 0; i < menu->count; i++) {
		const struct grub_entry *entry = &menu->entries[i];

		if (entry->parent == GRUB_TOP ||
		    (strcmp(entry->title, name) != 0 && strcmp(entry->id, name) != 0))
			continue;
		file = text_file_open(&path);
		if (file)
			put_path(file, menu, entry);
		return text_file_close(&path);
	}
	return NULL;
}

static void note_missing(const struct grub_menu *menu, char *note, size_t size)
{
	const char *name = grub_default(menu);
	const char *saved = grub_variable(&menu->variables, "saved_entry");
	bool is_saved = saved && strcmp(saved, name) == 0;
	_cleanup_free_ char *path = NULL;

	if (menu->is_once) {
		snprintf(
			note, size,
			"grub-reboot chose \"%s\", which is not in GRUB's menu: assuming its first entry",
			name);
		return;
	}
	path = find_hidden(menu, name);
	snprintf(
		note, size,
		"GRUB's default \"%s\" is not in its menu: assuming the first entry; %s %s%s%s%s",
		name,
		is_saved ? "run grub-set-default with"
			 : "set GRUB_DEFAULT in /etc/default/grub to",
		path ? "\"" : "an entry of the menu", path ? path : "",
		path ? "\", since it is in a submenu" : "",
		is_saved ? "" : ", and run update-grub");
}

/* The entry that GRUB boots next, with a note unless it is simply the default. */
static const struct grub_entry *choose(const struct grub_menu *menu, char *note,
				       size_t size)
{
	bool is_found;
	const struct grub_entry *chosen = grub_menu_default(menu, &is_found);
	const struct grub_entry *entry =
		chosen && chosen->cmdline ? chosen : first_linux(menu);

	note[0] = '\0';
	if (!entry)
		return NULL;
	if (!is_found)
		note_missing(menu, note, size);
	else if (chosen != entry)
		snprintf(
			note, size,
			"GRUB's default \"%s\" does not boot Linux: assuming the first entry that does",
			chosen ? chosen->title : grub_default(menu));
	else if (menu->is_once)
		snprintf(note, size, "GRUB boots \"%s\" once, as grub-reboot requested",
			 entry->title);
	return entry;
}

/* The entry, or what the menu boots without one. */
static int add(const struct grub_menu *menu, const char *path,
	       const struct grub_entry *entry, const char *note, struct boot_sources *ret)
{
	const char *cmdline = entry ? entry->cmdline : menu->cmdline;
	struct boot_source *source = boot_sources_add(ret, path, strdup(cmdline));

	if (!source)
		return -ENOMEM;
	source->is_read_by_loader = true;
	snprintf(source->note, sizeof(source->note), "%s", note);
	if (!entry)
		return 0;
	snprintf(source->entry, sizeof(source->entry), "%s", entry->title);
	boot_source_set_kernel(source, entry->kernel);
	return 0;
}

static int add_all(const struct grub_menu *menu, const char *path,
		   struct boot_sources *ret)
{
	int r = menu->cmdline ? add(menu, path, NULL, "", ret) : 0;

	for (size_t i = 0; r == 0 && i < menu->count; i++)
		if (menu->entries[i].cmdline)
			r = add(menu, path, &menu->entries[i], "", ret);
	return r;
}

static int add_default(const struct grub_menu *menu, const char *path,
		       struct boot_sources *ret)
{
	char note[sizeof(ret->items[0].note)];
	const struct grub_entry *entry = choose(menu, note, sizeof(note));

	return entry || menu->cmdline ? add(menu, path, entry, note, ret) : 0;
}

int grub_read_menu(int root_fd, bool all, struct boot_sources *ret)
{
	int r = 0;

	for (size_t i = 0; r != -ENOMEM && i < ARRAY_SIZE(grub_files); i++) {
		struct grub_menu menu;

		r = read_menu(root_fd, i, &menu);
		if (r == 0)
			r = all ? add_all(&menu, grub_files[i].config, ret)
				: add_default(&menu, grub_files[i].config, ret);
		grub_menu_free(&menu);
	}
	return r == -ENOMEM ? r : 0;
}

/* -- boot entries -------------------------------------------------------------------- */

/* GRUB names an entry after its file, without the suffix. */
static bool is_grub_entry(const struct boot_entry *entry, const char *path)
{
	char name[sizeof(entry->id)];

	snprintf(name, sizeof(name), "%.*s", (int)(strrchr(entry->id, '.') - entry->id),
		 entry->id);
	return grub_path_names(path, name) || grub_path_names(path, entry->title);
}

static const struct boot_entry *find_grub_entry(const struct boot_entries *entries,
						const char *path)
{
	bool is_number;
	size_t length = grub_path_part(path, &is_number);
	unsigned long number = is_number ? strtoul(path, NULL, 10) : 0;

	if (length == 0 || is_number)
		return number < entries->count ? &entries->items[number] : NULL;
	for (size_t i = 0; i < entries->count; i++)
		if (is_grub_entry(&entries->items[i], path))
			return &entries->items[i];
	return NULL;
}

/* The options of an entry may contain variables of GRUB. */
static char *expand(const struct grub_menu *menu, const char *options)
{
	struct wordlist wordlist;
	bool has_unset;
	char *text;

	if (grub_script_next(&options, &menu->variables, &wordlist, &has_unset) < 0)
		return NULL;
	text = grub_script_join(&wordlist, 0);
	wordlist_free(&wordlist);
	return text;
}

static int add_expanded(const struct grub_menu *menu, const struct boot_entry *entry,
			const char *note, struct boot_sources *ret)
{
	return bls_add(entry, expand(menu, entry->cmdline ? entry->cmdline : ""), note,
		       ret);
}

static int add_default_entry(const struct grub_menu *menu,
			     const struct boot_entries *entries, struct boot_sources *ret)
{
	const struct boot_entry *entry = find_grub_entry(entries, grub_default(menu));
	char note[512] = "";

	if (!entry) {
		entry = &entries->items[0];
		snprintf(
			note, sizeof(note),
			"GRUB's default \"%s\" is not a boot entry: assuming the first one; run grub2-set-default",
			grub_default(menu));
	} else if (menu->is_once) {
		snprintf(note, sizeof(note),
			 "GRUB boots \"%s\" once, as grub2-reboot requested",
			 entry->title);
	}
	return add_expanded(menu, entry, note, ret);
}

int grub_read_entries(int root_fd, bool all, struct boot_sources *ret)
{
	struct boot_entries entries;
	struct grub_menu menu = { 0 };
	int r = bls_read_for_grub(root_fd, &entries), s = -ENOENT;

	for (size_t i = 0; s == -ENOENT && i < ARRAY_SIZE(grub_files); i++)
		s = read_menu(root_fd, i, &menu);
	if (r == 0 && entries.count && !all)
		r = add_default_entry(&menu, &entries, ret);
	for (size_t i = 0; r == 0 && all && i < entries.count; i++)
		r = add_expanded(&menu, &entries.items[i], "", ret);
	grub_menu_free(&menu);
	bls_free(&entries);
	return r;
}
