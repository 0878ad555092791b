/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BASE_ARRAY_H
#define PASSTHRU_BASE_ARRAY_H

#include <stddef.h>

/*
 * Growing arrays: a pointer to the items, NULL at first, and their count. The memory is
 * always enough for the count rounded up to a power of two, so there is no separate
 * capacity, and the count may be lowered at any time. The caller frees the items.
 */

/*
 * Appends a zeroed item to an array; items and count are lvalues. Returns a pointer to
 * the item, valid until the next one is appended, or NULL if out of memory: then the
 * array is unchanged.
 */
#define array_append(items, count)                                        \
	({                                                                \
		__typeof__(items) grown_ =                                \
			array_grow((items), (count), sizeof((items)[0])); \
                                                                          \
		if (grown_)                                               \
			(items) = grown_;                                 \
		grown_ ? &(items)[(count)++] : NULL;                      \
	})

/* For array_append(): returns the items with a zeroed one after the last, or NULL. */
void *array_grow(void *items, size_t count, size_t size);

#endif
