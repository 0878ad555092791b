/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "seams.h"
#include "unit.h"

START_TEST(test_append)
{
	uint32_t *items = NULL;
	size_t count = 0;

	for (uint32_t i = 0; i < 100; i++) {
		uint32_t *item = array_append(items, count);

		ck_assert_ptr_nonnull(item);
		ck_assert_uint_eq(*item, 0);
		*item = i;
	}
	ck_assert_uint_eq(count, 100);
	for (uint32_t i = 0; i < 100; i++)
		ck_assert_uint_eq(items[i], i);
	free(items);
}
END_TEST

/* The count goes down to each number and up again, and no write is out of bounds. */
START_TEST(test_shrink)
{
	for (size_t low = 0; low <= 9; low++) {
		uint32_t *items = NULL;
		size_t count = 0;

		while (count < 9)
			*array_append(items, count) = 1;
		count = low;
		while (count < 20)
			*array_append(items, count) = 2;
		for (size_t i = 0; i < count; i++)
			ck_assert_uint_eq(items[i], i < low ? 1 : 2);
		free(items);
	}
}
END_TEST

START_TEST(test_no_memory)
{
	uint32_t *items = NULL, *before;
	size_t count = 0;

	*array_append(items, count) = 7;
	before = items;
	seam_fail(SEAM_ALLOCATE, 1, ENOMEM);
	ck_assert_ptr_null(array_append(items, count));
	ck_assert(seam_reset(SEAM_ALLOCATE));
	ck_assert_uint_eq(count, 1);
	ck_assert_ptr_eq(items, before);
	ck_assert_uint_eq(items[0], 7);
	free(items);
	ck_assert_ptr_null(array_grow(NULL, SIZE_MAX / 2 + 1, 2));
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("array");

	tcase_add_test(tcase, test_append);
	tcase_add_test(tcase, test_shrink);
	tcase_add_test(tcase, test_no_memory);
	return unit_run(tcase);
}
