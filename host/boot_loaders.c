/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entry that each boot loader boots by default, and its command line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "boot_parts.h"
#include "entries.h"
#include "file.h"
#include "grub_menu.h"
#include "loader.h"
#include "util.h"

static const struct {
	const char *config, *environment;
} grub_files[] = {
	{ "boot/grub/grub.cfg", "boot/grub/grubenv" },
	{ "boot/grub2/grub.cfg", "boot/grub2/grubenv" },
};

/* Returns what grub_menu_read() does, or -ENOENT; release the menu in any case. */
static int read_menu(int root_fd, size_t index, struct grub_menu *ret)
{
	_cleanup_free_ char *config = NULL;
	_cleanup_free_ char *environment = NULL;

	*ret = (struct grub_menu){ 0 };
	if (file_read(root_fd, grub_files[index].config, &config) < 0)
		return -ENOENT;
	if (file_read(root_fd, grub_files[index].environment, &environment) < 0)
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

/* Where an entry is, as GRUB_DEFAULT takes it: by IDs, a ">" in one of them doubled. */
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

/* The path of an entry in a submenu that a name alone does not lead to, or "". */
static void find_hidden(const struct grub_menu *menu, const char *name, char *ret,
			size_t size)
{
	FILE *file = fmemopen(ret, size, "w");

	ret[0] = '\0';
	for (size_t i = 0; file && i < menu->count; i++) {
		const struct grub_entry *entry = &menu->entries[i];

		if (entry->parent == GRUB_TOP ||
		    (strcmp(entry->title, name) != 0 && strcmp(entry->id, name) != 0))
			continue;
		put_path(file, menu, entry);
		break;
	}
	if (file && fclose(file) != 0)
		ret[0] = '\0';
}

static void note_missing(const struct grub_menu *menu, char *note, size_t size)
{
	const char *name = grub_default(menu);
	const char *saved = grub_variable(&menu->variables, "saved_entry");
	bool is_saved = saved && strcmp(saved, name) == 0;
	char path[256], what[320] = "one that is";

	if (menu->is_once) {
		snprintf(note, size,
			 "grub-reboot was told \"%s\", which is no entry of GRUB's menu, "
			 "so the first one is looked at",
			 name);
		return;
	}
	find_hidden(menu, name, path, sizeof(path));
	if (path[0])
		snprintf(what, sizeof(what), "\"%s\", since it is in a submenu", path);
	snprintf(note, size,
		 "GRUB's default \"%s\" is no entry of its menu, so the first one is "
		 "looked at; %s %s%s",
		 name,
		 is_saved ? "run grub-set-default with"
			  : "set GRUB_DEFAULT in /etc/default/grub to",
		 what, is_saved ? "" : ", and run update-grub");
}

/* The entry that counts, with a note where it is not simply the default one. */
static const struct grub_entry *choose_grub(const struct grub_menu *menu, char *note,
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
		snprintf(note, size,
			 "GRUB's default \"%s\" boots no Linux; the first one that "
			 "does is looked at",
			 chosen ? chosen->title : grub_default(menu));
	else if (menu->is_once)
		snprintf(note, size, "GRUB boots \"%s\" once, as grub-reboot was told",
			 entry->title);
	return entry;
}

static int add_menu(const struct grub_menu *menu, const char *path,
		    struct boot_sources *ret)
{
	char note[sizeof(ret->items[0].note)];
	const struct grub_entry *entry = choose_grub(menu, note, sizeof(note));
	const char *cmdline = entry ? entry->cmdline : menu->cmdline;
	struct boot_source *source;

	if (!cmdline)
		return 0;
	source = boot_add(ret, path, strdup(cmdline));
	if (!source)
		return -ENOMEM;
	source->is_final = true;
	snprintf(source->entry, sizeof(source->entry), "%s", entry ? entry->title : "");
	memcpy(source->note, note, sizeof(note));
	return 0;
}

int boot_add_grub(int root_fd, struct boot_sources *ret)
{
	int r = 0;

	for (size_t i = 0; r != -ENOMEM && i < ARRAY_SIZE(grub_files); i++) {
		struct grub_menu menu;

		r = read_menu(root_fd, i, &menu);
		if (r == 0)
			r = add_menu(&menu, grub_files[i].config, ret);
		grub_menu_free(&menu);
	}
	return r == -ENOMEM ? r : 0;
}

/* -- boot loader entries --------------------------------------------------------------
 */

/* GRUB's name for an entry is that of the file without its ending. */
static bool is_grub_entry(const struct entry *entry, const char *path)
{
	char name[sizeof(entry->id)];

	snprintf(name, sizeof(name), "%.*s", (int)(strrchr(entry->id, '.') - entry->id),
		 entry->id);
	return grub_path_names(path, name) || grub_path_names(path, entry->title);
}

static const struct entry *find_grub_entry(const struct entries *entries,
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

/* Its options may have variables of GRUB's in them. */
static char *expand(const struct grub_menu *menu, const char *options)
{
	struct words words;
	bool has_unset;
	char *text;

	if (grub_script_next(&options, &menu->variables, &words, &has_unset) < 0)
		return NULL;
	text = grub_script_join(&words, 0);
	words_free(&words);
	return text;
}

static int add_entry(const struct entry *entry, char *cmdline, const char *note,
		     struct boot_sources *ret)
{
	struct boot_source *source = boot_add(ret, entry->path, cmdline);

	if (!source)
		return -ENOMEM;
	source->is_final = true;
	source->is_image = entry->is_image;
	snprintf(source->note, sizeof(source->note), "%s", note);
	return 0;
}

static int add_grub_entry(int root_fd, const struct entries *entries,
			  struct boot_sources *ret)
{
	struct grub_menu menu = { 0 };
	const struct entry *entry;
	char note[512] = "";
	int r = -ENOENT;

	for (size_t i = 0; r == -ENOENT && i < ARRAY_SIZE(grub_files); i++)
		r = read_menu(root_fd, i, &menu);
	entry = find_grub_entry(entries, grub_default(&menu));
	if (!entry) {
		entry = &entries->items[0];
		snprintf(note, sizeof(note),
			 "GRUB's default \"%s\" is none of the entries, so the first "
			 "one is looked at; run grub2-set-default",
			 grub_default(&menu));
	} else if (menu.is_once) {
		snprintf(note, sizeof(note),
			 "GRUB boots \"%s\" once, as grub2-reboot was told",
			 entry->title);
	}
	r = add_entry(entry, expand(&menu, entry->cmdline ? entry->cmdline : ""), note,
		      ret);
	grub_menu_free(&menu);
	return r;
}

/* Without systemd-boot the firmware's own list decides between kernel images. */
static void note_firmware(int root_fd, const struct entries *entries,
			  struct loader_choice *choice)
{
	size_t images = 0;

	for (size_t i = 0; i < entries->count; i++)
		images += entries->items[i].is_image;
	if (choice->entry->is_image && images > 1 && !choice->note[0] &&
	    !loader_exists(root_fd))
		snprintf(choice->note, sizeof(choice->note),
			 "there are %zu kernel images, and systemd-boot is not here to "
			 "choose: efibootmgr shows which one the firmware boots; /%s "
			 "is looked at",
			 images, choice->entry->path);
}

static int add_loader_entry(int root_fd, const struct entries *entries,
			    struct boot_sources *ret)
{
	struct loader_choice choice;

	loader_choose(root_fd, entries, &choice);
	if (!choice.entry)
		return 0;
	note_firmware(root_fd, entries, &choice);
	return add_entry(choice.entry, strdup(choice.entry->cmdline), choice.note, ret);
}

int boot_add_entries(int root_fd, bool of_grub, struct boot_sources *ret)
{
	struct entries entries;
	int r = entries_read(root_fd, of_grub, &entries);

	if (r == 0 && entries.count)
		r = of_grub ? add_grub_entry(root_fd, &entries, ret)
			    : add_loader_entry(root_fd, &entries, ret);
	entries_free(&entries);
	return r;
}
