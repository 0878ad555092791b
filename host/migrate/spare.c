/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot entries that the configuration in the image must not change: they stay as they
 * are. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "lib/lib.h"
#include "migrate/internal.h"

static struct change *find_change(struct migration *migration, const char *path)
{
	for (size_t i = 0; i < migration->change_count; i++)
		if (strcmp(migration->changes[i].path, path) == 0)
			return &migration->changes[i];
	return NULL;
}

/* The file as it is, as a change. The configuration stays the last one. */
static struct change *add_change(struct migration *migration, const struct change *file)
{
	struct change *added = array_append(migration->changes, migration->change_count);
	const struct change *last = migration_configuration(migration);

	if (!added)
		return NULL;
	*added = (struct change){ .old = strdup(file->old), .new = strdup(file->old) };
	strcpy(added->path, file->path);
	if (last) {
		struct change swapped = *added;

		*added = *last;
		added[-1] = swapped;
		added--;
	}
	return added->old && added->new ? added : NULL;
}

/* A file that can be edited, and that nothing writes again from other settings. */
static const struct change *find_entry(const struct migration *migration,
				       const struct gain *gain)
{
	const struct facts *facts = &migration->facts;

	if (gain->is_uki || !gain->is_by_configuration ||
	    beneath_exists(migration->host->root_fd, KERNELSTUB))
		return NULL;
	for (size_t i = 0; i < facts->file_count; i++)
		if (facts->files[i].format == FORMAT_BOOT_ENTRY &&
		    strcmp(facts->files[i].change.path, gain->path) == 0)
			return &facts->files[i].change;
	return NULL;
}

/* Returns 1 if the entry stays as it is, 0 if its file cannot be edited, or -ENOMEM. */
static int spare(struct migration *migration, const struct gain *gain)
{
	static const struct cmdline_file entry = { .format = FORMAT_BOOT_ENTRY };
	const struct change *file = find_entry(migration, gain);
	_cleanup_free_ char *text = NULL;
	struct change *change;
	int r;

	if (!file)
		return 0;
	change = find_change(migration, file->path);
	r = cmdline_file_add(&entry, change ? change->new : file->old,
			     "passthru.config=off", &text);
	if (r < 0 || !text)
		return r;
	if (!change)
		change = add_change(migration, file);
	if (!change)
		return -ENOMEM;
	free(change->new);
	change->new = take_pointer(text);
	return 1;
}

int migration_prove(struct migration *migration)
{
	struct proof *proof = &migration->proof;
	size_t left = 0;
	int r = proof_run(migration, false, proof);

	for (size_t i = 0; r >= 0 && i < proof->gain_count; i++) {
		r = spare(migration, &proof->gains[i]);
		if (r == 0)
			proof->gains[left++] = proof->gains[i];
	}
	proof->gain_count = left;
	return r < 0 ? r : 0;
}
