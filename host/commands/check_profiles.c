/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot entries that choose profiles of passthru, and the profiles. */
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "commands/internal.h"
#include "lib/lib.h"

/* An entry that chooses what is not there. */
static void check_entry(struct findings *findings, const struct boot_source *entry,
			const struct configuration *configuration)
{
	struct whole_cmdline whole;
	char name[sizeof(entry->path) + sizeof(entry->entry) + 8];

	snprintf(name, sizeof(name), entry->entry[0] ? "/%s (\"%s\")" : "/%s%s",
		 entry->path, entry->entry);
	if (whole_cmdline_make(configuration, entry->cmdline, &whole) == 0 &&
	    whole.no_profile[0] && whole.profile.is_valid)
		findings_add(findings, FINDING_TODO, "profile",
			     "in %s, %s; run passthru enable --profile %s, or write /%s",
			     name, whole.no_profile, whole.profile.name, whole.path);
	else if (whole.no_profile[0])
		findings_add(findings, FINDING_TODO, "profile",
			     "in %s, %s; correct the name there", name, whole.no_profile);
	whole_cmdline_free(&whole);
}

/* The entries of other kernels choose the same, as a rule: the first one will do. */
static bool is_repeated(const struct boot_sources *entries, size_t index)
{
	struct choice_of_profile choice, other;

	profile_find(entries->items[index].cmdline, &choice);
	for (size_t i = 0; i < index; i++) {
		profile_find(entries->items[i].cmdline, &other);
		if (!entries->items[i].is_foreign && other.is_made &&
		    strcmp(choice.name, other.name) == 0)
			return true;
	}
	return false;
}

static bool is_chosen(const struct boot_sources *entries, const struct boot_source *next,
		      const char *name)
{
	for (size_t i = 0; i < entries->count; i++)
		if (!entries->items[i].is_foreign &&
		    profile_is_chosen(entries->items[i].cmdline, name))
			return true;
	return profile_is_chosen(next->cmdline, name);
}

/* A file whose name no kernel command line can have. */
static void check_names(struct findings *findings)
{
	_cleanup_free_ char **names =
		dirlist_read(findings->host->root_fd, PROFILES_PATH, PROFILE_SUFFIX);

	for (size_t i = 0; names && names[i]; i++) {
		struct span name = { names[i],
				     strlen(names[i]) - strlen(PROFILE_SUFFIX) };

		if (!name_is_plain(name, PROFILE_NAME_SIZE))
			findings_add(
				findings, FINDING_TODO, "profile",
				"no boot can choose /" PROFILES_PATH
				"/%s: a name has letters, digits, - and _ only; rename it",
				names[i]);
	}
}

void check_profiles(struct findings *findings, const struct boot_source *next,
		    const struct configuration *configuration)
{
	struct boot_sources entries;
	int r = boot_read_all(findings->host->root_fd, &entries);

	if (r == 0 && !entries.count)
		check_entry(findings, next, configuration);
	for (size_t i = 0; r == 0 && i < entries.count; i++)
		if (!entries.items[i].is_foreign && !is_repeated(&entries, i))
			check_entry(findings, &entries.items[i], configuration);
	for (size_t i = 0; r == 0 && i < configuration->profile_count; i++)
		if (!is_chosen(&entries, next, configuration->profiles[i].name))
			findings_add(
				findings, FINDING_NOTE, "profile",
				"no boot entry has " PROFILE_PARAMETER
				"=%s on its command line, so nothing uses that profile",
				configuration->profiles[i].name);
	check_names(findings);
	boot_sources_free(&entries);
}
