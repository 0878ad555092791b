/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "directory.h"
#include "entries.h"
#include "file.h"
#include "shell.h"
#include "sysfs.h"
#include "uki.h"
#include "version.h"

/* No entry is as long as that. */
#define TEXT_MAX (64 * 1024)

const char *const entries_places[] = { "efi", "boot/efi", "boot", NULL };

/* -- names --------------------------------------------------------------------------- */

/* A number that fits; returns what comes after it, or NULL. */
static const char *read_tries(const char *at, int *ret)
{
	size_t length = strspn(at, "0123456789");

	if (length == 0 || length > 6)
		return NULL;
	*ret = atoi(at);
	return at + length;
}

/* "name+LEFT-DONE.conf" counts its boots, "-DONE" may be missing. */
static void read_name(struct entry *entry, const char *name)
{
	const char *end = strrchr(name, '.'), *plus = strrchr(name, '+'), *rest;
	int left, done = 0;

	entry->tries_left = entry->tries_done = -1;
	snprintf(entry->id, sizeof(entry->id), "%s", name);
	if (!end || !plus || plus > end)
		return;
	rest = read_tries(plus + 1, &left);
	if (rest && *rest == '-')
		rest = read_tries(rest + 1, &done);
	if (rest != end)
		return;
	entry->tries_left = left;
	entry->tries_done = done;
	snprintf(entry->id, sizeof(entry->id), "%.*s%s", (int)(plus - name), name, end);
}

/* -- type 1: a file of lines --------------------------------------------------------- */

static char *join(char *before, const char *text, size_t length)
{
	char *both = NULL;

	if (asprintf(&both, "%s%s%.*s", before ? before : "",
		     before && *before ? " " : "", (int)length, text) < 0)
		both = NULL;
	free(before);
	return both;
}

static int read_key(struct entry *entry, struct span key, struct span value)
{
	const struct {
		const char *name;
		char *to;
		size_t size;
	} texts[] = {
		{ "title", entry->title, sizeof(entry->title) },
		{ "sort-key", entry->sort_key, sizeof(entry->sort_key) },
		{ "machine-id", entry->machine_id, sizeof(entry->machine_id) },
		{ "version", entry->version, sizeof(entry->version) },
	};

	if (span_equals(key, "options")) {
		entry->cmdline = join(entry->cmdline, value.at, value.length);
		return entry->cmdline ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (span_equals(key, texts[i].name))
			snprintf(texts[i].to, texts[i].size, "%.*s", (int)value.length,
				 value.at);
	return 0;
}

/* Returns 1, 0 where it is no entry to be read, or -ENOMEM. */
static int read_lines(int root_fd, struct entry *entry)
{
	_cleanup_free_ char *text = NULL;
	bool is_program = false;
	int r = 0;

	if (file_read(root_fd, entry->path, &text) < 0 || strlen(text) > TEXT_MAX)
		return 0;
	for (const char *at = text; *at && r == 0; at += *at == '\n') {
		size_t length = strcspn(at, "\n");
		struct span line = span_trim((struct span){ at, length });
		struct span key = { line.at, strcspn(line.at, " \t\n") };
		struct span value;

		at += length;
		if (key.length >= line.length)
			continue;
		value = span_trim(
			(struct span){ line.at + key.length, line.length - key.length });
		is_program |= span_equals(key, "efi");
		r = read_key(entry, key, value);
	}
	if (r == 0 && !entry->cmdline && !is_program)
		r = (entry->cmdline = strdup("")) ? 0 : -ENOMEM;
	return r < 0 ? r : 1;
}

/* -- type 2: a unified kernel image -------------------------------------------------- */

static void read_release(struct entry *entry, const char *release)
{
	static const char *const titles[] = { "PRETTY_NAME", "IMAGE_ID", "NAME", "ID" };
	static const char *const keys[] = { "IMAGE_ID", "ID" };
	static const char *const versions[] = { "IMAGE_VERSION", "VERSION", "VERSION_ID",
						"BUILD_ID" };
	const struct {
		const char *const *names;
		size_t count;
		char *to;
		size_t size;
	} texts[] = {
		{ titles, ARRAY_SIZE(titles), entry->title, sizeof(entry->title) },
		{ keys, ARRAY_SIZE(keys), entry->sort_key, sizeof(entry->sort_key) },
		{ versions, ARRAY_SIZE(versions), entry->version,
		  sizeof(entry->version) },
	};

	/* Of each the first one that is set. */
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		for (size_t j = 0; j < texts[i].count && !texts[i].to[0]; j++) {
			bool plain;
			_cleanup_free_ char *value =
				shell_variable(release, texts[i].names[j], "", &plain);

			snprintf(texts[i].to, texts[i].size, "%s", value ? value : "");
		}
}

/* Small images that only add to the command line of another one, or of all. */
static int add_addons(int root_fd, struct entry *entry, const char *directory)
{
	_cleanup_free_ char **names = directory_list(root_fd, directory, ".addon.efi");
	int r = 0;

	for (size_t i = 0; r == 0 && names && names[i]; i++) {
		char path[1024];
		struct uki addon;

		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		if (uki_read(root_fd, path, &addon) == 0 && addon.cmdline) {
			entry->cmdline = join(entry->cmdline, addon.cmdline,
					      strlen(addon.cmdline));
			r = entry->cmdline ? 0 : -ENOMEM;
		}
		uki_free(&addon);
	}
	return r;
}

static int read_image(int root_fd, const char *place, struct entry *entry)
{
	char directory[1024];
	struct uki uki;
	int r = uki_read(root_fd, entry->path, &uki);

	/* Without this section it is no image, but some other program. */
	if (r == 0 && uki.os_release) {
		read_release(entry, uki.os_release);
		entry->is_image = true;
		entry->cmdline = uki.cmdline ? take_pointer(uki.cmdline) : strdup("");
		r = entry->cmdline ? 1 : -ENOMEM;
	}
	uki_free(&uki);
	if (r <= 0)
		return r == -ENOMEM ? r : 0;
	snprintf(directory, sizeof(directory), "%s/loader/addons", place);
	r = add_addons(root_fd, entry, directory);
	snprintf(directory, sizeof(directory), "%s/EFI/Linux/%s.extra.d", place,
		 entry->id);
	if (r == 0)
		r = add_addons(root_fd, entry, directory);
	return r < 0 ? r : 1;
}

/* -- all of them --------------------------------------------------------------------- */

static int add(struct entries *entries, const struct entry *entry)
{
	void *larger =
		realloc(entries->items, (entries->count + 1) * sizeof(entries->items[0]));

	if (!larger)
		return -ENOMEM;
	entries->items = larger;
	entries->items[entries->count++] = *entry;
	return 0;
}

static int read_directory(int root_fd, const char *place, bool images,
			  struct entries *ret)
{
	char directory[64];
	_cleanup_free_ char **names = NULL;
	int r = 0;

	snprintf(directory, sizeof(directory), "%s/%s", place,
		 images ? "EFI/Linux" : "loader/entries");
	names = directory_list(root_fd, directory, images ? ".efi" : ".conf");
	for (size_t i = 0; r >= 0 && names && names[i]; i++) {
		struct entry entry = { 0 };

		snprintf(entry.path, sizeof(entry.path), "%s/%s", directory, names[i]);
		read_name(&entry, names[i]);
		r = images ? read_image(root_fd, place, &entry)
			   : read_lines(root_fd, &entry);
		if (r > 0)
			r = add(ret, &entry) < 0 ? -ENOMEM : 1;
		if (r <= 0)
			free(entry.cmdline);
	}
	return r < 0 ? r : 0;
}

static int compare_ids(const struct entry *a, const struct entry *b)
{
	return version_compare(b->id, a->id);
}

static int compare_keys(const struct entry *a, const struct entry *b)
{
	bool a_has = a->sort_key[0], b_has = b->sort_key[0];
	int order;

	if (a_has != b_has)
		return b_has - a_has;
	if (!a_has)
		return 0;
	order = strcmp(a->sort_key, b->sort_key);
	if (order == 0)
		order = strcmp(a->machine_id, b->machine_id);
	return order ? order : version_compare(b->version, a->version);
}

/* Those that have failed too often come last, those with sort keys first. */
static int compare_entries(const void *a_data, const void *b_data)
{
	const struct entry *a = a_data, *b = b_data;
	int order = (a->tries_left == 0) - (b->tries_left == 0);

	if (order == 0)
		order = compare_keys(a, b);
	if (order == 0)
		order = compare_ids(a, b);
	if (order == 0 && a->tries_left >= 0 && b->tries_left >= 0)
		order = a->tries_left != b->tries_left ? b->tries_left - a->tries_left
						       : a->tries_done - b->tries_done;
	return order ? order : strcmp(a->path, b->path);
}

static int compare_for_grub(const void *a, const void *b)
{
	int order = compare_ids(a, b);

	return order ? order
		     : strcmp(((const struct entry *)a)->path,
			      ((const struct entry *)b)->path);
}

int entries_read(int root_fd, bool of_grub, struct entries *ret)
{
	int r = 0;

	*ret = (struct entries){ 0 };
	for (size_t i = 0; r == 0 && entries_places[i]; i++) {
		r = read_directory(root_fd, entries_places[i], false, ret);
		if (r == 0 && !of_grub)
			r = read_directory(root_fd, entries_places[i], true, ret);
	}
	if (ret->count)
		qsort(ret->items, ret->count, sizeof(ret->items[0]),
		      of_grub ? compare_for_grub : compare_entries);
	return r;
}

void entries_free(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		free(entries->items[i].cmdline);
	free(entries->items);
	*entries = (struct entries){ 0 };
}

bool entries_exist(int root_fd)
{
	char path[64];

	for (size_t i = 0; entries_places[i]; i++) {
		_cleanup_free_ char **images = NULL;

		snprintf(path, sizeof(path), "%s/loader/entries", entries_places[i]);
		if (sysfs_exists(root_fd, path))
			return true;
		snprintf(path, sizeof(path), "%s/EFI/Linux", entries_places[i]);
		images = directory_list(root_fd, path, ".efi");
		if (images && images[0])
			return true;
	}
	return false;
}
