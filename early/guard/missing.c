/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the system asks for and no disk has now: a disk that comes later may be kept for
 * it. */
#include <string.h>

#include "guard/internal.h"

static bool has_unread(const struct backing *backing)
{
	for (size_t i = 0; i < backing->blocks.count; i++)
		if (backing->blocks.items[i].superblock.state == SUPERBLOCK_UNREAD)
			return true;
	return false;
}

/* Whether the origin begins with the table, the name and "=". */
static bool is_of(const struct devspec *devspec, const char *table, const char *name)
{
	struct span origin = span_of(devspec->origin);

	return name[0] && span_skip_prefix(&origin, table) &&
	       span_skip_prefix(&origin, name) && span_skip_prefix(&origin, "=");
}

/* Whether that entry of a table is mounted, swapped on or opened. */
static bool is_entry_used(const struct backing *backing, const struct devspec *devspec)
{
	for (size_t i = 0; i < backing->devspecs.count; i++) {
		const struct devspec *use = &backing->devspecs.items[i];

		if (devspec_is_in_use(use) && is_of(devspec, "fstab:", use->origin))
			return true;
	}
	for (size_t i = 0; i < backing->blocks.count; i++)
		if (is_of(devspec, "crypttab:", backing->blocks.items[i].dm_name))
			return true;
	return false;
}

/* The same for any entry of the device: a subvolume of what is mounted has no mount here.
 */
static bool is_there(const struct backing *backing, const struct devspec *devspec)
{
	for (size_t i = 0; i < backing->devspecs.count; i++) {
		const struct devspec *entry = &backing->devspecs.items[i];

		if (entry->kind == devspec->kind &&
		    strcmp(entry->value, devspec->value) == 0 &&
		    is_entry_used(backing, entry))
			return true;
	}
	return false;
}

/* Parameters name a disk that is in use in many ways: they only count if all were read.
 */
static bool is_missing(const struct backing *backing, size_t index)
{
	const struct devspec *devspec = &backing->devspecs.items[index];
	bool is_of_table = strncmp(devspec->origin, "fstab:", 6) == 0 ||
			   strncmp(devspec->origin, "crypttab:", 9) == 0;

	return !backing->found[index] && devspec->source == DEVSPEC_FROM_PARAMETER &&
	       devspec->kind != DEVSPEC_UNKNOWN &&
	       (is_of_table || !has_unread(backing)) && !is_there(backing, devspec);
}

int guard_each_missing(int root_fd, const struct cmdline *cmdline, uint64_t deadline,
		       void (*each)(void *data, const struct devspec *devspec),
		       void *data)
{
	struct backing backing = { .root_fd = root_fd };
	int r = backing_scan(&backing);

	if (r == 0)
		r = devspecs_read(root_fd, cmdline, true, &backing.devspecs);
	if (r == 0)
		r = backing_find(&backing, deadline);
	for (size_t i = 0; r == 0 && i < backing.devspecs.count; i++)
		if (is_missing(&backing, i))
			each(data, &backing.devspecs.items[i]);
	backing_free(&backing);
	return r;
}
