/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

void *array_grow(void *items, size_t count, size_t size)
{
	/* Zero or a power of two: the memory is full. */
	if ((count & (count - 1)) == 0) {
		if (count > SIZE_MAX / 2 / size)
			return NULL;
		items = realloc(items, (count ? count * 2 : 1) * size);
	}
	if (items)
		memset((char *)items + count * size, 0, size);
	return items;
}
