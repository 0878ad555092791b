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

#define SAVED "@saved"

struct choice {
	const struct boot_entry *entry; /* NULL if none of the entries boots Linux */
	char note[NOTE_SIZE];		/* why it is chosen, or "" */
};

/* The last "default" in the loader.conf of the EFI system partition. */
static bool read_config(int root_fd, char path[static 64],
			char ret[static EFI_VALUE_SIZE])
{
	_cleanup_free_ char *text = NULL;
	char *rest, *line;

	for (const struct bls_place *at = bls_places; !text && at->path; at++) {
		snprintf(path, 64, "%s/loader/loader.conf", at->path);
		(void)beneath_read(root_fd, path, &text);
	}
	ret[0] = '\0';
	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct span span = span_trim(span_of(line));

		if (span.length < 8 || strncmp(span.at, "default", 7) != 0 ||
		    !strchr(" \t", span.at[7]))
			continue;
		span = span_trim((struct span){ span.at + 7, span.length - 7 });
		snprintf(ret, EFI_VALUE_SIZE, "%.*s", (int)span.length, span.at);
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
	char saved[EFI_VALUE_SIZE];

	if (strcmp(pattern, SAVED) != 0)
		return find(entries, pattern);
	return efi_variable_read(root_fd, EFI_VARIABLE("LoaderEntryLastBooted"), saved)
		       ? find(entries, saved)
		       : NULL;
}

/* The EFI variables that bootctl sets take precedence, one-shot before default. */
static const struct boot_entry *
choose_entry(int root_fd, const struct boot_entries *entries, char *note, size_t size)
{
	char pattern[EFI_VALUE_SIZE], path[64];
	const struct boot_entry *entry;

	if (efi_variable_read(root_fd, EFI_VARIABLE("LoaderEntryOneShot"), pattern)) {
		entry = find(entries, pattern);
		snprintf(note, size, "systemd-boot boots %s once, as bootctl requested",
			 pattern);
		if (entry)
			return entry;
	}
	note[0] = '\0';
	if (efi_variable_read(root_fd, EFI_VARIABLE("LoaderEntryDefault"), pattern)) {
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
bool systemd_boot_has_booted(int root_fd, const struct boot_marks *marks)
{
	(void)root_fd;
	if (marks->has_variables)
		return strstr(marks->loader, "systemd-boot") || marks->has_stub;
	return marks->is_efi && !marks->image[0];
}

int systemd_boot_read(int root_fd, bool all, struct boot_sources *ret)
{
	struct boot_entries entries;
	struct choice choice;
	int r = bls_read(root_fd, &entries);

	for (size_t i = 0; r == 0 && all && i < entries.count; i++)
		if (entries.items[i].cmdline)
			r = bls_add(root_fd, &entries.items[i],
				    strdup(entries.items[i].cmdline), NULL, "", ret);
	if (r == 0 && !all) {
		choose(root_fd, &entries, &choice);
		if (choice.entry) {
			note_firmware(root_fd, &entries, &choice);
			r = bls_add(root_fd, choice.entry, strdup(choice.entry->cmdline),
				    NULL, choice.note, ret);
		}
	}
	bls_free(&entries);
	return r;
}
