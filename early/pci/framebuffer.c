/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "pci/internal.h"

#define PLATFORM_DEVICES "sys/bus/platform/devices"

/* A line "    c0000000-c01d4bff : efifb", indented by two spaces per level. */
static bool read_region(struct span line, struct bar *ret, struct span *ret_name)
{
	struct text_cursor cursor = { .at = line.at, .end = line.at + line.length };

	while (text_skip(&cursor, ' '))
		;
	if (!bar_read_hex(&cursor, &ret->start) || !text_skip(&cursor, '-') ||
	    !bar_read_hex(&cursor, &ret->end) || !text_skip_word(&cursor, " : "))
		return false;
	*ret_name = (struct span){ cursor.at, (size_t)(cursor.end - cursor.at) };
	return true;
}

/* The PCI bus names its own regions by address. */
static bool is_pci_region(struct span name)
{
	struct address_pattern pattern;
	const char *why;
	size_t at;

	return address_parse(name.at, name.length, &pattern, &why, &at) == 0;
}

/*
 * A region inside the BAR comes after it; a bridge window, which may have the size of the
 * BAR, comes before. The indentation is no help: it ends at five levels.
 */
static bool is_covered(const char *iomem, const struct bar *bar)
{
	bool inside = false;

	while (*iomem) {
		struct span line = { iomem, strcspn(iomem, "\n") }, name;
		struct bar region;

		iomem += line.length;
		iomem += *iomem == '\n';
		if (!read_region(line, &region, &name) || region.start < bar->start ||
		    region.end > bar->end)
			continue;
		if (is_pci_region(name))
			inside = true;
		else if (inside)
			return true;
	}
	return false;
}

bool framebuffer_overlaps(const char *iomem, const char *resource)
{
	struct text_cursor cursor = { .at = resource,
				      .end = resource + strlen(resource) };
	struct bar bar;

	while (bar_read_line(&cursor, &bar))
		if (bar.end > bar.start && is_covered(iomem, &bar))
			return true;
	return false;
}

static int read_overlaps(int root_fd, const struct pci_address *address)
{
	char path[sizeof("sys/bus/pci/") + DEVICE_PATH_SIZE] = "sys/bus/pci/";
	_cleanup_free_ char *iomem = NULL, *resource = NULL;
	int r;

	pci_device_path(path + strlen(path), address, "resource");
	r = file_read(root_fd, path, &resource);
	if (r == 0)
		r = file_read(root_fd, "proc/iomem", &iomem);
	return r < 0 ? r : framebuffer_overlaps(iomem, resource);
}

/* The PCI device above a platform device, if there is one. */
static bool find_parent(int root_fd, const char *name, struct pci_address *ret)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *parent;
	char *last;

	snprintf(path, sizeof(path), PLATFORM_DEVICES "/%s", name);
	if (sysfs_read_target(root_fd, path, target, sizeof(target)) < 0)
		return false;
	last = strrchr(target, '/');
	if (!last)
		return false;
	*last = '\0';
	parent = strrchr(target, '/');
	return parent && address_parse_name(parent + 1, ret) == 0;
}

/* sysfb_init() and its helpers use six names, all with this ending. */
static bool is_framebuffer(const char *name)
{
	return strstr(name, "-framebuffer.") != NULL;
}

static int read_framebuffer(int root_fd, const char *name, struct framebuffer *ret)
{
	char path[sizeof(PLATFORM_DEVICES "//driver") + sizeof(ret->device)];

	if (strlen(name) >= sizeof(ret->device))
		return -ENAMETOOLONG;
	strcpy(ret->device, name);
	snprintf(path, sizeof(path), PLATFORM_DEVICES "/%s/driver", ret->device);
	return sysfs_read_link(root_fd, path, ret->driver, sizeof(ret->driver));
}

static int overlaps(int root_fd, const char *name, const struct pci_address *address)
{
	struct pci_address parent;

	if (find_parent(root_fd, name, &parent))
		return address_compare(&parent, address) == 0;
	return read_overlaps(root_fd, address);
}

int framebuffer_find(int root_fd, const struct pci_address *address,
		     struct framebuffer *ret)
{
	_cleanup_closedir_ DIR *directory =
		sysfs_open_directory(root_fd, PLATFORM_DEVICES);
	struct dirent *entry;
	int r = -ENOENT;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory))) {
		if (!is_framebuffer(entry->d_name) ||
		    read_framebuffer(root_fd, entry->d_name, ret) < 0)
			continue;
		r = overlaps(root_fd, entry->d_name, address);
		if (r != 0)
			return r < 0 ? r : 0;
		r = -ENOENT;
	}
	return r;
}

static int write_driver(int root_fd, const struct framebuffer *framebuffer,
			const char *file)
{
	char path[sizeof("sys/bus/platform/drivers//unbind") + DRIVER_NAME_SIZE];

	snprintf(path, sizeof(path), "sys/bus/platform/drivers/%s/%s",
		 framebuffer->driver, file);
	return sysfs_write(root_fd, path, framebuffer->device);
}

int framebuffer_release(int root_fd, const struct pci_address *address,
			const struct framebuffer *framebuffer)
{
	int r = write_driver(root_fd, framebuffer, "unbind");

	if (r < 0 && r != -ENOENT && r != -ENODEV)
		return r;
	r = read_overlaps(root_fd, address);
	return r > 0 ? -EBUSY : r;
}

int framebuffer_restore(int root_fd, const struct framebuffer *framebuffer)
{
	return write_driver(root_fd, framebuffer, "bind");
}
