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

/* The value of a line such as: BusID "PCI:1:0:0". Returns whether it is one. */
static bool find_bus_id(struct text_cursor line, char *ret, size_t size)
{
	struct span word = text_next_word(&line), value = text_next_word(&line);

	if (word.length != strlen("BusID") ||
	    strncasecmp(word.at, "BusID", word.length) != 0)
		return false;
	span_skip_prefix(&value, "\"");
	value = span_until(value, '"');
	return snprintf(ret, size, "%.*s", (int)value.length, value.at) < (int)size;
}

/* The line that names the device, from 1, or 0; its value in bus_id. */
static size_t find_line(const char *text, const struct pci_address *address, char *bus_id,
			size_t size)
{
	struct text_cursor line;
	struct pci_address found;

	for (size_t number = 1; text_next_line(&text, &line); number++)
		if (find_bus_id(line, bus_id, size) && parse_bus_id(bus_id, &found) &&
		    address_compare(&found, address) == 0)
			return number;
	return 0;
}

static bool is_named_in(const struct host *host, const struct device *device,
			const char *path, char text[static PHRASE_SIZE])
{
	_cleanup_free_ char *config = NULL;
	char bus_id[64];
	size_t line;

	if (beneath_read(host->root_fd, path, &config) < 0)
		return false;
	line = find_line(config, &device->pci->address, bus_id, sizeof(bus_id));
	if (line)
		snprintf(
			text, PHRASE_SIZE,
			"/%s, line %zu, makes the X server use %s (BusID \"%s\"), which it cannot while vfio-pci has it; remove that section",
			path, line, device->address, bus_id);
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
