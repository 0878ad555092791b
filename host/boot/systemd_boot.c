/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entry that systemd-boot boots by default: loader.conf(5), systemd-boot(7). Also the
 * UKI that the firmware boots without it.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

#define PATTERN_SIZE 256
#define SAVED	     "@saved"

struct choice {
	const struct boot_entry *entry; /* NULL if none of the entries boots Linux */
	char note[NOTE_SIZE];		/* why it is chosen, or "" */
};

/* Four bytes of attributes, then UTF-16, of which fnmatch() gets "?" for non-ASCII. */
static bool read_variable(int root_fd, const char *path, char ret[static PATTERN_SIZE])
{
	unsigned char data[4 + 2 * PATTERN_SIZE];
	ssize_t length;
	size_t count = 0;

	length = sysfs_read_bytes(root_fd, path, data, sizeof(data));
	for (ssize_t at = 4; at + 1 < length && count < PATTERN_SIZE - 1; at += 2) {
		if (!data[at] && !data[at + 1])
			break;
		ret[count++] = data[at + 1] ? '?' : (char)data[at];
	}
	ret[count] = '\0';
	return count > 0;
}

/* The loader.conf of the EFI system partition; freed by the caller, or NULL. */
static char *read_loader_conf(int root_fd, char path[static 64])
{
	char *text = NULL;

	for (const struct bls_place *at = bls_places; !text && at->path; at++) {
		snprintf(path, 64, "%s/loader/loader.conf", at->path);
		if (beneath_read(root_fd, path, &text) < 0)
			text = NULL;
	}
	return text;
}

/* The last "default" in it. */
static bool read_config(int root_fd, char path[static 64], char ret[static PATTERN_SIZE])
{
	_cleanup_free_ char *text = read_loader_conf(root_fd, path);
	char *rest, *line;

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

static const struct boot_entry *find(const struct boot_entries *entries,
				     const char *pattern)
{
	for (size_t i = 0; i < entries->count; i++)
		if (fnmatch(pattern, entries->items[i].id, FNM_CASEFOLD) == 0)
			return &entries->items[i];
	return NULL;
}

/* The entry that matches the pattern; "@saved" stands for the one booted last. */
static const struct boot_entry *
find_default(int root_fd, const struct boot_entries *entries, const char *pattern)
{
	char saved[PATTERN_SIZE];

	if (strcmp(pattern, SAVED) != 0)
		return find(entries, pattern);
	return read_variable(root_fd, EFI_VARIABLE("LoaderEntryLastBooted"), saved)
		       ? find(entries, saved)
		       : NULL;
}

/* The EFI variables that bootctl sets take precedence, one-shot before default. */
static const struct boot_entry *
choose_entry(int root_fd, const struct boot_entries *entries, char *note, size_t size)
{
	char pattern[PATTERN_SIZE], path[64];
	const struct boot_entry *entry;

	if (read_variable(root_fd, EFI_VARIABLE("LoaderEntryOneShot"), pattern)) {
		entry = find(entries, pattern);
		snprintf(note, size, "systemd-boot boots %s once, as bootctl requested",
			 pattern);
		if (entry)
			return entry;
	}
	note[0] = '\0';
	if (read_variable(root_fd, EFI_VARIABLE("LoaderEntryDefault"), pattern)) {
		entry = find_default(root_fd, entries, pattern);
		if (entry)
			return entry;
		snprintf(
			note, size,
			"systemd-boot's default %s, set by bootctl, matches no boot entry for Linux; see bootctl list",
			pattern);
	}
	if (read_config(root_fd, path, pattern)) {
		entry = find_default(root_fd, entries, pattern);
		if (entry)
			return entry;
		snprintf(
			note, size,
			"the default %s in /%s matches no boot entry for Linux; see bootctl list",
			pattern, path);
	}
	return entries->count ? &entries->items[0] : NULL;
}

static void choose(int root_fd, const struct boot_entries *entries, struct choice *ret)
{
	*ret = (struct choice){ 0 };
	ret->entry = choose_entry(root_fd, entries, ret->note, sizeof(ret->note));
	if (!ret->entry || ret->entry->cmdline)
		return;
	snprintf(
		ret->note, sizeof(ret->note),
		"systemd-boot's default, /%s, does not boot Linux, or not one that can be read: assuming the first entry that does",
		ret->entry->path);
	ret->entry = NULL;
	for (size_t i = 0; !ret->entry && i < entries->count; i++)
		if (entries->items[i].cmdline)
			ret->entry = &entries->items[i];
}

/* Whether it is installed on a boot partition. */
static bool is_installed(int root_fd)
{
	static const char *const files[] = { "loader/loader.conf", "EFI/systemd" };
	char path[64];

	for (const struct bls_place *at = bls_places; at->path; at++)
		for (size_t j = 0; j < ARRAY_SIZE(files); j++) {
			snprintf(path, sizeof(path), "%s/%s", at->path, files[j]);
			if (beneath_exists(root_fd, path))
				return true;
		}
	return false;
}

/* Without systemd-boot, the boot order of the firmware decides between UKIs. */
static void note_firmware(int root_fd, const struct boot_entries *entries,
			  struct choice *choice)
{
	size_t ukis = 0;

	for (size_t i = 0; i < entries->count; i++)
		ukis += entries->items[i].is_uki;
	if (choice->entry->is_uki && ukis > 1 && !choice->note[0] &&
	    !is_installed(root_fd))
		snprintf(
			choice->note, sizeof(choice->note),
			"there are %zu UKIs and no systemd-boot to choose one: assuming /%s; efibootmgr shows which one the firmware boots",
			ukis, choice->entry->path);
}

bool systemd_boot_detect(int root_fd)
{
	return beneath_exists(root_fd, "etc/kernel/cmdline") || bls_exists(root_fd);
}

/* systemd-boot tells its name, and the stub in a UKI its own. */
bool systemd_boot_has_booted(int root_fd, const char *running)
{
	_cleanup_free_ char **variables = dirlist_read(root_fd, EFI_VARIABLES, "");
	char name[PATTERN_SIZE];

	(void)running;
	if (!variables || !variables[0])
		return true;
	if (read_variable(root_fd, EFI_VARIABLE("LoaderInfo"), name) &&
	    strstr(name, "systemd-boot"))
		return true;
	return read_variable(root_fd, EFI_VARIABLE("StubInfo"), name);
}

/* A UKI that the firmware boots has no menu. */
const char *systemd_boot_menu_key(int root_fd)
{
	_cleanup_free_ char *config = NULL;
	char name[PATTERN_SIZE], timeout[PATTERN_SIZE], path[64];

	if (!read_variable(root_fd, EFI_VARIABLE("LoaderInfo"), name) ||
	    !strstr(name, "systemd-boot"))
		return NULL;
	config = read_loader_conf(root_fd, path);
	if (!read_variable(root_fd, EFI_VARIABLE("LoaderConfigTimeout"), timeout))
		timeout[0] = '\0';
	return config ? menu_key_of_systemd_boot(config, timeout) : NULL;
}

int systemd_boot_read(int root_fd, bool all, struct boot_sources *ret)
{
	struct boot_entries entries;
	struct choice choice;
	int r = bls_read(root_fd, &entries);

	for (size_t i = 0; r == 0 && all && i < entries.count; i++)
		if (entries.items[i].cmdline)
			r = bls_add(&entries.items[i], strdup(entries.items[i].cmdline),
				    "", ret);
	if (r == 0 && !all) {
		choose(root_fd, &entries, &choice);
		if (choice.entry) {
			note_firmware(root_fd, &entries, &choice);
			r = bls_add(choice.entry, strdup(choice.entry->cmdline),
				    choice.note, ret);
		}
	}
	bls_free(&entries);
	return r;
}
