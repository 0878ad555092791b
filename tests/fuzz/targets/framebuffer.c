/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "input.h"
#include "pci/internal.h"

const unsigned input_parts = 1;

/* /proc/iomem, a NUL, and a device's file "resource". */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *iomem = input_text(data, size);
	char *resource = input_second_text(data, size);

	if (framebuffer_overlaps(iomem, resource))
		reached(0);
	free(iomem);
	free(resource);
	return 0;
}
