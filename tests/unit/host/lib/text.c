/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "unit.h"

/* The words of a line, with "|" between them. */
static const struct {
	const char *line, *words;
} lines[] = {
	{ "", "" },
	{ " \t ", "" },
	{ "a", "a" },
	{ "  a \t b  ", "a|b" },
	{ "root=UUID=1 ro quiet", "root=UUID=1|ro|quiet" },
	{ "a=\"b c\" d", "a=\"b c\"|d" },
	{ "\"a=b c\" d", "\"a=b c\"|d" },
	{ "a\"b c\"d\"e f\" g", "a\"b c\"d\"e f\"|g" },
	{ "\"\" x", "\"\"|x" },
	/* A quote that does not end protects the rest. */
	{ "a \"b c", "a|\"b c" },
	/* Single quotes protect nothing on a kernel command line. */
	{ "'a b'", "'a|b'" },
};

static void join(const struct wordlist *wordlist, char *ret, size_t size)
{
	size_t length = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < wordlist->count; i++)
		length += (size_t)snprintf(ret + length, size - length, "%s%s",
					   i > 0 ? "|" : "", wordlist->items[i]);
}

START_TEST(splits)
{
	struct wordlist wordlist;
	char words[256];

	expect_number(lines[_i].line, wordlist_split(lines[_i].line, &wordlist), 0);
	join(&wordlist, words, sizeof(words));
	expect_text(lines[_i].line, words, lines[_i].words);
	wordlist_free(&wordlist);
	expect_number(lines[_i].line, wordlist.count, 0);
}

START_TEST(changes)
{
	struct wordlist wordlist;
	char words[256];

	expect_number("split", wordlist_split("a b c", &wordlist), 0);
	wordlist_remove(&wordlist, 1);
	expect_number("at the front", wordlist_insert(&wordlist, 0, "x y"), 0);
	expect_number("in the middle", wordlist_insert(&wordlist, 2, "z"), 0);
	expect_number("at the end", wordlist_insert(&wordlist, 4, "e"), 0);
	join(&wordlist, words, sizeof(words));
	expect_text("changed", words, "x y|a|z|c|e");
	expect_number("join", wordlist_join(&wordlist, 2), 0);
	expect_text("joined", wordlist.joined, "z c e");
	expect_number("join again", wordlist_join(&wordlist, 5), 0);
	expect_text("nothing joined", wordlist.joined, "");
	wordlist_free(&wordlist);
}

static const struct {
	const char *line, *in;
	bool contains;
} contained[] = {
	{ "a", "a", true },
	{ "b a", "a x b", true },
	{ "a b", "a", false },
	{ "a", "ab", false },
	{ "a a", "a", true },
	{ "x=\"a b\"", "y x=\"a b\" z", true },
	/* A line without words is never contained. */
	{ "", "a", false },
	{ " ", "", false },
};

START_TEST(contains)
{
	expect_number(contained[_i].line,
		      wordlist_contains(contained[_i].line, contained[_i].in),
		      contained[_i].contains);
}

static const struct {
	const char *word, *unquoted;
} quoted[] = {
	{ "", "" },	{ "a", "a" },	      { "\"a b\"", "a b" },
	{ "\"\"", "" }, { "a=\"b", "a=\"b" }, { "\"", "" },
};

START_TEST(unquotes)
{
	_cleanup_free_ char *word = strdup(quoted[_i].word);

	expect_text(quoted[_i].word, wordlist_unquote(word), quoted[_i].unquoted);
}

START_TEST(keeps_what_is_written)
{
	struct text_file text;
	FILE *file = text_file_open(&text);
	_cleanup_free_ char *got = NULL;

	fprintf(file, "%d", 12);
	fputs(" and more", file);
	got = text_file_close(&text);
	expect_text("written", got, "12 and more");
}

START_TEST(may_be_empty)
{
	struct text_file text;
	_cleanup_free_ char *got = NULL;

	text_file_open(&text);
	got = text_file_close(&text);
	expect_text("empty", got, "");
}

/* A text that lacks something is none; the sanitizers see that it is freed. */
START_TEST(is_whole_or_none)
{
	struct text_file text = { .file = fopen("/dev/full", "w"),
				  .text = strdup("begin") };

	fputs("the rest", text.file);
	expect("after an error", !text_file_close(&text));
	expect("closed", !text_file_close(&text));
}

int main(void)
{
	TCase *tcase = tcase_create("text");

	add_rows(tcase, splits, lines);
	tcase_add_test(tcase, changes);
	add_rows(tcase, contains, contained);
	add_rows(tcase, unquotes, quoted);
	tcase_add_test(tcase, keeps_what_is_written);
	tcase_add_test(tcase, may_be_empty);
	tcase_add_test(tcase, is_whole_or_none);
	return unit_run(tcase);
}
