/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/internal.h"
#include "unit.h"

/* The words of a script, "|" between them and a newline after each command. */
static const struct {
	const char *script, *words;
	bool has_unknown;
} scripts[] = {
	{ "", "", false },
	{ "\n ; \n", "", false },
	{ "linux /a b", "linux|/a|b\n", false },
	{ "a b; c", "a|b\nc\n", false },
	{ "a # b\nc", "a\nc\n", false },
	{ "a#b", "a#b\n", false },
	{ "a \\\n b", "a|b\n", false },
	{ "a\\ b", "a b\n", false },
	{ "'a b' \"c d\" e'f'\"g\"", "a b|c d|efg\n", false },
	{ "a ''", "a|\n", false },
	{ "'a\\b' \"a\\b\" \"\\\"\"", "a\\b|a\\b|\"\n", false },
	{ "a 'b", "a|b\n", false },
	/* Variables; blanks in their values end a word only outside quotes. */
	{ "a $one", "a|1\n", false },
	{ "a x${one}y", "a|x1y\n", false },
	{ "a $two", "a|x|y\n", false },
	{ "a \"$two\"", "a|x y\n", false },
	{ "a '$one'", "a|$one\n", false },
	{ "a \\$one", "a|$one\n", false },
	{ "a $none b", "a|b\n", false },
	{ "a \"$none\" b", "a||b\n", false },
	/* Only GRUB knows these. */
	{ "a $secret b", "a|b\n", true },
	{ "a $grub_platform", "a\n", true },
	{ "a x${feature_200_final}", "a|x\n", true },
	{ "a $root $1", "a\n", true },
	/* Without the closing brace, it is not a variable. */
	{ "a ${one", "a|$|{\none\n", true },
	/* Blocks and keywords. */
	{ "menuentry a { b; }", "menuentry|a|{\nb\n}\n", false },
	{ "menuentry \"a\"{ b }", "menuentry|a|{\nb\n}\n", false },
	{ "if [ a ]; then b; else c; fi", "if|[|a|]\nthen\nb\nelse\nc\nfi\n", false },
	{ "'then' a", "then|a\n", false },
	{ "a then b", "a|then|b\n", false },
};

START_TEST(reads)
{
	const char *row = scripts[_i].script, *text = row;
	struct grub_variables variables = { 0 };
	bool has_unknown = false, unknown;
	struct wordlist wordlist;
	char words[256] = "";
	int r;

	expect_number(row, grub_variable_set(&variables, "one", "1"), 0);
	expect_number(row, grub_variable_set(&variables, "two", "x y"), 0);
	expect_number(row, grub_variable_set(&variables, "secret", NULL), 0);
	while ((r = grub_script_next(&text, &variables, &wordlist, &unknown)) > 0) {
		for (size_t i = 0; i < wordlist.count; i++)
			snprintf(words + strlen(words), sizeof(words) - strlen(words),
				 "%s%s", wordlist.items[i],
				 i + 1 < wordlist.count ? "|" : "\n");
		has_unknown |= unknown;
		wordlist_free(&wordlist);
	}
	expect_number(row, r, 0);
	expect_text(row, words, scripts[_i].words);
	expect_number(row, has_unknown, scripts[_i].has_unknown);
	grub_variables_free(&variables);
}

START_TEST(keeps_variables)
{
	struct grub_variables variables = { 0 };
	char name[16];

	expect("not set", !grub_variable(&variables, "a"));
	expect_number("set", grub_variable_set(&variables, "a", "1"), 0);
	expect_number("set again", grub_variable_set(&variables, "a", "2"), 0);
	expect_text("the last value", grub_variable(&variables, "a"), "2");
	expect_number("one", variables.count, 1);
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "v%d", i);
		expect_number(name, grub_variable_set(&variables, name, "x"), 0);
	}
	expect_number("no more than these", variables.count, 1024);
	grub_variables_free(&variables);
	expect_number("released", variables.count, 0);
}

static const struct {
	const char *line;
	size_t from;
	const char *joined;
} joins[] = {
	{ "linux /a b 'c d'", 2, "b \"c d\"" },
	{ "linux /a b", 2, "b" },
	{ "linux /a", 2, "" },
	{ "linux", 2, "" },
};

START_TEST(joined)
{
	const char *row = joins[_i].line, *text = row;
	struct grub_variables variables = { 0 };
	_cleanup_free_ char *line = NULL;
	struct wordlist wordlist;
	bool unknown;

	expect_number(row, grub_script_next(&text, &variables, &wordlist, &unknown), 1);
	line = grub_script_join(&wordlist, joins[_i].from);
	expect_text(row, line, joins[_i].joined);
	wordlist_free(&wordlist);
}

int main(void)
{
	TCase *tcase = tcase_create("grub_script");

	add_rows(tcase, reads, scripts);
	tcase_add_test(tcase, keeps_variables);
	add_rows(tcase, joined, joins);
	return unit_run(tcase);
}
