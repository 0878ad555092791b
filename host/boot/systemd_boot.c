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

/* -- which entries it offers --------------------------------------------------------- */

/*
 * Drops the entries whose file is gone, as systemd-boot does. If none is there, as in a
 * dump, nothing is known. The note names the one that would come first.
 */
static void drop_missing(int root_fd, struct boot_entries *entries, char *note,
			 size_t size)
{
	size_t kept = 0, found = 0;

	note[0] = '\0';
	for (size_t i = 0; i < entries->count; i++)
		found += bls_has_file(root_fd, &entries->items[i]);
	if (!found)
		return;
	if (!bls_has_file(root_fd, &entries->items[0]))
		snprintf(
			note, size,
			"systemd-boot leaves out /%s, since what it boots is not on that partition",
			entries->items[0].path);
	for (size_t i = 0; i < entries->count; i++)
		if (bls_has_file(root_fd, &entries->items[i]))
			entries->items[kept++] = entries->items[i];
		else
			bls_free_entry(&entries->items[i]);
	entries->count = kept;
}

/* -- which one it boots -------------------------------------------------------------- */

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

/* The last value of the key in it. */
static bool read_config(int root_fd, const char *key, char path[static 64],
			char ret[static EFI_VALUE_SIZE])
{
	_cleanup_free_ char *text = read_loader_conf(root_fd, path);
	char *rest, *line;

	ret[0] = '\0';
	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct span span = span_trim(span_of(line));

		if (!span_skip_prefix(&span, key) || !span.length ||
		    !strchr(" \t", *span.at))
			continue;
		span = span_trim(span);
		snprintf(ret, EFI_VALUE_SIZE, "%.*s", (int)span.length, span.at);
	}
	return ret[0];
}

/* The first that matches and, if that is asked for, has boots left. */
static const struct boot_entry *find(const struct boot_entries *entries,
				     const char *pattern, bool may_be_bad)
{
	for (size_t i = 0; i < entries->count; i++)
		if (fnmatch(pattern, entries->items[i].id, FNM_CASEFOLD) == 0 &&
		    (may_be_bad || entries->items[i].tries_left != 0))
			return &entries->items[i];
	return NULL;
}

static const struct default_setting {
	const char *key;
	const char *variable; /* it takes precedence; bootctl sets it */
	bool may_be_bad;      /* an entry without boots left may be chosen */
} settings[] = {
	{ "preferred", EFI_VARIABLE("LoaderEntryPreferred"), false },
	{ "default", EFI_VARIABLE("LoaderEntryDefault"), true },
};

/* The entry that matches the pattern; "@saved" stands for the one booted last. */
static const struct boot_entry *find_set(int root_fd, const struct boot_entries *entries,
					 const struct default_setting *setting,
					 const char *pattern)
{
	char saved[EFI_VALUE_SIZE];

	if (strcmp(pattern, SAVED) != 0)
		return find(entries, pattern, setting->may_be_bad);
	return efi_variable_read(root_fd, EFI_VARIABLE("LoaderEntryLastBooted"), saved)
		       ? find(entries, saved, setting->may_be_bad)
		       : NULL;
}

/* Notes why it is none that was set. */
static const struct boot_entry *choose_set(int root_fd,
					   const struct boot_entries *entries,
					   const struct default_setting *setting,
					   char *note, size_t size)
{
	const char *which = setting->may_be_bad ? "for Linux" : "that has boots left";
	char pattern[EFI_VALUE_SIZE], path[64];
	const struct boot_entry *entry = NULL;

	if (efi_variable_read(root_fd, setting->variable, pattern)) {
		entry = find_set(root_fd, entries, setting, pattern);
		snprintf(
			note, size,
			"systemd-boot's %s %s, set by bootctl, matches no boot entry %s; see bootctl list",
			setting->key, pattern, which);
	}
	if (!entry && read_config(root_fd, setting->key, path, pattern)) {
		entry = find_set(root_fd, entries, setting, pattern);
		snprintf(note, size,
			 "the %s %s in /%s matches no boot entry %s; see bootctl list",
			 setting->key, pattern, path, which);
	}
	return entry;
}

/* What is requested for one boot takes precedence. */
static const struct boot_entry *
choose_entry(int root_fd, const struct boot_entries *entries, char *note, size_t size)
{
	char pattern[EFI_VALUE_SIZE];
	const struct boot_entry *entry = NULL;

	if (efi_variable_read(root_fd, EFI_VARIABLE("LoaderEntryOneShot"), pattern))
		entry = find(entries, pattern, true);
	if (entry) {
		snprintf(note, size, "systemd-boot boots %s once, as bootctl requested",
			 pattern);
		return entry;
	}
	for (size_t i = 0; !entry && i < ARRAY_SIZE(settings); i++) {
		entry = choose_set(root_fd, entries, &settings[i], note, size);
		if (entry)
			note[0] = '\0';
	}
	return entry ? entry : entries->count ? &entries->items[0] : NULL;
}

static void choose(int root_fd, const struct boot_entries *entries, struct choice *ret)
{
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
		ukis += entries->items[i].is_uki && !entries->items[i].profile;
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

static int add_default(int root_fd, const struct boot_entries *entries,
		       struct choice *choice, struct boot_sources *ret)
{
	choose(root_fd, entries, choice);
	if (!choice->entry)
		return 0;
	note_firmware(root_fd, entries, choice);
	return bls_add(root_fd, choice->entry, strdup(choice->entry->cmdline), NULL,
		       choice->note, ret);
}

/* A UKI that the firmware boots has no menu. */
const char *systemd_boot_menu_key(int root_fd)
{
	_cleanup_free_ char *config = NULL;
	char name[EFI_VALUE_SIZE], timeout[EFI_VALUE_SIZE], path[64];

	if (!efi_variable_read(root_fd, EFI_VARIABLE("LoaderInfo"), name) ||
	    !strstr(name, "systemd-boot"))
		return NULL;
	config = read_loader_conf(root_fd, path);
	(void)efi_variable_read(root_fd, EFI_VARIABLE("LoaderConfigTimeout"), timeout);
	return config ? menu_key_of_systemd_boot(config, timeout) : NULL;
}

int systemd_boot_read(int root_fd, bool all, struct boot_sources *ret)
{
	struct boot_entries entries;
	struct choice choice;
	int r = bls_read(root_fd, &entries);

	drop_missing(root_fd, &entries, choice.note, sizeof(choice.note));
	if (r == 0 && !all)
		r = add_default(root_fd, &entries, &choice, ret);
	for (size_t i = 0; r == 0 && all && i < entries.count; i++)
		if (entries.items[i].cmdline)
			r = bls_add(root_fd, &entries.items[i],
				    strdup(entries.items[i].cmdline), NULL, "", ret);
	bls_free(&entries);
	return r;
}
