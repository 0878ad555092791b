/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels that let driver_override choose only some drivers, such as those of VFIO. The
 * write succeeds there and the probe matches nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "claim/internal.h"

#define PARAMETER "allow_driver_override"

/* Whichever part of the kernel has the parameter. */
static bool has_parameter(int root_fd)
{
	_cleanup_closedir_ DIR *directory = sysfs_open_directory(root_fd, "sys/module");
	char path[sizeof("sys/module//parameters/" PARAMETER) + NAME_MAX];
	struct dirent *entry;

	if (file_exists(root_fd, "proc/sys/kernel/" PARAMETER))
		return true;
	while (directory && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), "sys/module/%s/parameters/" PARAMETER,
			 entry->d_name);
		if (file_exists(root_fd, path))
			return true;
	}
	return false;
}

/* Whether a line that is not passthru's speaks of the device's override. */
static bool is_line_of(const char *line, const char *address)
{
	return strstr(line, "driver_override") && strstr(line, address) &&
	       !strstr(line, "passthru: ");
}

/* Each read is one record of the log: Documentation/ABI/testing/dev-kmsg. */
static bool kernel_says_so(int root_fd, const char *address)
{
	_cleanup_close_ int file =
		openat(root_fd, "dev/kmsg", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[8192], *line, *rest;
	ssize_t got;

	/* The oldest ones may be overwritten meanwhile. */
	while (file >= 0 && ((got = read(file, text, sizeof(text) - 1)) > 0 ||
			     (got < 0 && errno == EPIPE))) {
		text[got > 0 ? got : 0] = '\0';
		for (line = strtok_r(text, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest))
			if (is_line_of(line, address))
				return true;
	}
	return false;
}

bool gate_is_shut(const struct claims *claims, const struct claim *claim)
{
	char address[ADDRESS_SIZE];

	address_format(&claim->entry.device->address, address);
	return has_parameter(claims->root_fd) || kernel_says_so(claims->root_fd, address);
}
