/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "boot/boot.h"
#include "migrate/internal.h"

/* Without entries that can be read, the next boot is known from what they are made of. */
static int read_next(int root_fd, struct boots *ret)
{
	int r = boot_read(root_fd, &ret->sources);

	if (r < 0)
		return r;
	ret->items = boot_next(&ret->sources);
	ret->count = ret->items ||
		     boot_sources_add_running(&ret->sources, root_fd, &ret->items) == 0;
	return 0;
}

int boots_read(int root_fd, struct boots *ret)
{
	int r;

	*ret = (struct boots){ 0 };
	r = boot_read_all(root_fd, &ret->sources);
	ret->items = ret->sources.items;
	ret->count = ret->sources.count;
	if (r < 0 || ret->count)
		return r;
	boot_sources_free(&ret->sources);
	return read_next(root_fd, ret);
}

void boots_free(struct boots *boots)
{
	boot_sources_free(&boots->sources);
	*boots = (struct boots){ 0 };
}
