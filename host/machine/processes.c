/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes of the running machine, and the files that they have open. */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "machine/internal.h"

void processes_each(const struct host *host,
		    void (*each)(void *data, const char *process), void *data)
{
	_cleanup_closedir_ DIR *stream = sysfs_open_directory(host->root_fd, "proc");
	struct dirent *entry;

	while (stream && (entry = readdir(stream)))
		if (isdigit((unsigned char)entry->d_name[0]))
			each(data, entry->d_name);
}

void process_each_file(const struct host *host, const char *process,
		       bool (*each)(void *data, const struct open_file *file), void *data)
{
	_cleanup_closedir_ DIR *stream = NULL;
	char path[NAME_MAX + 16];
	struct dirent *entry;

	snprintf(path, sizeof(path), "proc/%s/fd", process);
	stream = sysfs_open_directory(host->root_fd, path);
	while (stream && (entry = readdir(stream)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    !each(data,
			  &(struct open_file){ process, dirfd(stream), entry->d_name }))
			return;
}

void process_name(const struct host *host, const char *process,
		  char name[static PROCESS_NAME_SIZE])
{
	char path[NAME_MAX + 16];

	snprintf(path, sizeof(path), "proc/%s/comm", process);
	if (sysfs_read(host->root_fd, path, name, PROCESS_NAME_SIZE) <= 0)
		strcpy(name, "a process");
	name[strcspn(name, "\n")] = '\0';
}
