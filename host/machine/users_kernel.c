/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel itself uses a device for: its console, network interfaces. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <limits.h>
#include <linux/fb.h>
#include <linux/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/base.h"
#include "machine/internal.h"

/* -- consoles ------------------------------------------------------------------------ */

/* The vtconsole of framebuffers that is bound, if any: "vtcon1". */
static bool find_vtconsole(const struct search *search, char name[static NAME_MAX + 1])
{
	_cleanup_closedir_ DIR *directory =
		sysfs_open_directory(search->host->root_fd, "sys/class/vtconsole");
	struct dirent *entry;
	char path[NAME_MAX + 16], text[128];

	while (directory && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), "%s/bind", entry->d_name);
		if (sysfs_read(dirfd(directory), path, text, sizeof(text)) <= 0 ||
		    text[0] != '1')
			continue;
		snprintf(path, sizeof(path), "%s/name", entry->d_name);
		if (sysfs_read(dirfd(directory), path, text, sizeof(text)) <= 0 ||
		    !strstr(text, "frame buffer"))
			continue;
		snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
		return true;
	}
	return false;
}

/* Without an answer from the kernel: the first framebuffer has all consoles at first. */
static bool is_first(const struct search *search, unsigned number)
{
	char path[64];

	for (unsigned i = 0; i < number; i++) {
		snprintf(path, sizeof(path), "sys/class/graphics/fb%u", i);
		if (sysfs_exists(search->host->root_fd, path))
			return false;
	}
	return true;
}

/* Whether one of the virtual terminals is on the framebuffer. */
static bool has_terminal(const struct search *search, unsigned number)
{
	struct fb_con2fbmap map = { .console = 1 };
	_cleanup_close_ int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "dev/fb%u", number);
	if (search->host->is_this)
		fd = openat(search->host->root_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, FBIOGET_CON2FBMAP, &map) < 0)
		return is_first(search, number);
	for (; map.console < 64; map.console++)
		if (ioctl(fd, FBIOGET_CON2FBMAP, &map) == 0 && map.framebuffer == number)
			return true;
	return false;
}

/* The claim itself releases the boot framebuffer, with the console on it. */
void users_read_framebuffer(struct search *search, const char *name)
{
	struct framebuffer boot;
	char vtconsole[NAME_MAX + 1];

	if (strncmp(name, "fb", 2) != 0 || !isdigit((unsigned char)name[2]) ||
	    framebuffer_find(search->host->root_fd, &search->pci_address, &boot) == 0)
		return;
	if (find_vtconsole(search, vtconsole) &&
	    has_terminal(search, (unsigned)strtoul(name + 2, NULL, 10)))
		users_found(search,
			    "the console is on %s (echo 0 >/sys/class/vtconsole/%s/bind)",
			    name, vtconsole);
}

/* -- network ------------------------------------------------------------------------- */

static bool has_address(const struct search *search, const char *interface)
{
	struct ifaddrs *all = NULL;
	bool found = false;

	if (!search->host->is_this || getifaddrs(&all) < 0)
		return false;
	for (struct ifaddrs *at = all; at && !found; at = at->ifa_next)
		found = at->ifa_addr && strcmp(at->ifa_name, interface) == 0 &&
			(at->ifa_addr->sa_family == AF_INET ||
			 at->ifa_addr->sa_family == AF_INET6);
	freeifaddrs(all);
	return found;
}

/* What is made of the interface, such as a VLAN, whose link begins with "upper_". */
static bool find_upper(int directory_fd, char name[static NAME_MAX + 1])
{
	_cleanup_closedir_ DIR *directory = sysfs_open_directory(directory_fd, ".");
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (strncmp(entry->d_name, "upper_", 6) == 0) {
			snprintf(name, NAME_MAX + 1, "%s", entry->d_name + 6);
			return true;
		}
	return false;
}

void users_read_interface(struct search *search, int directory_fd, const char *name)
{
	char flags[32], other[NAME_MAX + 1];

	if (sysfs_read(directory_fd, "flags", flags, sizeof(flags)) <= 0)
		return;
	if (strtoul(flags, NULL, 16) & IFF_UP)
		users_found(search,
			    "the network interface %s is up (ip link set %s down)", name,
			    name);
	else if (sysfs_read_link(directory_fd, "master", other, sizeof(other)) == 0)
		users_found(
			search,
			"the network interface %s is part of %s (ip link set %s nomaster)",
			name, other, name);
	else if (find_upper(directory_fd, other))
		users_found(search,
			    "the network interface %s is below %s (ip link delete %s)",
			    name, other, other);
	else if (has_address(search, name))
		users_found(
			search,
			"the network interface %s has an address (ip address flush dev %s)",
			name, name);
}
