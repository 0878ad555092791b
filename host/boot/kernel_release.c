/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The release of the kernel that an entry boots. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

#define RELEASE_SIZE sizeof(((struct boot_source *)0)->kernel)

/*
 * The header of a kernel for x86, Documentation/arch/x86/boot.rst: a text such as
 * "6.12.9-amd64 (someone@somewhere) #1" is 0x200 bytes after the offset at TEXT_AT.
 */
#define MAGIC_AT  0x202
#define TEXT_AT	  0x20e
#define TEXT_FROM 0x200

const char *const kernel_prefixes[] = { "vmlinuz-", "vmlinux-", "Image-", "image-",
					NULL };

/* Whether modules of that release are installed; a name with a slash is none. */
static bool is_installed(int root_fd, const char *release)
{
	_cleanup_free_ char *path = NULL;

	if (!release[0] || release[0] == '.' || strchr(release, '/'))
		return false;
	path = beneath_find(root_fd, "lib/modules/%s", release);
	return path;
}

static bool read_header(int root_fd, const char *path, char ret[static RELEASE_SIZE])
{
	_cleanup_close_ int fd = beneath_open(root_fd, path);
	unsigned char header[TEXT_AT + 2];
	ssize_t got;
	off_t at;

	if (fd < 0 || pread(fd, header, sizeof(header), 0) != sizeof(header) ||
	    memcmp(header + MAGIC_AT, "HdrS", 4) != 0)
		return false;
	at = header[TEXT_AT] | header[TEXT_AT + 1] << 8;
	got = at ? pread(fd, ret, RELEASE_SIZE - 1, at + TEXT_FROM) : 0;
	ret[got > 0 ? got : 0] = '\0';
	ret[strcspn(ret, " ")] = '\0';
	return is_installed(root_fd, ret);
}

/*
 * Whether that package installs a kernel of that name: on Arch linux-zen is
 * vmlinuz-linux-zen, on Manjaro linux612-rt is vmlinuz-6.12-rt-x86_64.
 */
static bool is_package(const char *package, const char *name)
{
	const char *machine = strrchr(name, '-');

	if (strcmp(package, name) == 0)
		return true;
	if (!machine || strncmp(package, "linux", 5) != 0)
		return false;
	for (package += 5; name < machine; name++)
		if (*name != '.' && *name != *package++)
			return false;
	return *package == '\0';
}

/* The release of the only package that installs a kernel of that name. */
static bool find_package(int root_fd, const char *name, char ret[static RELEASE_SIZE])
{
	_cleanup_free_ char **releases = dirlist_read(root_fd, "lib/modules", "");
	size_t count = 0;

	for (size_t i = 0; releases && releases[i]; i++) {
		_cleanup_free_ char *package = NULL;

		if (beneath_readf(root_fd, &package, "lib/modules/%s/pkgbase",
				  releases[i]) < 0)
			continue;
		package[strcspn(package, "\n")] = '\0';
		if (!is_package(package, name))
			continue;
		snprintf(ret, RELEASE_SIZE, "%s", releases[i]);
		count++;
	}
	return count == 1;
}

static bool skip_kernel_prefix(struct span *name)
{
	for (size_t i = 0; kernel_prefixes[i]; i++)
		if (span_skip_prefix(name, kernel_prefixes[i]))
			return true;
	return false;
}

void boot_source_set_kernel(struct boot_source *source, int root_fd, const char *file)
{
	_cleanup_free_ char *path = boot_find_file(root_fd, file);
	struct span name = span_of(beneath_name(file));
	char found[RELEASE_SIZE];

	if (!skip_kernel_prefix(&name))
		name.length = 0;
	snprintf(source->kernel, sizeof(source->kernel), "%.*s", (int)name.length,
		 name.at);
	if (is_installed(root_fd, source->kernel))
		return;
	if ((path && read_header(root_fd, path, found)) ||
	    (name.length && find_package(root_fd, name.at, found)))
		snprintf(source->kernel, sizeof(source->kernel), "%s", found);
}
