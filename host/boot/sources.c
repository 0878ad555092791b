/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"

struct boot_source *boot_sources_add(struct boot_sources *sources, const char *path,
				     char *cmdline)
{
	struct boot_source *source =
		cmdline ? array_append(sources->items, sources->count) : NULL;

	if (!source) {
		free(cmdline);
		return NULL;
	}
	snprintf(source->path, sizeof(source->path), "%s", path);
	source->cmdline = cmdline;
	return source;
}

void boot_source_set_kernel(struct boot_source *source, const char *file)
{
	static const char prefix[] = "vmlinuz-";
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;

	if (strncmp(name, prefix, strlen(prefix)) == 0)
		snprintf(source->kernel, sizeof(source->kernel), "%s",
			 name + strlen(prefix));
}

void boot_sources_free(struct boot_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		free(sources->items[i].cmdline);
	free(sources->items);
	*sources = (struct boot_sources){ 0 };
}

bool boot_sources_have_final(const struct boot_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sources->items[i].is_final)
			return true;
	return false;
}

const struct boot_source *boot_next(const struct boot_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sources->items[i].is_final)
			return &sources->items[i];
	/* A fragment says nothing about the rest of the command line. */
	for (size_t i = 0; i < sources->count; i++)
		if (!sources->items[i].is_fragment)
			return &sources->items[i];
	return NULL;
}
