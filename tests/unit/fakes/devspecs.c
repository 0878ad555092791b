/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "devspecs.h"

static const char *const kinds[] = {
	[DEVSPEC_PATH] = "path",	 [DEVSPEC_NUMBER] = "number",
	[DEVSPEC_UUID] = "uuid",	 [DEVSPEC_LABEL] = "label",
	[DEVSPEC_PARTUUID] = "partuuid", [DEVSPEC_PARTLABEL] = "partlabel",
	[DEVSPEC_LUKS] = "luks",	 [DEVSPEC_MD] = "md",
	[DEVSPEC_GROUP] = "group",	 [DEVSPEC_POOL] = "pool",
	[DEVSPEC_UNKNOWN] = "unknown",
};

/* The devspecs in words: "[root ]KIND VALUE; "..., then "network" and "mounted". */
void devspecs_describe(const struct devspecs *devspecs, char *words, size_t size)
{
	size_t at = 0;

	words[0] = '\0';
	for (size_t i = 0; i < devspecs->count; i++) {
		const struct devspec *devspec = &devspecs->items[i];

		at += (size_t)snprintf(words + at, size - at, "%s%s %s; ",
				       devspec->source == DEVSPEC_FROM_ROOT ? "root "
									    : "",
				       kinds[devspec->kind], devspec->value);
	}
	snprintf(words + at, size - at, "%s%s", devspecs->on_network ? "network" : "",
		 devspecs->is_mounted ? "mounted" : "");
}
