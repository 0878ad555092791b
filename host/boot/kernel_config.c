/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "lib/lib.h"

/* Today's have 300 KB. */
#define CONFIG_MAX (4 * 1024 * 1024)

/* What follows the first entry's header, as text. */
static char *read_entry(struct archive *archive)
{
	_cleanup_free_ char *text = calloc(1, CONFIG_MAX + 1);
	struct archive_entry *entry;
	la_ssize_t got;

	if (!text || archive_read_next_header(archive, &entry) != ARCHIVE_OK)
		return NULL;
	got = archive_read_data(archive, text, CONFIG_MAX);
	return got > 0 ? take_pointer(text) : NULL;
}

/* Kernels with CONFIG_IKCONFIG_PROC have it. */
static char *read_compressed(int root_fd)
{
	_cleanup_close_ int fd = beneath_open(root_fd, "proc/config.gz");
	struct archive *archive = fd < 0 ? NULL : archive_read_new();
	char *text = NULL;

	if (!archive)
		return NULL;
	archive_read_support_filter_gzip(archive);
	archive_read_support_format_raw(archive);
	if (archive_read_open_fd(archive, fd, 64 * 1024) == ARCHIVE_OK)
		text = read_entry(archive);
	archive_read_free(archive);
	return text;
}

char *kernel_config_read(int root_fd, const char *kernel)
{
	char running[128], *text;
	bool is_known = sysfs_read(root_fd, "proc/sys/kernel/osrelease", running,
				   sizeof(running)) > 0;

	if (!kernel && is_known)
		kernel = running;
	if (!kernel)
		return NULL;
	if (beneath_readf(root_fd, &text, "boot/config-%s", kernel) == 0 ||
	    beneath_readf(root_fd, &text, "lib/modules/%s/config", kernel) == 0)
		return text;
	return is_known && strcmp(running, kernel) == 0 ? read_compressed(root_fd) : NULL;
}

bool kernel_config_has(const char *config, const char *option)
{
	size_t length = strlen(option);

	for (const char *at = strstr(config, option); at; at = strstr(at + 1, option))
		if ((at == config || at[-1] == '\n') && at[length] == '=' &&
		    at[length + 1] != 'n')
			return true;
	return false;
}
