/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pci/pci.h"
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
	/* without a function: all of the slot */
	{ "06:00", "0000:06:00.0", true },
	{ "06:1F", "0000:06:1f.0", true },
	{ "0000:06:00", "0000:06:00.0", true },
	{ "10000:e1:00", "10000:e1:00.0", true },
	/* libvirt's names */
	{ "pci_0000_06_00_0", "0000:06:00.0", false },
	{ "pci_10000_e1_1f_7", "10000:e1:1f.7", false },
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
	expect_number(text, pattern.step_count, 0);
}

/* Whatever is on a bus, or below a port. */
START_TEST(parses_places)
{
	static const struct {
		const char *text;
		bool any_slot, is_below;
		unsigned steps;
	} places[] = {
		{ "06:*", true, false, 0 },	      { "06:*.*", true, false, 0 },
		{ "0000:06:*", true, false, 0 },      { "00:03.1/*", false, true, 1 },
		{ "00:03.1/00.0/*", false, true, 2 }, { "06:00", false, false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const char *text = places[i].text, *why = NULL;
		struct address_pattern pattern;
		size_t at;

		expect_number(text,
			      address_parse(text, strlen(text), &pattern, &why, &at), 0);
		expect(text, pattern.any_function);
		expect_number(text, pattern.any_slot, places[i].any_slot);
		expect_number(text, pattern.is_below, places[i].is_below);
		expect_number(text, pattern.step_count, places[i].steps);
	}
}

#define FIFTEEN "/1.0/2.0/3.0/4.0/5.0/6.0/7.0/8.0/9.0/a.0/b.0/c.0/d.0/e.0/f.0"

/* Valid paths: their first element, and the others as sysfs writes them. */
static const struct {
	const char *text;
	const char *first;
	const char *steps;
	bool any;
} good_paths[] = {
	{ "00:08.1/00.0", "0000:00:08.1", "/00.0", false },
	{ "0000:00:08.1/00.0", "0000:00:08.1", "/00.0", false },
	{ "0:8.1/0.0", "0000:00:08.1", "/00.0", false },
	{ "00:1C.4/1F.7", "0000:00:1c.4", "/1f.7", false },
	{ "00:08.1/00.*", "0000:00:08.1", "/00.0", true },
	{ "00:01.1/00.0/03.0/00.1", "0000:00:01.1", "/00.0/03.0/00.1", false },
	{ "00:01.1/00.0/03.0/00.*", "0000:00:01.1", "/00.0/03.0/00.0", true },
	{ "10000:00:02.0/00.0", "10000:00:02.0", "/00.0", false },
	{ "ffffffff:ff:1f.7/1f.7", "ffffffff:ff:1f.7", "/1f.7", false },
	{ "00:00.0" FIFTEEN, "0000:00:00.0",
	  "/01.0/02.0/03.0/04.0/05.0/06.0/07.0/08.0/09.0/0a.0/0b.0/0c.0/0d.0/0e.0/0f.0",
	  false },
};

static void describe_steps(const struct address_pattern *pattern, char *text)
{
	text[0] = '\0';
	for (unsigned i = 0; i < pattern->step_count; i++)
		sprintf(text + strlen(text), "/%02x.%x", (unsigned)pattern->steps[i] >> 3,
			pattern->steps[i] & 7u);
}

START_TEST(parses_paths)
{
	const char *text = good_paths[_i].text, *why = NULL;
	_cleanup_free_ char *copy = exact_copy(text, strlen(text));
	struct address_pattern pattern;
	char name[ADDRESS_SIZE], steps[128];
	size_t at = 99;

	expect_number(text, address_parse(copy, strlen(text), &pattern, &why, &at), 0);
	address_format(&pattern.address, name);
	describe_steps(&pattern, steps);
	expect_text(text, name, good_paths[_i].first);
	expect_text(text, steps, good_paths[_i].steps);
	expect_number(text, pattern.any_function, good_paths[_i].any);
}

/* Only the spelling of sysfs. */
START_TEST(parses_names)
{
	struct pci_address address = { 0 };
	bool is_name = strcmp(good[_i].text, good[_i].name) == 0;
	char name[ADDRESS_SIZE];

	expect_number(good[_i].text, address_parse_name(good[_i].text, &address),
		      is_name ? 0 : -EINVAL);
	if (!is_name)
		return;
	address_format(&address, name);
	expect_text(good[_i].text, name, good[_i].name);
}

START_TEST(refuses_names)
{
	struct pci_address address;

	expect_number("", address_parse_name("", &address), -EINVAL);
	expect_number("a path", address_parse_name("0000:00:08.1/00.0", &address),
		      -EINVAL);
	expect_number("a host bridge", address_parse_name("pci0000:00", &address),
		      -EINVAL);
}

#define SHAPE	  "not a PCI address"
#define SLOT	  "the highest slot number is 1f"
#define FUNCTION  "the function is a number from 0 to 7"
#define STEP	  "write SLOT.FUNCTION in hex after each \"/\""
#define ONLY_LAST "only the last function of a path can be *"
#define DEPTH	  "a path has at most 16 slots"

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
	{ "06:00.", 6, SHAPE },
	{ "06:00:0", 7, SHAPE },
	{ "06.00.0", 2, SHAPE },
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
	{ "06:*.0", 5, SHAPE },
	{ "06:0", 4, SHAPE },
	{ "06:**", 4, SHAPE },
	{ "06:*/00.0", 4, SHAPE },
	{ "06:00/00.0", 5, SHAPE },
	{ "pci_0000_06_00", 14, SHAPE },
	{ "pci_0000_06_20_0", 16, SHAPE },
	{ "pci_0000_06_00_0_1", 16, SHAPE },
	{ "00:03.1/*/00.0", 9, STEP },
	{ "00:03.*/*", 6, ONLY_LAST },
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
	/* paths */
	{ "/", 0, SHAPE },
	{ "/00.0", 0, SHAPE },
	{ "08.1/00.0", 2, SHAPE },
	{ "00:08/00.0", 5, SHAPE },
	{ "00:08.1 /00.0", 7, SHAPE },
	{ "00:08.1//00.0", 8, STEP },
	{ "00:08.1/", 8, STEP },
	{ "00:08.1/0", 9, STEP },
	{ "00:08.1/00.", 11, STEP },
	{ "00:08.1/00.0/", 13, STEP },
	{ "00:08.1/00.00", 12, STEP },
	{ "00:08.1/00.0!", 12, STEP },
	{ "00:08.1/000.0", 10, STEP },
	{ "00:08.1/20.0", 11, SLOT },
	{ "00:20.1/00.0", 6, SLOT },
	{ "00:08.1/00.8", 12, FUNCTION },
	{ "00:08.1/00.**", 12, STEP },
	{ "00:08.*/00.0", 6, ONLY_LAST },
	{ "00:08.1/00.*/00.0", 11, ONLY_LAST },
	/* as lspci -PP and sysfs write them */
	{ "00:08.1/0a:00.0", 10, STEP },
	{ "0000:00:08.1/0000:0a:00.0", 15, STEP },
	{ "pci0000:00/0000:00:08.1", 0, SHAPE },
	{ "00:00.0" FIFTEEN "/10.0", 67, DEPTH },
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
	tcase_add_test(tcase, parses_places);
	add_rows(tcase, parses_paths, good_paths);
	add_rows(tcase, parses_names, good);
	tcase_add_test(tcase, refuses_names);
	add_rows(tcase, refuses, bad);
	add_rows(tcase, orders, sorted);
	add_rows(tcase, is_in_path, paths);
	return unit_run(tcase);
}
