/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On which cards compositors are configured to show: variables, and rules of udev. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "machine/internal.h"

/* -- how a card is named ------------------------------------------------------------- */

/* Whether the DRM node, such as card1, or a link to it of that name is the device's. */
static bool is_node(const struct host *host, const struct device *device,
		    const char *name)
{
	char path[PATH_MAX], target[PATH_MAX];

	if (path_format(path, sizeof(path), "dev/dri/%s", name) == 0 &&
	    sysfs_read_target(host->root_fd, path, target, sizeof(target)) == 0)
		name = beneath_name(target);
	return path_format(path, sizeof(path), "sys/class/drm/%s", name) == 0 &&
	       sysfs_read_target(host->root_fd, path, target, sizeof(target)) == 0 &&
	       address_is_in_path(&device->pci->address, target);
}

bool display_is_node(const struct host *host, const struct device *device,
		     const char *path)
{
	struct span name = span_of(path);

	return span_skip_prefix(&name, "/dev/dri/") && is_node(host, device, name.at);
}

/* udev's links are of this form: pci-0000:01:00.0-card. */
static bool has_path_id(const struct device *device, const char *text)
{
	char id[sizeof("pci-") + ADDRESS_SIZE];

	snprintf(id, sizeof(id), "pci-%s", device->address);
	return strstr(text, id);
}

/* A list that is separated by colons; those of an address may have a "\" before them. */
static bool is_in_list(const struct host *host, const struct device *device, char *list)
{
	char *to = list, *name;

	for (const char *at = list; *at; at++)
		if (!strchr("\\\"'", *at))
			*to++ = *at;
	*to = '\0';
	if (has_path_id(device, list))
		return true;
	while ((name = strsep(&list, ":")))
		if (display_is_node(host, device, name))
			return true;
	return false;
}

/* -- variables ----------------------------------------------------------------------- */

static const struct {
	const char *name, *compositor;
} variables[] = {
	{ "KWIN_DRM_DEVICES", "KWin" },
	{ "WLR_DRM_DEVICES", "wlroots" },
	{ "WLR_RENDER_DRM_DEVICE", "wlroots" },
	{ "AQ_DRM_DEVICES", "Hyprland" },
};

/* The row of the variable that names the card, or -1. */
static int find_variable(const struct host *host, const struct device *device,
			 const struct shell_assignment *assignment)
{
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		_cleanup_free_ char *list = NULL;

		if (!span_equals(assignment->name, variables[i].name))
			continue;
		list = strndup(assignment->raw.at, assignment->raw.length);
		return list && is_in_list(host, device, list) ? (int)i : -1;
	}
	return -1;
}

static bool is_in_environment(const struct host *host, const struct device *device,
			      const char *path, char text[static PHRASE_SIZE])
{
	_cleanup_free_ char *file = NULL;
	struct shell_assignment assignment;
	const char *rest;

	if (beneath_read(host->root_fd, path, &file) < 0)
		return false;
	rest = file;
	while (shell_vars_next(&rest, &assignment)) {
		int row = find_variable(host, device, &assignment);

		if (row < 0)
			continue;
		snprintf(
			text, PHRASE_SIZE,
			"%s in /%s makes %s use %s, which it cannot while vfio-pci has it; take it out there",
			variables[row].name, path, variables[row].compositor,
			device->address);
		return true;
	}
	return false;
}

/* -- rules of udev ------------------------------------------------------------------- */

#define MUTTER_TAG "\"mutter-device-preferred-primary\""

/* Whether the line has KEY=="VALUE". */
static bool has_match(const char *line, const char *key, const char *value)
{
	char match[NAME_MAX];

	return snprintf(match, sizeof(match), "%s==\"%s\"", key, value) <
		       (int)sizeof(match) &&
	       strstr(line, match);
}

static bool has_id(const struct device *device, const char *line)
{
	char vendor[8], id[8];

	snprintf(vendor, sizeof(vendor), "0x%04x",
		 (unsigned)device->pci->id.vendor & 0xffff);
	snprintf(id, sizeof(id), "0x%04x", (unsigned)device->pci->id.device & 0xffff);
	return has_match(line, "ATTRS{vendor}", vendor) &&
	       (!strstr(line, "ATTRS{device}==") || has_match(line, "ATTRS{device}", id));
}

static bool has_driver(const struct device *device, const char *line)
{
	return device->pci->driver[0] && has_match(line, "DRIVERS", device->pci->driver);
}

/* The value of DEVNAME or KERNEL, if that is a DRM node of the device. */
static bool has_node(const struct host *host, const struct device *device,
		     const char *line)
{
	static const char *const keys[] = { "ENV{DEVNAME}==\"/dev/dri/", "KERNEL==\"",
					    "NAME==\"dri/" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *at = strstr(line, keys[i]);
		char name[NAME_MAX];

		if (!at)
			continue;
		at += strlen(keys[i]);
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(at, "\""), at);
		if (is_node(host, device, name))
			return true;
	}
	return false;
}

/* The line that prefers the device, from 1, or 0. */
static size_t find_rule(const struct host *host, const struct device *device,
			const char *rules)
{
	struct text_cursor cursor;

	for (size_t number = 1; text_next_line(&rules, &cursor); number++) {
		_cleanup_free_ char *line =
			strndup(cursor.at, (size_t)(cursor.end - cursor.at));

		if (line && line[0] != '#' && strstr(line, MUTTER_TAG) &&
		    (has_path_id(device, line) || strstr(line, device->address) ||
		     has_id(device, line) || has_driver(device, line) ||
		     has_node(host, device, line)))
			return number;
	}
	return 0;
}

static bool is_in_rules(const struct host *host, const struct device *device,
			const char *path, char text[static PHRASE_SIZE])
{
	_cleanup_free_ char *rules = NULL;
	size_t line;

	if (beneath_read(host->root_fd, path, &rules) < 0)
		return false;
	line = find_rule(host, device, rules);
	if (line)
		snprintf(
			text, PHRASE_SIZE,
			"/%s, line %zu, makes GNOME prefer %s (mutter-device-preferred-primary), which it cannot use while vfio-pci has it; remove that line",
			path, line, device->address);
	return line;
}

/* -- both ---------------------------------------------------------------------------- */

static const struct {
	const char *directory, *end;
	bool (*is_in)(const struct host *host, const struct device *device,
		      const char *path, char text[static PHRASE_SIZE]);
} places[] = {
	{ "etc/environment.d", ".conf", is_in_environment },
	{ "usr/lib/environment.d", ".conf", is_in_environment },
	{ "etc/profile.d", ".sh", is_in_environment },
	{ "etc/udev/rules.d", ".rules", is_in_rules },
	{ "usr/lib/udev/rules.d", ".rules", is_in_rules },
};

bool compositor_names(const struct host *host, const struct device *device,
		      char text[static PHRASE_SIZE])
{
	if (is_in_environment(host, device, "etc/environment", text))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char **paths =
			dirlist_paths(host->root_fd, places[i].directory, places[i].end);

		for (size_t j = 0; paths && paths[j]; j++)
			if (places[i].is_in(host, device, paths[j], text))
				return true;
	}
	return false;
}
