/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "boot_parts.h"
#include "entries.h"
#include "file.h"
#include "sysfs.h"

struct boot_source *boot_add(struct boot_sources *sources, const char *path,
			     char *cmdline)
{
	struct boot_source source = { .cmdline = cmdline };
	void *larger =
		realloc(sources->items, (sources->count + 1) * sizeof(sources->items[0]));

	if (!cmdline || !larger) {
		free(cmdline);
		sources->items = larger ? larger : sources->items;
		return NULL;
	}
	snprintf(source.path, sizeof(source.path), "%s", path);
	sources->items = larger;
	sources->items[sources->count++] = source;
	return &sources->items[sources->count - 1];
}

static bool has_other(int root_fd)
{
	return sysfs_exists(root_fd, "etc/kernel/cmdline") || entries_exist(root_fd);
}

bool boot_uses_grub(int root_fd, bool *ret_bls)
{
	_cleanup_free_ char *running = NULL;
	_cleanup_free_ char *config = NULL;
	bool has_config = file_read(root_fd, "boot/grub/grub.cfg", &config) == 0 ||
			  file_read(root_fd, "boot/grub2/grub.cfg", &config) == 0;

	*ret_bls = false;
	/* Where it cannot be read, its defaults tell as much. */
	if (!has_config && !sysfs_exists(root_fd, "etc/default/grub"))
		return false;
	if ((file_read(root_fd, "proc/cmdline", &running) < 0 ||
	     !strstr(running, "BOOT_IMAGE=")) &&
	    has_other(root_fd))
		return false;
	*ret_bls = has_config && strstr(config, "\nblscfg");
	return true;
}

int boot_read(int root_fd, struct boot_sources *ret)
{
	bool bls, grub = boot_uses_grub(root_fd, &bls);
	int r = 0;

	*ret = (struct boot_sources){ 0 };
	if (grub && !bls)
		r = boot_add_grub(root_fd, ret);
	if (r == 0)
		r = boot_add_entries(root_fd, bls, ret);
	return r < 0 ? r : boot_add_inputs(root_fd, grub, !grub || bls, ret);
}

void boot_sources_free(struct boot_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		free(sources->items[i].cmdline);
	free(sources->items);
	*sources = (struct boot_sources){ 0 };
}

const struct boot_source *boot_next(const struct boot_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sources->items[i].is_final)
			return &sources->items[i];
	/* A part says nothing about the rest. */
	for (size_t i = 0; i < sources->count; i++)
		if (!sources->items[i].is_part)
			return &sources->items[i];
	return NULL;
}
