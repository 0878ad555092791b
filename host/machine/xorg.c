/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The X server's configuration, xorg.conf(5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "machine/internal.h"

/*
 * PCI:BUS[@DOMAIN]:SLOT[:FUNCTION], decimal numbers: xf86ParsePciBusString() in
 * hw/xfree86/common/xf86pciBus.c.
 */
static bool parse_bus_id(const char *text, struct pci_address *ret)
{
	unsigned bus, domain = 0, slot, function = 0;
	int length = 0;

	if (strncasecmp(text, "PCI:", 4) == 0)
		text += 4;
	if (sscanf(text, "%u@%u%n", &bus, &domain, &length) < 2 &&
	    sscanf(text, "%u%n", &bus, &length) < 1)
		return false;
	if (sscanf(text + length, ":%u:%u", &slot, &function) < 1)
		return false;
	*ret = (struct pci_address){ .domain = domain,
				     .bus = (uint8_t)bus,
				     .slot = (uint8_t)slot,
				     .function = (uint8_t)function };
	return bus <= 0xff && slot <= 0x1f && function <= 7;
}

/* Whatever the case: xf86nameCompare() in hw/xfree86/parser/scan.c. */
static bool equals(struct span word, const char *name)
{
	return word.length == strlen(name) &&
	       strncasecmp(word.at, name, word.length) == 0;
}

static bool copy_value(struct span value, char *ret, size_t size)
{
	span_skip_prefix(&value, "\"");
	value = span_until(value, '"');
	return snprintf(ret, size, "%.*s", (int)value.length, value.at) < (int)size;
}

/* The value of a line such as: BusID "PCI:1:0:0". Returns whether it is one. */
static bool find_bus_id(struct text_cursor line, char *ret, size_t size)
{
	struct span word = text_next_word(&line), value = text_next_word(&line);

	return equals(word, "BusID") && copy_value(value, ret, size);
}

/* The value of: Option "kmsdev" "/dev/dri/card1", of the driver modesetting. */
static bool find_node(struct text_cursor line, char *ret, size_t size)
{
	struct span word = text_next_word(&line), name = text_next_word(&line);
	struct span value = text_next_word(&line);

	if (!equals(word, "Option") || !equals(name, "\"kmsdev\""))
		return false;
	return copy_value(value, ret, size);
}

/* The line that names the device, from 1, or 0; its words before and in the quotes. */
static size_t find_line(const struct host *host, const struct device *device,
			const char *text, const char **ret_key, char *value, size_t size)
{
	struct text_cursor line;
	struct pci_address found;

	for (size_t number = 1; text_next_line(&text, &line); number++) {
		*ret_key = "BusID";
		if (find_bus_id(line, value, size) && parse_bus_id(value, &found) &&
		    address_compare(&found, &device->pci->address) == 0)
			return number;
		*ret_key = "kmsdev";
		if (find_node(line, value, size) && display_is_node(host, device, value))
			return number;
	}
	return 0;
}

static bool is_named_in(const struct host *host, const struct device *device,
			const char *path, char text[static PHRASE_SIZE])
{
	_cleanup_free_ char *config = NULL;
	const char *key;
	char value[64];
	size_t line;

	if (beneath_read(host->root_fd, path, &config) < 0)
		return false;
	line = find_line(host, device, config, &key, value, sizeof(value));
	if (line)
		snprintf(
			text, PHRASE_SIZE,
			"/%s, line %zu, makes the X server use %s (%s \"%s\"), which it cannot while vfio-pci has it; remove that section",
			path, line, device->address, key, value);
	return line;
}

bool xorg_names(const struct host *host, const struct device *device,
		char text[static PHRASE_SIZE])
{
	static const char *const directories[] = { "etc/X11/xorg.conf.d",
						   "usr/share/X11/xorg.conf.d" };

	if (is_named_in(host, device, "etc/X11/xorg.conf", text))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		_cleanup_free_ char **paths =
			dirlist_paths(host->root_fd, directories[i], ".conf");

		for (size_t j = 0; paths && paths[j]; j++)
			if (is_named_in(host, device, paths[j], text))
				return true;
	}
	return false;
}
