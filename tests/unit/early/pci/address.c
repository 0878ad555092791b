/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "pci/address.h"
#include "unit.h"

/* Valid addresses, and the way sysfs writes them. */
static const struct {
	const char *text;
	const char *name;
	bool any;
} good[] = {
	{ "0000:06:00.0", "0000:06:00.0", false },
	{ "06:00.0", "0000:06:00.0", false },
	{ "6:0.0", "0000:06:00.0", false },
	{ "0:6:0.0", "0000:06:00.0", false },
	{ "06:00.*", "0000:06:00.0", true },
	{ "0000:06:00.*", "0000:06:00.0", true },
	{ "ff:1f.7", "0000:ff:1f.7", false },
	{ "FF:1F.7", "0000:ff:1f.7", false },
	{ "0001:c1:0a.3", "0001:c1:0a.3", false },
	/* Intel VMD */
	{ "10000:01:00.0", "10000:01:00.0", false },
	{ "10000:e1:00.*", "10000:e1:00.0", true },
	{ "00010000:01:00.0", "10000:01:00.0", false },
	{ "ffffffff:ff:1f.7", "ffffffff:ff:1f.7", false },
};

START_TEST(parses)
{
	const char *text = good[_i].text, *why = NULL;
	_cleanup_free_ char *copy = exact_copy(text, strlen(text));
	struct address_pattern pattern;
	char name[ADDRESS_SIZE];
	size_t at = 99;

	expect_number(text, address_parse(copy, strlen(text), &pattern, &why, &at), 0);
	address_format(&pattern.address, name);
	expect_text(text, name, good[_i].name);
	expect_number(text, pattern.any_function, good[_i].any);
}

#define SHAPE	 "not a PCI address"
#define SLOT	 "the highest slot number is 1f"
#define FUNCTION "the function is a number from 0 to 7"

/* Malformed addresses: the offset of the error, and the phrase. */
static const struct {
	const char *text;
	size_t at;
	const char *why;
} bad[] = {
	{ "", 0, SHAPE },
	{ ".", 0, SHAPE },
	{ ":", 0, SHAPE },
	{ "*", 0, SHAPE },
	{ "06", 2, SHAPE },
	{ "06:", 3, SHAPE },
	{ "06:00", 5, SHAPE },
	{ "06:00.", 6, SHAPE },
	{ "06:00:0", 7, SHAPE },
	{ "06.00.0", 2, SHAPE },
	{ "0000:06:00", 10, SHAPE },
	{ "0000:0000:06:00.0", 2, SHAPE },
	{ "006:00.0", 2, SHAPE },
	{ "06:000.0", 5, SHAPE },
	{ "06:20.0", 6, SLOT },
	{ "06:ff.0", 6, SLOT },
	{ "06:00.8", 7, FUNCTION },
	{ "06:00.f", 7, FUNCTION },
	{ "06:00.00", 7, SHAPE },
	{ "06:00.**", 7, SHAPE },
	{ "06:00.0*", 7, SHAPE },
	{ "06:00.0 ", 7, SHAPE },
	{ " 06:00.0", 0, SHAPE },
	{ "06:*.0", 3, SHAPE },
	{ "*:00.0", 0, SHAPE },
	{ "-6:00.0", 0, SHAPE },
	{ "+6:00.0", 0, SHAPE },
	{ "0x06:00.0", 1, SHAPE },
	{ "g6:00.0", 0, SHAPE },
	{ "06:00.g", 6, SHAPE },
	{ "100000000:06:00.0", 8, SHAPE },
	{ ":06:00.0", 0, SHAPE },
	{ "pci-0000:06:00.0", 0, SHAPE },
	/* users paste whole lines of lspci */
	{ "06:00.0 VGA", 7, SHAPE },
};

START_TEST(refuses)
{
	const char *text = bad[_i].text, *why = "";
	_cleanup_free_ char *copy = exact_copy(text, strlen(text));
	struct address_pattern pattern;
	size_t at = 99;

	expect_number(text, address_parse(copy, strlen(text), &pattern, &why, &at),
		      -EINVAL);
	expect_number(text, at, bad[_i].at);
	ck_assert_msg(strncmp(why, bad[_i].why, strlen(bad[_i].why)) == 0,
		      "%s: the reason is \"%s\"", text, why);
}

/* In ascending order. */
static const char *const sorted[] = {
	"0000:00:00.0",	    "0000:00:00.1",  "0000:00:01.0",	 "0000:00:1f.7",
	"0000:01:00.0",	    "0000:0a:00.0",  "0000:ff:1f.7",	 "0001:00:00.0",
	"ffff:00:00.0",	    "10000:00:00.0", "7fffffff:00:00.0", "80000000:00:00.0",
	"ffffffff:00:00.0",
};

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

START_TEST(orders)
{
	for (int other = 0; other < (int)ARRAY_SIZE(sorted); other++) {
		struct pci_address a = address_of(sorted[_i]);
		struct pci_address b = address_of(sorted[other]);

		expect_number(sorted[_i], sign(address_compare(&a, &b)),
			      sign(_i - other));
	}
}

static const struct {
	const char *pattern;
	const char *address;
	bool matches;
} matching[] = {
	{ "06:00.0", "0000:06:00.0", true },
	{ "06:00.0", "0000:06:00.1", false },
	{ "06:00.0", "0000:06:01.0", false },
	{ "06:00.0", "0000:07:00.0", false },
	{ "06:00.0", "0001:06:00.0", false },
	{ "06:00.*", "0000:06:00.0", true },
	{ "06:00.*", "0000:06:00.7", true },
	{ "06:00.*", "0000:06:01.0", false },
	{ "06:00.*", "0000:07:00.0", false },
	{ "06:00.*", "10000:06:00.0", false },
	{ "10000:06:00.*", "10000:06:00.3", true },
	{ "10000:06:00.*", "0000:06:00.3", false },
};

START_TEST(matches)
{
	struct address_pattern pattern;
	struct pci_address address = address_of(matching[_i].address);
	const char *why, *text = matching[_i].pattern;
	size_t at;

	ck_assert_int_eq(address_parse(text, strlen(text), &pattern, &why, &at), 0);
	expect_number(text, address_matches(&pattern, &address), matching[_i].matches);
}

static const struct {
	const char *address;
	const char *path;
	bool is_in;
} paths[] = {
	{ "0000:01:00.0", "../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/net/eth0",
	  true },
	{ "0000:00:01.0", "../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/net/eth0",
	  true },
	{ "0000:01:00.0", "/devices/pci0000:00/0000:01:00.0", true },
	{ "0000:01:00.1", "/devices/pci0000:00/0000:01:00.0/x", false },
	{ "10000:01:00.0", "/devices/pci10000:00/10000:01:00.0/x", true },
	{ "0000:01:00.0", "/devices/pci10000:00/10000:01:00.0/x", false },
	/* a serial port of kernels since 6.5 is below it as well as named after it */
	{ "0000:01:00.0", "/devices/0000:01:00.0:0/0000:01:00.0:0.0/tty/ttyS4", false },
	{ "0000:01:00.0", "", false },
};

START_TEST(is_in_path)
{
	struct pci_address address = address_of(paths[_i].address);

	expect_number(paths[_i].path, address_is_in_path(&address, paths[_i].path),
		      paths[_i].is_in);
}

int main(void)
{
	TCase *tcase = tcase_create("address");

	add_rows(tcase, parses, good);
	add_rows(tcase, refuses, bad);
	add_rows(tcase, orders, sorted);
	add_rows(tcase, matches, matching);
	add_rows(tcase, is_in_path, paths);
	return unit_run("address", tcase);
}
