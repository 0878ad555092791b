/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "unit.h"

/* isspace() of the kernel's lib/ctype.c, except for NUL. */
START_TEST(spaces)
{
	unsigned char c = (unsigned char)_i;
	bool want = c == 0x20 || c == '\t' || c == '\n' || c == '\v' || c == '\f' ||
		    c == '\r' || c == 0xa0;
	char name[16];

	snprintf(name, sizeof(name), "byte %02x", c);
	expect_number(name, text_is_space((char)c), want);
}

static const struct {
	const char *text;
	unsigned max_digits;
	int r;
	uint32_t value;
	size_t used;
} numbers[] = {
	{ "", 4, -EINVAL, 0, 0 },
	{ "g", 4, -EINVAL, 0, 0 },
	{ "-1", 4, -EINVAL, 0, 0 },
	{ "+1", 4, -EINVAL, 0, 0 },
	{ " 1", 4, -EINVAL, 0, 0 },
	{ "0x1", 4, 0, 0, 1 },
	{ "0", 4, 0, 0, 1 },
	{ "0000", 4, 0, 0, 4 },
	{ "00001", 4, 0, 0, 4 },
	{ "10de", 4, 0, 0x10de, 4 },
	{ "10DE", 4, 0, 0x10de, 4 },
	{ "abcdef", 8, 0, 0xabcdef, 6 },
	{ "ABCDEF", 8, 0, 0xabcdef, 6 },
	{ "10de:", 8, 0, 0x10de, 4 },
	{ "10dg", 8, 0, 0x10d, 3 },
	{ "10d`", 8, 0, 0x10d, 3 },
	{ "10d@", 8, 0, 0x10d, 3 },
	{ "10d/", 8, 0, 0x10d, 3 },
	{ "ffffffff", 8, 0, 0xffffffff, 8 },
	{ "fffffffff", 8, 0, 0xffffffff, 8 },
	{ "12345678", 1, 0, 1, 1 },
};

START_TEST(reads_hex)
{
	const char *text = numbers[_i].text;
	_cleanup_free_ char *copy = exact_copy(text, strlen(text));
	struct text_cursor cursor = { .at = copy, .end = copy + strlen(text) };
	uint32_t value = 0;

	expect_number(text, text_read_hex(&cursor, numbers[_i].max_digits, &value),
		      numbers[_i].r);
	expect_number(text, value, numbers[_i].value);
	expect_number(text, cursor.at - copy, numbers[_i].used);
}

START_TEST(skips_a_byte)
{
	const char *text = "ab";
	struct text_cursor cursor = { .at = text, .end = text + 1 };

	expect("another byte", !text_skip(&cursor, 'b'));
	expect("another byte", cursor.at == text);
	expect("this byte", text_skip(&cursor, 'a'));
	expect("this byte", cursor.at == text + 1);
	expect("the end", !text_skip(&cursor, 'b'));
	expect("the end", cursor.at == text + 1);
}

static const struct {
	const char *text;
	const char *trimmed;
} trims[] = {
	{ "", "" },	  { " ", "" },	    { " \t\n\v\f\r", "" },
	{ "a", "a" },	  { " a", "a" },    { "a ", "a" },
	{ "\ta\n", "a" }, { "a b", "a b" }, { "  a b  ", "a b" },
};

START_TEST(trims_blanks)
{
	const char *text = trims[_i].text;
	_cleanup_free_ char *copy = exact_copy(text, strlen(text));

	expect_span(text, span_trim((struct span){ copy, strlen(text) }),
		    trims[_i].trimmed);
}

static const struct {
	const char *a;
	const char *b;
	bool equal;
	bool equal_name;
} comparisons[] = {
	{ "", "", true, true },
	{ "a", "a", true, true },
	{ "a", "b", false, false },
	{ "a", "A", false, false },
	{ "ab", "a", false, false },
	{ "a", "ab", false, false },
	{ "", "a", false, false },
	{ "a-b", "a-b", true, true },
	{ "a-b", "a_b", false, true },
	{ "a_b", "a-b", false, true },
	{ "a-b_c", "a_b-c", false, true },
	{ "a.b", "a_b", false, false },
};

START_TEST(compares)
{
	const char *text = comparisons[_i].a;
	_cleanup_free_ char *copy = exact_copy(text, strlen(text));
	struct span span = { copy, strlen(text) };

	expect_number(text, span_equals(span, comparisons[_i].b), comparisons[_i].equal);
	expect_number(text, span_equals_name(span, comparisons[_i].b),
		      comparisons[_i].equal_name);
}

static const struct {
	const char *list;
	const char *items; /* each with "|" after it */
} lists[] = {
	{ "", "|" },	     { "a", "a|" },	    { "a,b", "a|b|" },
	{ ",", "||" },	     { "a,", "a||" },	    { ",a", "|a|" },
	{ "a,,b", "a||b|" }, { " a , b ", "a|b|" }, { "a b,c", "a b|c|" },
};

START_TEST(splits_lists)
{
	const char *text = lists[_i].list;
	_cleanup_free_ char *copy = exact_copy(text, strlen(text));
	struct span rest = { copy, strlen(text) }, item;
	char items[64] = "";

	while (span_next_item(&rest, &item)) {
		strncat(items, item.at, item.length);
		strcat(items, "|");
	}
	expect_text(text, items, lists[_i].items);
	expect("at the end", !rest.at);
	expect("after the end", !span_next_item(&rest, &item));
}

#define BYTES_32 "0123456789abcdef0123456789abcdef"

static const struct {
	const char *a;
	const char *b;
	size_t distance;
} distances[] = {
	{ "", "", 0 },
	{ "abc", "abc", 0 },
	{ "abc", "abd", 1 },
	{ "abc", "ab", 1 },
	{ "ab", "abc", 1 },
	{ "ABC", "abd", 1 },
	{ "abc", "bac", 1 },
	{ "isd", "ids", 1 },
	{ "tiemout", "timeout", 1 },
	{ "tiemuot", "timeout", 2 },
	{ "dry-run", "dryrun", 1 },
	{ BYTES_32, BYTES_32, 0 },
	/* more than two, or than a third */
	{ "", "abc", SIZE_MAX },
	{ "abc", "", SIZE_MAX },
	{ "ab", "ac", SIZE_MAX },
	{ "abc", "cab", SIZE_MAX },
	{ "flaw", "lawn", SIZE_MAX },
	{ "abcdefghijkl", "abcdefghixyz", SIZE_MAX },
	{ "kitten", "sitting", SIZE_MAX },
	{ BYTES_32, "", SIZE_MAX },
	{ BYTES_32 "x", BYTES_32, SIZE_MAX },
	{ BYTES_32, BYTES_32 "x", SIZE_MAX },
};

START_TEST(counts_slips)
{
	expect(distances[_i].a,
	       text_slips(span_of(distances[_i].a), span_of(distances[_i].b)) ==
		       distances[_i].distance);
}

START_TEST(skips_a_prefix)
{
	struct span span = span_of("luks-12");

	expect("another", !span_skip_prefix(&span, "md-"));
	expect("longer", !span_skip_prefix(&span, "luks-12-34"));
	expect_span("left alone", span, "luks-12");
	expect("this", span_skip_prefix(&span, "luks-"));
	expect_span("this", span, "12");
}

START_TEST(is_one_of_the_words)
{
	static const char *const words[] = { "on", "off" };

	expect("first", span_is_one_of(span_of("on"), words, 2));
	expect("last", span_is_one_of(span_of("off"), words, 2));
	expect("prefix", !span_is_one_of(span_of("o"), words, 2));
	expect("longer", !span_is_one_of(span_of("once"), words, 2));
	expect("none", !span_is_one_of(span_of("on"), words, 0));
}

START_TEST(ends_at_a_byte)
{
	expect_span("between", span_until(span_of("vg/lv/x"), '/'), "vg");
	expect_span("first", span_until(span_of("/lv"), '/'), "");
	expect_span("none", span_until(span_of("vg"), '/'), "vg");
}

START_TEST(splits_lines)
{
	const char *text = "a b\n\n\tc\t d";
	struct text_cursor line;

	expect("first", text_next_line(&text, &line));
	expect_span("first", text_next_word(&line), "a");
	expect_span("first", text_next_word(&line), "b");
	expect_span("first", text_next_word(&line), "");
	expect("empty", text_next_line(&text, &line));
	expect_span("empty", text_next_word(&line), "");
	expect("without a newline", text_next_line(&text, &line));
	expect_span("without a newline", text_next_word(&line), "c");
	expect_span("without a newline", text_next_word(&line), "d");
	expect("end", !text_next_line(&text, &line));
}

static const struct {
	const char *text;
	bool is_pair;
	unsigned first, second;
} pairs[] = {
	{ "8:1", true, 8, 1 },	 { "259:1048575\n", true, 259, 1048575 },
	{ "", false, 0, 0 },	 { "8", false, 0, 0 },
	{ "8:", false, 0, 0 },	 { ":1", false, 0, 0 },
	{ "-8:1", false, 0, 0 }, { "8: 1", false, 0, 0 },
	{ "x:1", false, 0, 0 },
};

START_TEST(reads_pairs)
{
	unsigned first = 0, second = 0;

	expect_number(pairs[_i].text, text_read_pair(pairs[_i].text, &first, &second),
		      pairs[_i].is_pair);
	if (!pairs[_i].is_pair)
		return;
	expect_number(pairs[_i].text, first, pairs[_i].first);
	expect_number(pairs[_i].text, second, pairs[_i].second);
}

int main(void)
{
	TCase *tcase = tcase_create("text");

	tcase_add_loop_test(tcase, spaces, 1, 256);
	add_rows(tcase, reads_hex, numbers);
	tcase_add_test(tcase, skips_a_byte);
	tcase_add_test(tcase, skips_a_prefix);
	tcase_add_test(tcase, is_one_of_the_words);
	tcase_add_test(tcase, ends_at_a_byte);
	tcase_add_test(tcase, splits_lines);
	add_rows(tcase, reads_pairs, pairs);
	add_rows(tcase, trims_blanks, trims);
	add_rows(tcase, compares, comparisons);
	add_rows(tcase, splits_lists, lists);
	add_rows(tcase, counts_slips, distances);
	return unit_run(tcase);
}
