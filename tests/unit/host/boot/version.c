/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/boot.h"
#include "unit.h"

/* In rising order: the example of UAPI.10, then one with kernels. */
static const char *const specified[] = {
	"",	   "122.1",  "123~rc1-1", "123",     "123-a",  "123-a.1", "123-1",
	"123-1.1", "123^p1", "123.a-1",	  "123.1-1", "123a-1", "124-1",	  "1234",
};

static const char *const sorted[] = {
	"~1",	  "",	     "-",	 "^",	   ".",		  "a",		"a1",
	"b",	  "0_",	     "0-",	 "0a",	   "1",		  "5.10.0~rc1", "5.10.0",
	"5.10.1", "6.1.0-9", "6.1.0-10", "6.9.0",  "6.9.0-amd64", "6.10~rc2",	"6.10",
	"6.10-1", "6.10^1",  "6.10.0",	 "6.12.1", "123a",	  "123b",	"124",
};

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static void compare(const char *a, const char *b, int wanted)
{
	int order = version_compare(a, b);

	ck_assert_msg(sign(order) == sign(wanted), "\"%s\" against \"%s\" is %d", a, b,
		      order);
}

START_TEST(orders)
{
	for (int other = 0; other < (int)ARRAY_SIZE(sorted); other++)
		compare(sorted[_i], sorted[other], _i - other);
}

START_TEST(orders_as_specified)
{
	for (int other = 0; other < (int)ARRAY_SIZE(specified); other++)
		compare(specified[_i], specified[other], _i - other);
}

/* Leading zeros and other characters do not matter. */
static const struct {
	const char *a, *b;
} same[] = {
	{ "1.01", "1.1" },
	{ "6_12", "6+12" },
	{ "+1", "1" },
	{ "1.00000000000000000000002", "1.2" },
};

START_TEST(equals)
{
	expect_number(same[_i].a, version_compare(same[_i].a, same[_i].b), 0);
	expect_number(same[_i].b, version_compare(same[_i].b, same[_i].a), 0);
}

START_TEST(compares_long_numbers)
{
	expect("long", version_compare("99999999999999999999999",
				       "100000000000000000000000") < 0);
}

int main(void)
{
	TCase *tcase = tcase_create("version");

	add_rows(tcase, orders, sorted);
	add_rows(tcase, orders_as_specified, specified);
	add_rows(tcase, equals, same);
	tcase_add_test(tcase, compares_long_numbers);
	return unit_run(tcase);
}
