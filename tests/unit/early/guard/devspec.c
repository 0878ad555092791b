/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guard/internal.h"
#include "unit.h"

static const struct {
	const char *a;
	const char *b;
	bool equals;
	bool begins;
} uuids[] = {
	{ "", "", false, false },	   { "12", "", false, false },
	{ "", "12", false, false },	   { "ab-12", "ab-12", true, true },
	{ "ab-12", "AB12", true, true },   { "a:b:1:2", "ab-12", true, true },
	{ "ab-12", "ab", false, true },	   { "ab-12", "ab-", false, true },
	{ "ab-12", "ab-3", false, false }, { "ab", "ab-12", false, false },
	{ "-", "-", false, false },
};

START_TEST(compares_uuids)
{
	expect_number(uuids[_i].a, devspec_equals_uuid(uuids[_i].a, uuids[_i].b),
		      uuids[_i].equals);
	expect_number(uuids[_i].a, devspec_begins_uuid(uuids[_i].a, uuids[_i].b),
		      uuids[_i].begins);
}

static const struct {
	const char *text;
	size_t size;
	bool fits;
	const char *copy;
} copies[] = {
	{ "", 1, true, "" },
	{ "my\\x20root", 8, true, "my root" },
	{ "my\\040root", 8, true, "my root" },
	{ "a\\x2", 8, true, "a\\x2" },
	{ "a\\xyz", 8, true, "a\\xyz" },
	{ "a\\089", 8, true, "a\\089" },
	{ "abcd", 4, false, "abc" },
	{ "abc\\x20", 4, false, "abc" },
};

START_TEST(decodes_escapes)
{
	char buffer[16];

	expect_number(copies[_i].text,
		      devspec_copy(buffer, copies[_i].size, span_of(copies[_i].text)),
		      copies[_i].fits);
	expect_text(copies[_i].text, buffer, copies[_i].copy);
}

int main(void)
{
	TCase *tcase = tcase_create("devspec");

	add_rows(tcase, compares_uuids, uuids);
	add_rows(tcase, decodes_escapes, copies);
	return unit_run(tcase);
}
