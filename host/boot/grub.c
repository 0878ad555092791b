/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entry that GRUB boots by default, from its menu or from boot entries. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

/* -- its files ----------------------------------------------------------------------- */

/* Returns as grub_menu_read(), or -ENOENT; release the menu in either case. */
static int read_menu(int root_fd, const char *path, struct grub_menu *ret)
{
	_cleanup_free_ char *config = NULL;
	_cleanup_free_ char *environment = NULL;

	*ret = (struct grub_menu){ 0 };
	if (beneath_read(root_fd, path, &config) < 0)
		return -ENOENT;
	environment = grub_read_environment(root_fd, path);
	return grub_menu_read(config, environment ? environment : "", ret);
}

/* The same for the first grub.cfg that can be read, whose path the caller frees. */
static int read_first_menu(int root_fd, char **ret_path, struct grub_menu *ret)
{
	struct wordlist configs;
	int r = grub_find_configs(root_fd, &configs), s = -ENOENT;

	*ret = (struct grub_menu){ 0 };
	*ret_path = NULL;
	for (size_t i = 0; r == 0 && s == -ENOENT && i < configs.count; i++) {
		s = read_menu(root_fd, configs.items[i], ret);
		if (s == 0)
			*ret_path = strdup(configs.items[i]);
	}
	wordlist_free(&configs);
	return r < 0 ? r : s;
}

/* -- whether it is this system's ----------------------------------------------------- */

static bool is_named(const char *kernel, const char *image)
{
	return kernel && strcmp(beneath_name(kernel), beneath_name(image)) == 0;
}

static bool menu_has(const struct grub_menu *menu, const char *image)
{
	bool has = is_named(menu->bare.kernel, image);

	for (size_t i = 0; !has && i < menu->count; i++)
		has = is_named(menu->entries[i].kernel, image);
	return has;
}

static bool entries_have(int root_fd, const char *image)
{
	struct boot_entries entries;
	bool has = false;

	if (bls_read_for_grub(root_fd, &entries) == 0)
		for (size_t i = 0; !has && i < entries.count; i++)
			has = is_named(entries.items[i].kernel, image);
	bls_free(&entries);
	return has;
}

/* True, too, if its menu cannot be read. */
static bool offers(int root_fd, const char *image)
{
	_cleanup_free_ char *path = NULL;
	struct grub_menu menu;
	int r = read_first_menu(root_fd, &path, &menu);
	bool does = r < 0 || menu_has(&menu, image) || entries_have(root_fd, image);

	grub_menu_free(&menu);
	return does;
}

bool grub_has_booted(int root_fd, const struct boot_marks *marks)
{
	_cleanup_free_ char *kernel = NULL;

	if (marks_are_of_grub(marks))
		return true;
	if (!marks->is_first || marks->image[0] != '/')
		return false;
	/* An entry may be gone since this boot, together with its kernel. */
	kernel = boot_find_file(root_fd, marks->image);
	return !kernel || offers(root_fd, marks->image);
}

/* -- the menu ------------------------------------------------------------------------ */

const char *grub_menu_key(int root_fd)
{
	_cleanup_free_ char *environment = NULL;
	_cleanup_free_ char *config = grub_read_config(root_fd, &environment);

	return config ? menu_key_of_grub(config, environment ? environment : "",
					 beneath_exists(root_fd, "sys/firmware/efi"))
		      : NULL;
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

static void note_missing(int root_fd, const struct grub_menu *menu, char *note,
			 size_t size)
{
	const char *command = grub_find_command(root_fd);
	const char *name = grub_default(menu);
	const char *saved = grub_variable(&menu->variables, "saved_entry");
	bool is_saved = saved && strcmp(saved, name) == 0;
	_cleanup_free_ char *path = NULL;
	char regenerate[128], set_default[64];

	snprintf(regenerate, sizeof(regenerate), ", and run %s",
		 command ? command : "what generates grub.cfg");
	snprintf(set_default, sizeof(set_default), "run %s with ",
		 grub_find_set_default(root_fd));
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
		"GRUB's default \"%s\" is not in its menu: assuming the first entry; %s%s%s%s%s",
		name,
		is_saved ? set_default : "set GRUB_DEFAULT in /etc/default/grub to ",
		path ? "\"" : "an entry of the menu", path ? path : "",
		path ? "\", since it is in a submenu" : "", is_saved ? "" : regenerate);
}

/* -- what is not known --------------------------------------------------------------- */

/* A file in the directory of grub.cfg, if the path of that is not known; or NULL. */
static char *find_source(int root_fd, const char *config, const char *name)
{
	char *path = beneath_find(root_fd, "%.*s%s", (int)(beneath_name(config) - config),
				  config, beneath_name(name));

	return path ? path : boot_find_file(root_fd, name);
}

/* A file that is read if it is there, such as custom.cfg, matters if it is here. */
static void note_sources(int root_fd, const char *config, const struct grub_menu *menu,
			 char *note, size_t size)
{
	for (size_t i = 0; !note[0] && i < menu->source_count; i++) {
		const struct grub_source *source = &menu->sources[i];
		_cleanup_free_ char *path = find_source(root_fd, config, source->path);

		if (path || !source->is_guessed)
			snprintf(
				note, size,
				"/%s reads %s%s, which passthru does not: it may choose another entry",
				config, path ? "/" : "", path ? path : source->path);
	}
}

static void note_unknown(int root_fd, const char *config, const struct grub_menu *menu,
			 const struct grub_entry *entry, char *note, size_t size)
{
	if (menu->environment)
		snprintf(
			note, size,
			"/%s reads variables from \"%s\", which passthru does not: grub-reboot or grub-set-default may have chosen another entry there",
			config,
			menu->environment +
				(strncmp(menu->environment, "()", 2) ? 0 : 2));
	note_sources(root_fd, config, menu, note, size);
	if (!note[0] && (menu->is_guessed || (entry && entry->is_guessed)))
		snprintf(
			note, size,
			"a condition in /%s that only GRUB can decide tells what boots: assuming that it is true",
			config);
}

/* -- the default --------------------------------------------------------------------- */

/* The entry that GRUB boots next, with a note unless it is simply the default. */
static const struct grub_entry *choose(int root_fd, const struct grub_menu *menu,
				       char *note, size_t size)
{
	bool is_found;
	const struct grub_entry *chosen = grub_menu_default(menu, &is_found);
	const struct grub_entry *entry =
		chosen && chosen->cmdline ? chosen : first_linux(menu);

	note[0] = '\0';
	if (!entry)
		return NULL;
	if (!is_found)
		note_missing(root_fd, menu, note, size);
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

/* A menu, and where its entries go as sources. */
struct listing {
	int root_fd;
	const char *path;
	struct grub_menu menu;
	bool has_kernels; /* the kernel of an entry of this system is here */
	struct boot_sources *to;
};

/* Whether os-prober found the entry, or the submenu that it is in, on another system. */
static bool is_probed(const struct grub_menu *menu, const struct grub_entry *entry)
{
	static const char prefix[] = "osprober-";

	return strncmp(entry->id, prefix, strlen(prefix)) == 0 ||
	       (entry->parent != GRUB_TOP &&
		is_probed(menu, &menu->entries[entry->parent]));
}

static bool has_kernel(int root_fd, const struct grub_entry *entry)
{
	_cleanup_free_ char *path =
		entry->kernel ? boot_find_file(root_fd, entry->kernel) : NULL;

	return path;
}

static bool has_kernels(int root_fd, const struct grub_menu *menu)
{
	for (size_t i = 0; i < menu->count; i++)
		if (!is_probed(menu, &menu->entries[i]) &&
		    has_kernel(root_fd, &menu->entries[i]))
			return true;
	return false;
}

/*
 * A kernel that is not here is on another system's partition. If none is, as in a dump,
 * nothing is known.
 */
static bool is_foreign(const struct listing *listing, const struct grub_entry *entry)
{
	return is_probed(&listing->menu, entry) ||
	       (listing->has_kernels && !has_kernel(listing->root_fd, entry));
}

static int add(const struct listing *listing, const struct grub_entry *entry,
	       const char *note)
{
	struct boot_source *source =
		boot_sources_add(listing->to, listing->path, strdup(entry->cmdline));
	int r = 0;

	if (!source)
		return -ENOMEM;
	source->is_read_by_loader = true;
	snprintf(source->note, sizeof(source->note), "%s", note);
	boot_source_set_kernel(source, listing->root_fd, entry->kernel);
	for (size_t i = 0; r == 0 && i < entry->images.count; i++)
		r = boot_source_add_image(source, listing->root_fd,
					  entry->images.items[i]);
	if (r < 0 || entry == &listing->menu.bare)
		return r;
	snprintf(source->entry, sizeof(source->entry), "%s", entry->title);
	source->is_foreign = is_foreign(listing, entry);
	return 0;
}

static int add_all(const struct listing *listing)
{
	const struct grub_menu *menu = &listing->menu;
	int r = menu->bare.cmdline ? add(listing, &menu->bare, "") : 0;

	for (size_t i = 0; r == 0 && i < menu->count; i++)
		if (menu->entries[i].cmdline)
			r = add(listing, &menu->entries[i], "");
	return r;
}

static int add_default(const struct listing *listing)
{
	char note[NOTE_SIZE];
	const struct grub_entry *entry =
		choose(listing->root_fd, &listing->menu, note, sizeof(note));

	if (!entry)
		entry = &listing->menu.bare;
	note_unknown(listing->root_fd, listing->path, &listing->menu, entry, note,
		     sizeof(note));
	return entry->cmdline ? add(listing, entry, note) : 0;
}

static int read_listing(int root_fd, const char *path, bool all, struct boot_sources *ret)
{
	struct listing listing = { .root_fd = root_fd, .path = path, .to = ret };
	int r = read_menu(root_fd, path, &listing.menu);

	listing.has_kernels = has_kernels(root_fd, &listing.menu);
	if (r == 0)
		r = all ? add_all(&listing) : add_default(&listing);
	grub_menu_free(&listing.menu);
	return r == -ENOMEM ? r : 0;
}

int grub_read_menu(int root_fd, bool all, struct boot_sources *ret)
{
	struct wordlist configs;
	int r = grub_find_configs(root_fd, &configs);

	for (size_t i = 0; r == 0 && i < configs.count; i++)
		r = read_listing(root_fd, configs.items[i], all, ret);
	wordlist_free(&configs);
	return r;
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
	bool has_unknown;
	char *text;

	if (grub_script_next(&options, &menu->variables, &wordlist, &has_unknown) < 0)
		return NULL;
	text = grub_script_join(&wordlist, 0);
	wordlist_free(&wordlist);
	return text;
}

/* The images in the lines, several in each; variables may be among them. */
static int expand_images(const struct grub_menu *menu, const struct wordlist *lines,
			 struct wordlist *ret)
{
	int r = 0;

	*ret = (struct wordlist){ 0 };
	for (size_t i = 0; r >= 0 && i < lines->count; i++) {
		const char *line = lines->items[i];
		struct wordlist words;
		bool has_unknown;

		r = grub_script_next(&line, &menu->variables, &words, &has_unknown);
		for (size_t j = 0; r > 0 && j < words.count; j++)
			if (wordlist_insert(ret, ret->count, words.items[j]) < 0)
				r = -ENOMEM;
		wordlist_free(&words);
	}
	return r < 0 ? r : 0;
}

static int add_expanded(int root_fd, const struct grub_menu *menu,
			const struct boot_entry *entry, const char *note,
			struct boot_sources *ret)
{
	struct wordlist images;
	int r = expand_images(menu, &entry->images, &images);

	if (r == 0)
		r = bls_add(root_fd, entry,
			    expand(menu, entry->cmdline ? entry->cmdline : ""), &images,
			    note, ret);
	wordlist_free(&images);
	return r;
}

static int add_default_entry(int root_fd, const char *config,
			     const struct grub_menu *menu,
			     const struct boot_entries *entries, struct boot_sources *ret)
{
	const struct boot_entry *entry = find_grub_entry(entries, grub_default(menu));
	char note[NOTE_SIZE] = "";

	if (!entry) {
		entry = &entries->items[0];
		snprintf(
			note, sizeof(note),
			"GRUB's default \"%s\" is not a boot entry: assuming the first one; run %s",
			grub_default(menu), grub_find_set_default(root_fd));
	} else if (menu->is_once) {
		snprintf(note, sizeof(note),
			 "GRUB boots \"%s\" once, as grub2-reboot requested",
			 entry->title);
	}
	note_unknown(root_fd, config, menu, NULL, note, sizeof(note));
	return add_expanded(root_fd, menu, entry, note, ret);
}

int grub_read_entries(int root_fd, bool all, struct boot_sources *ret)
{
	_cleanup_free_ char *config = NULL;
	struct boot_entries entries;
	struct grub_menu menu;
	int r = bls_read_for_grub(root_fd, &entries);

	(void)read_first_menu(root_fd, &config, &menu);
	if (r == 0 && entries.count && !all)
		r = add_default_entry(root_fd, config ? config : GRUB2_CONFIG, &menu,
				      &entries, ret);
	for (size_t i = 0; r == 0 && all && i < entries.count; i++)
		r = add_expanded(root_fd, &menu, &entries.items[i], "", ret);
	grub_menu_free(&menu);
	bls_free(&entries);
	return r;
}
