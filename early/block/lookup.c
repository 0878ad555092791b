/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/sysfs.h"
#include "block/lookup.h"

#define DEV    "/dev/"
#define MAPPER "mapper/"

struct block *block_find_name(const struct block_list *list, struct span name)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_equals(name, list->items[i].name))
			return &list->items[i];
	return NULL;
}

struct block *block_find_number(const struct block_list *list, const char *number)
{
	unsigned major, minor;

	if (!text_read_pair(number, &major, &minor))
		return NULL;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].major == major && list->items[i].minor == minor)
			return &list->items[i];
	return NULL;
}

static const char *skip_prefix(const char *path, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(path, prefix, length) == 0 ? path + length : NULL;
}

static const char *skip_dev(const char *path)
{
	const char *rest = skip_prefix(path, DEV);

	return rest ? rest : path;
}

/*
 * Device mapper calls the volume VG/LV "VG-LV", with every dash in VG and LV doubled.
 * Returns the rest of dm_name after the volume, or NULL if it does not begin with it.
 */
static const char *skip_volume(const char *dm_name, const char *volume)
{
	for (; *volume; volume++, dm_name++) {
		if (*volume == '/' ? *dm_name != '-' : *dm_name != *volume)
			return NULL;
		if (*volume == '-' && *++dm_name != '-')
			return NULL;
	}
	return dm_name;
}

static bool is_volume(const char *dm_name, const char *path)
{
	const char *rest = skip_volume(dm_name, path);

	return rest && !*rest;
}

bool block_is_in_group(const char *path, const char *group)
{
	const char *dm_name, *rest;

	if (!*group)
		return false;
	path = skip_dev(path);
	dm_name = skip_prefix(path, MAPPER);
	if (!dm_name) {
		rest = skip_prefix(path, group);
		return rest && rest[0] == '/';
	}
	rest = skip_volume(dm_name, group);
	return rest && rest[0] == '-' && rest[1] != '-';
}

static struct block *find_dm(const struct block_list *list, const char *path)
{
	const char *mapped = skip_prefix(path, MAPPER);

	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->items[i].dm_name;

		if (!name[0])
			continue;
		if (mapped ? strcmp(name, mapped) == 0
			   : strchr(path, '/') && is_volume(name, path))
			return &list->items[i];
	}
	return NULL;
}

/* "cciss/c0d0" is "cciss!c0d0" in sysfs. */
static struct block *find_kernel_name(const struct block_list *list, const char *path)
{
	char name[BLOCK_NAME_SIZE];

	if (strlen(path) >= sizeof(name))
		return NULL;
	strcpy(name, path);
	for (char *c = name; *c; c++)
		if (*c == '/')
			*c = '!';
	return block_find_name(list, span_of(name));
}

struct block *block_find_path(int root_fd, const struct block_list *list,
			      const char *path)
{
	char link[sizeof("dev/") + BLOCK_PATH_SIZE], name[BLOCK_NAME_SIZE];
	struct block *found;

	path = skip_dev(path);
	found = find_kernel_name(list, path);
	if (!found)
		found = find_dm(list, path);
	if (found || strlen(path) >= BLOCK_PATH_SIZE)
		return found;
	snprintf(link, sizeof(link), "dev/%s", path);
	if (sysfs_read_link(root_fd, link, name, sizeof(name)) < 0)
		return NULL;
	return find_kernel_name(list, name);
}
