/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "commands/internal.h"
#include "settings/settings.h"

/* " (256M to 8G)" */
static void put_offer(uint64_t offer, FILE *file)
{
	char size[SETTING_TEXT_SIZE];
	unsigned low = 0, high = 63;

	while (!(offer >> low & 1))
		low++;
	while (!(offer >> high & 1))
		high--;
	if (high > SETTING_SIZE_MAX)
		return;
	setting_format_size(low, size);
	fprintf(file, " (%s", size);
	setting_format_size(high, size);
	fprintf(file, " to %s)", size);
}

void list_describe_settings(const struct host *host, const struct device *device,
			    char *text, size_t size)
{
	_cleanup_close_ int bus_fd =
		openat(host->root_fd, "sys/bus/pci", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *separator = "can be set: ";
	FILE *file = fmemopen(text, size, "w");

	text[0] = '\0';
	for (int kind = 0; file && kind < SETTINGS; kind++) {
		char value[SETTING_TEXT_SIZE];
		uint64_t offer;

		setting_read(bus_fd, device->pci, (enum setting_kind)kind, value, &offer);
		if (!value[0])
			continue;
		fprintf(file, "%s%s %s", separator, setting_name((enum setting_kind)kind),
			value);
		if (offer)
			put_offer(offer, file);
		separator = ", ";
	}
	if (file)
		fclose(file);
}
