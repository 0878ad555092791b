/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sysfs.h"
#include "base/util.h"
#include "cmdline/tokenizer.h"
#include "guard/network.h"

/* -- signs --------------------------------------------------------------------------- */

/* In an image, or in sysfs; their names go to the log. */
static const char *const files[] = {
	"etc/iscsi.initramfs", /* open-iscsi */
	"sys/firmware/ibft",
	"sys/firmware/acpi/tables/IBFT",
	"sys/firmware/acpi/tables/iBFT",
	"sys/firmware/acpi/tables/NBFT",
	"sys/firmware/acpi/tables/NBFT1",
	"usr/bin/clevis-decrypt-tang",
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

static void note_setting(struct devspecs *devspecs, const struct parameter *parameter)
{
	struct span value = parameter->value;
	char sign[DEVSPEC_ORIGIN_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		if (!span_equals(parameter->name, settings[i].name) || !value.length ||
		    span_equals(value, settings[i].off) || span_equals(value, "none"))
			continue;
		snprintf(sign, sizeof(sign), "%s=%.*s", settings[i].name,
			 (int)value.length, value.at);
		devspecs_note_network(devspecs, span_of(sign));
		if (span_equals(value, "nfs"))
			devspecs->root_is_remote = true;
	}
}

/* A shell script of assignments; the tokenizer strips the quotes. */
static void read_settings(int directory_fd, const char *name, struct devspecs *devspecs)
{
	_cleanup_free_ char *text = NULL;
	struct text_cursor line;
	const char *rest;

	if (file_read(directory_fd, name, &text) < 0)
		return;
	rest = text;
	while (text_next_line(&rest, &line)) {
		struct parameter parameter;

		if (line.at < line.end && *line.at != '#' &&
		    tokenizer_next(&line, &parameter))
			note_setting(devspecs, &parameter);
	}
}

void network_find_signs(int root_fd, struct devspecs *devspecs)
{
	_cleanup_closedir_ DIR *directory = sysfs_open_directory(root_fd, "conf/conf.d");
	struct dirent *entry;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (sysfs_exists(root_fd, files[i]))
			devspecs_note_network(devspecs, span_of(files[i]));
	read_settings(root_fd, "conf/initramfs.conf", devspecs);
	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			read_settings(dirfd(directory), entry->d_name, devspecs);
}

/* -- interfaces ---------------------------------------------------------------------- */

#define IFF_UP 1 /* <linux/if.h> */

static bool is_up(int directory_fd, const char *interface)
{
	char path[64], flags[16];

	snprintf(path, sizeof(path), "%.50s/flags", interface);
	return sysfs_read(directory_fd, path, flags, sizeof(flags)) > 0 &&
	       strtoul(flags, NULL, 16) & IFF_UP;
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
			    (i > 0 || is_up(dirfd(directory), entry->d_name)))
				return true;
	}
	return false;
}
