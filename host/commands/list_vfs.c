/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passthru list says of virtual functions, which it does not list one by one. */
#include <stdio.h>
#include <string.h>

#include "commands/internal.h"

/* How many virtual functions the next boot claims, or gives back. */
static size_t count_next(const struct list *list, const struct device *physical,
			 enum next_boot next)
{
	size_t count = 0;

	for (size_t i = 0; i < list->machine.count; i++) {
		const struct device *device = &list->machine.devices[i];

		count += device->physical == physical &&
			 list_next_boot(list, device) == next;
	}
	return count;
}

/* ", driver iavf", ", 2 without a driver" and so on, of those that are not claimed. */
static void describe_others(const struct vf_summary *vfs, char *text, size_t size)
{
	size_t others = vfs->count - vfs->claimed;

	text[0] = '\0';
	if (others && vfs->idle == others)
		snprintf(text, size, ", %s without a driver",
			 vfs->claimed ? "the others" : "all");
	else if (others && vfs->idle)
		snprintf(text, size, ", %zu without a driver", vfs->idle);
	else if (others)
		snprintf(text, size, ", driver %s", vfs->driver);
}

void list_describe_vfs(const struct list *list, const struct device *physical,
		       size_t skip, char text[static VFS_TEXT_SIZE])
{
	size_t claims = count_next(list, physical, NEXT_BOOT_CLAIMS);
	size_t releases = count_next(list, physical, NEXT_BOOT_RELEASES);
	char others[128], range[2 * ADDRESS_SIZE + 8], next[64] = "";
	struct vf_summary vfs;

	text[0] = '\0';
	vfs_sum(&list->machine, physical, &vfs);
	if (!vfs.count)
		return;
	describe_others(&vfs, others, sizeof(others));
	snprintf(range, sizeof(range), "%s%s%s", vfs.first->address + skip,
		 vfs.count > 1 ? " to " : "",
		 vfs.count > 1 ? vfs.last->address + skip : "");
	if (claims)
		snprintf(next, sizeof(next), "; %zu claimed from the next boot on",
			 claims);
	else if (releases)
		snprintf(next, sizeof(next), "; %zu released at the next boot", releases);
	snprintf(text, VFS_TEXT_SIZE, "%zu virtual function%s (%s), %zu claimed%s%s",
		 vfs.count, vfs.count == 1 ? "" : "s", range, vfs.claimed, others, next);
}
