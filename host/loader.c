/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "loader.h"
#include "sysfs.h"
#include "text.h"

#define PATTERN_SIZE 256
#define SAVED	     "@saved"

/* Its characters are of two bytes, and there are four bytes before them. */
static bool read_variable(int root_fd, const char *name, char ret[static PATTERN_SIZE])
{
	unsigned char data[4 + 2 * PATTERN_SIZE];
	char path[128];
	ssize_t length;
	size_t count = 0;

	snprintf(path, sizeof(path),
		 "sys/firmware/efi/efivars/%s-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
		 name);
	length = sysfs_read_bytes(root_fd, path, data, sizeof(data));
	for (ssize_t at = 4; at + 1 < length && count < PATTERN_SIZE - 1; at += 2) {
		if (!data[at] && !data[at + 1])
			break;
		ret[count++] = data[at + 1] ? '?' : (char)data[at];
	}
	ret[count] = '\0';
	return count > 0;
}

/* The last "default" of the loader.conf on the EFI system partition. */
static bool read_config(int root_fd, char path[static 64], char ret[static PATTERN_SIZE])
{
	_cleanup_free_ char *text = NULL;
	char *rest, *line;

	for (size_t i = 0; !text && entries_places[i]; i++) {
		snprintf(path, 64, "%s/loader/loader.conf", entries_places[i]);
		if (file_read(root_fd, path, &text) < 0)
			text = NULL;
	}
	ret[0] = '\0';
	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct span span = span_trim(span_of(line));

		if (span.length < 8 || strncmp(span.at, "default", 7) != 0 ||
		    !strchr(" \t", span.at[7]))
			continue;
		span = span_trim((struct span){ span.at + 7, span.length - 7 });
		snprintf(ret, PATTERN_SIZE, "%.*s", (int)span.length, span.at);
	}
	return ret[0];
}

static const struct entry *find(const struct entries *entries, const char *pattern)
{
	for (size_t i = 0; i < entries->count; i++)
		if (fnmatch(pattern, entries->items[i].id, FNM_CASEFOLD) == 0)
			return &entries->items[i];
	return NULL;
}

/* A pattern of the user's, or what was booted last where it says so. */
static const struct entry *find_default(int root_fd, const struct entries *entries,
					const char *pattern)
{
	char saved[PATTERN_SIZE];

	if (strcmp(pattern, SAVED) != 0)
		return find(entries, pattern);
	return read_variable(root_fd, "LoaderEntryLastBooted", saved)
		       ? find(entries, saved)
		       : NULL;
}

/* bootctl's variables come before the file, and of them what is for one boot only. */
static const struct entry *choose(int root_fd, const struct entries *entries, char *note,
				  size_t size)
{
	char pattern[PATTERN_SIZE], path[64];
	const struct entry *entry;

	if (read_variable(root_fd, "LoaderEntryOneShot", pattern)) {
		entry = find(entries, pattern);
		snprintf(note, size, "systemd-boot boots %s once, as bootctl was told",
			 pattern);
		if (entry)
			return entry;
	}
	note[0] = '\0';
	if (read_variable(root_fd, "LoaderEntryDefault", pattern)) {
		entry = find_default(root_fd, entries, pattern);
		if (entry)
			return entry;
		snprintf(note, size,
			 "systemd-boot's default %s, set by bootctl, is none of the "
			 "entries for Linux here; see bootctl list",
			 pattern);
	}
	if (read_config(root_fd, path, pattern)) {
		entry = find_default(root_fd, entries, pattern);
		if (entry)
			return entry;
		snprintf(note, size,
			 "the default %s in /%s is none of the entries for Linux here; "
			 "see bootctl list",
			 pattern, path);
	}
	return entries->count ? &entries->items[0] : NULL;
}

void loader_choose(int root_fd, const struct entries *entries, struct loader_choice *ret)
{
	*ret = (struct loader_choice){ 0 };
	ret->entry = choose(root_fd, entries, ret->note, sizeof(ret->note));
	if (!ret->entry || ret->entry->cmdline)
		return;
	snprintf(ret->note, sizeof(ret->note),
		 "systemd-boot's default, /%s, boots no Linux; the first one that does "
		 "is looked at",
		 ret->entry->path);
	ret->entry = NULL;
	for (size_t i = 0; !ret->entry && i < entries->count; i++)
		if (entries->items[i].cmdline)
			ret->entry = &entries->items[i];
}

bool loader_exists(int root_fd)
{
	char path[64];

	for (size_t i = 0; entries_places[i]; i++) {
		snprintf(path, sizeof(path), "%s/loader/loader.conf", entries_places[i]);
		if (sysfs_exists(root_fd, path))
			return true;
		snprintf(path, sizeof(path), "%s/EFI/systemd", entries_places[i]);
		if (sysfs_exists(root_fd, path))
			return true;
	}
	return false;
}
