/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "pci/internal.h"

const unsigned input_parts = 1;

/* A line of modules.alias. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pci_id id = { .vendor = 0x8086,
					  .device = 0x56a0,
					  .subvendor = 0x8086,
					  .subdevice = 0x1020,
					  .class = 0x030000 };
	char *line = input_text(data, size), module[DRIVER_NAME_SIZE];

	if (variant_match_line(line, &id, module) >= 0) {
		require(strnlen(module, sizeof(module)) < sizeof(module));
		reached(0);
	}
	free(line);
	return 0;
}
