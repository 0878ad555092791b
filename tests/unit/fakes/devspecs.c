/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "devspecs.h"

static const char *const kinds[] = {
	[DEVSPEC_PATH] = "path",	 [DEVSPEC_NUMBER] = "number",
	[DEVSPEC_UUID] = "uuid",	 [DEVSPEC_LABEL] = "label",
	[DEVSPEC_PARTUUID] = "partuuid", [DEVSPEC_PARTLABEL] = "partlabel",
	[DEVSPEC_LUKS] = "luks",	 [DEVSPEC_MD] = "md",
	[DEVSPEC_GROUP] = "group",	 [DEVSPEC_POOL] = "pool",
	[DEVSPEC_TAG] = "tag",		 [DEVSPEC_UNKNOWN] = "unknown",
};

void devspecs_describe(const struct devspecs *devspecs, char *words, size_t size)
{
	size_t at = 0;

	words[0] = '\0';
	for (size_t i = 0; i < devspecs->count; i++) {
		const struct devspec *devspec = &devspecs->items[i];

		at += (size_t)snprintf(words + at, size - at, "%s%s%s %s; ",
				       devspec->source == DEVSPEC_FROM_ROOT ? "root "
									    : "",
				       devspec->is_optional ? "optional " : "",
				       kinds[devspec->kind], devspec->value);
	}
	at += (size_t)snprintf(words + at, size - at, "%s%s",
			       devspecs->network[0] ? "network" : "",
			       devspecs->root_is_remote ? " root" : "");
	snprintf(words + at, size - at, "%s%s%s", devspecs->is_mounted ? "mounted" : "",
		 devspecs->root_directory ? "at " : "",
		 devspecs->root_directory ? devspecs->root_directory : "");
}
