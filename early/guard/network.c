/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "guard/internal.h"

/* -- signs --------------------------------------------------------------------------- */

/* In an image, or in sysfs; their names go to the log. */
static const char *const signs[] = {
	"etc/iscsi.initramfs", /* open-iscsi */
	"sys/firmware/ibft",
	"sys/firmware/acpi/tables/IBFT",
	"sys/firmware/acpi/tables/iBFT",
	"sys/firmware/acpi/tables/NBFT",
	"sys/firmware/acpi/tables/NBFT1",
	"usr/bin/clevis-decrypt-tang",
	"lib/mandos/plugin-runner",
	"usr/sbin/wpa_supplicant",
	"usr/sbin/dropbear",
	"usr/sbin/tinysshd",
	"usr/sbin/sshd",
};

/* Settings of initramfs-tools(7), and the value that means "no network". */
static const struct {
	const char *name;
	const char *off;
} settings[] = {
	{ "BOOT", "local" },
	{ "IP", "off" },
	{ "NFSROOT", "auto" },
};

static void note_network_setting(struct devspecs *devspecs, struct span name,
				 const char *value)
{
	char sign[DEVSPEC_ORIGIN_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		if (!span_equals(name, settings[i].name) || !value[0] ||
		    strcmp(value, settings[i].off) == 0 || strcmp(value, "none") == 0)
			continue;
		snprintf(sign, sizeof(sign), "%s=%s", settings[i].name, value);
		devspecs_note_network(devspecs, span_of(sign));
		if (strcmp(value, "nfs") == 0)
			devspecs->root_is_remote = true;
	}
}

/* RESUME= and ROOT=, where the command line has none. */
static int note_disk_setting(struct devspecs *devspecs, struct span name,
			     const char *value)
{
	struct devspec devspec = { .source = DEVSPEC_FROM_PARAMETER,
				   .is_optional = true };

	if (!span_is_in(name, "RESUME ROOT"))
		return 0;
	devspec_parse(span_of(value), &devspec);
	if (!devspec_is_device(&devspec))
		return 0;
	snprintf(devspec.origin, sizeof(devspec.origin), "%.*s=%s", (int)name.length,
		 name.at, value);
	return devspecs_add(devspecs, &devspec);
}

/* Every value counts, even if a later line or file overrides it. */
static int read_settings(int directory_fd, const char *name, struct devspecs *devspecs)
{
	_cleanup_free_ char *text = NULL;
	struct shell_assignment assignment;
	const char *rest;
	int r = 0;

	if (file_read(directory_fd, name, &text) < 0)
		return 0;
	rest = text;
	while (r == 0 && shell_vars_next(&rest, &assignment)) {
		_cleanup_free_ char *value = shell_vars_value(&assignment, "");
		const char *known = value ? value : "unknown";

		note_network_setting(devspecs, assignment.name, known);
		r = note_disk_setting(devspecs, assignment.name, known);
	}
	return r;
}

/* Files that configure the network once systemd or NetworkManager runs in the image. */
static void find_configurations(int root_fd, struct devspecs *devspecs)
{
	static const struct {
		const char *directory, *end;
	} places[] = {
		{ "etc/systemd/network", ".network" },
		{ "etc/NetworkManager/system-connections", ".nmconnection" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_closedir_ DIR *directory =
			sysfs_open_directory(root_fd, places[i].directory);
		struct dirent *entry;

		while (directory && (entry = readdir(directory))) {
			size_t length = strlen(entry->d_name),
			       end = strlen(places[i].end);

			if (length > end &&
			    strcmp(entry->d_name + length - end, places[i].end) == 0)
				devspecs_note_network(devspecs,
						      span_of(places[i].directory));
		}
	}
}

int network_find_signs(int root_fd, struct devspecs *devspecs)
{
	_cleanup_closedir_ DIR *directory = sysfs_open_directory(root_fd, "conf/conf.d");
	struct dirent *entry;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (file_exists(root_fd, signs[i]))
			devspecs_note_network(devspecs, span_of(signs[i]));
	find_configurations(root_fd, devspecs);
	r = read_settings(root_fd, "conf/initramfs.conf", devspecs);
	while (r == 0 && directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			r = read_settings(dirfd(directory), entry->d_name, devspecs);
	return r;
}

/* -- interfaces ---------------------------------------------------------------------- */

#define IFF_UP 1 /* <linux/if.h> */

/* The interface of a line of /proc/net/route or /proc/net/ipv6_route; empty for none. */
static struct span read_route(struct text_cursor line, bool is_ipv6)
{
	struct span first = text_next_word(&line), last = first, word;
	const struct span none = { 0 };

	/* The first line of the former is a heading. */
	if (!is_ipv6)
		return span_equals(first, "Iface") ? none : first;
	/* Link-local and multicast routes come with any interface that is up. */
	if (span_skip_prefix(&first, "fe80") || span_skip_prefix(&first, "ff"))
		return none;
	while ((word = text_next_word(&line)).length)
		last = word;
	return last;
}

/* Whether there is a route over the interface, or, without a name, over any but "lo". */
static bool has_route(int root_fd, const char *interface)
{
	static const char *const files[] = { "proc/net/route", "proc/net/ipv6_route" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *text = NULL;
		struct text_cursor line;
		const char *rest;

		if (file_read(root_fd, files[i], &text) < 0)
			continue;
		rest = text;
		while (text_next_line(&rest, &line)) {
			struct span found = read_route(line, i > 0);

			if (interface ? span_equals(found, interface)
				      : found.length && !span_equals(found, "lo"))
				return true;
		}
	}
	return false;
}

/* Whether it is part of a bond or bridge, or carries a VLAN: these have the routes. */
static bool has_upper(int directory_fd, const char *interface)
{
	_cleanup_closedir_ DIR *directory = sysfs_open_directory(directory_fd, interface);
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (strncmp(entry->d_name, "upper_", 6) == 0)
			return true;
	return false;
}

/*
 * The tools of an initramfs configure one interface but bring up others, too: one that is
 * up counts if it has a route, or if none has.
 */
static bool is_used(int root_fd, int directory_fd, const char *interface)
{
	char path[80], flags[16];

	if (path_format(path, sizeof(path), "%s/flags", interface) < 0 ||
	    sysfs_read(directory_fd, path, flags, sizeof(flags)) <= 0 ||
	    !(strtoul(flags, NULL, 16) & IFF_UP))
		return false;
	return has_route(root_fd, interface) || has_upper(directory_fd, interface) ||
	       !has_route(root_fd, NULL);
}

bool network_is_used(int root_fd, const struct pci_address *address)
{
	static const char *const classes[] = { "sys/class/net", "sys/class/fc_host",
					       "sys/class/infiniband" };

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		_cleanup_closedir_ DIR *directory =
			sysfs_open_directory(root_fd, classes[i]);
		struct dirent *entry;
		char target[PATH_MAX];

		while (directory && (entry = readdir(directory)))
			if (sysfs_read_target(dirfd(directory), entry->d_name, target,
					      sizeof(target)) == 0 &&
			    address_is_in_path(address, target) &&
			    (i > 0 || is_used(root_fd, dirfd(directory), entry->d_name)))
				return true;
	}
	return false;
}
