/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "unit.h"

/* The first assignment of a text, and its value where the variable was "old" before. */
static const struct {
	const char *text;
	const char *name; /* NULL: there is none */
	const char *value;
	bool is_plain, appends, is_closed;
} assignments[] = {
	{ "", NULL, NULL, false, false, false },
	{ "# A=b\n", NULL, NULL, false, false, false },
	{ "A = b\n", NULL, NULL, false, false, false },
	{ "1A=b\n", NULL, NULL, false, false, false },
	{ "echo A=b\n", NULL, NULL, false, false, false },
	{ "A=b", "A", "b", true, false, true },
	{ "A=\n", "A", "", true, false, true },
	{ "\n  A=b # a comment\n", "A", "b", true, false, true },
	{ "export A=b\n", "A", "b", true, false, true },
	{ "A=\"b c\"\n", "A", "b c", true, false, true },
	{ "A='b c'\n", "A", "b c", true, false, true },
	{ "A='b \"c\"'\n", "A", "b \"c\"", true, false, true },
	{ "A=b\"c d\"'e'\n", "A", "bc de", true, false, true },
	{ "A=\"b \\\"c\\\"\"\n", "A", "b \"c\"", true, false, true },
	{ "A=\"\\$x\"\n", "A", "$x", true, false, true },
	{ "A='$x'\n", "A", "$x", true, false, true },
	{ "A=b;\n", "A", "b", true, false, true },
	/* The variable itself is known; others and commands are not. */
	{ "A=\"$A b\"\n", "A", "old b", true, false, true },
	{ "A=\"${A} b\"\n", "A", "old b", true, false, true },
	{ "A+=\" b\"\n", "A", "old b", true, true, true },
	{ "A=\"$AB\"\n", "A", "$AB", false, false, true },
	{ "A=\"$B\"\n", "A", "$B", false, false, true },
	{ "A=$(b)\n", "A", "$(b)", false, false, true },
	{ "A=`b`\n", "A", "`b`", false, false, true },
	{ "A=\"`b`\"\n", "A", "`b`", false, false, true },
	/* Neither a value for one command, nor more commands in the line. */
	{ "A=b command\n", "A", "b", false, false, false },
	{ "A=b; C=d\n", "A", "b", false, false, false },
	{ "A=b&\n", "A", "b", false, false, false },
	{ "A=\"b\n", "A", "b\n", false, false, false },
	/* A newline after a backslash is none. */
	{ "A=\"b\\\n c\"\n", "A", "b c", true, false, true },
	{ "A='b\\\nc'\n", "A", "b\\\nc", true, false, true },
	{ "A=b\\\nc\n", "A", "bc", false, false, true },
	{ "A=b\\ c\n", "A", "b c", false, false, true },
	{ "A=b\\", "A", "b\\", false, false, true },
	{ "A=b#c\n", "A", "b#c", true, false, true },
};

START_TEST(reads)
{
	const char *row = assignments[_i].text, *text = row;
	struct shell_assignment got;
	_cleanup_free_ char *value = NULL;

	expect_number(row, shell_vars_next(&text, &got), assignments[_i].name != NULL);
	if (!assignments[_i].name)
		return;
	expect_span(row, got.name, assignments[_i].name);
	expect_number(row, got.is_plain, assignments[_i].is_plain);
	expect_number(row, got.appends, assignments[_i].appends);
	expect_number(row, got.is_closed, assignments[_i].is_closed);
	value = shell_vars_value(&got, "old");
	expect_text(row, value, assignments[_i].value);
}

START_TEST(reads_all)
{
	const char *text = "A=1\n\n# B=2\nif x; then\n\tC=\"3\n4\"\nfi\nD=5 # X=1\n"
			   "E=1 F=2; G=3\nexport H=1 I='2 X=1'\necho X=1\nJ=1 echo X=1";
	static const char *const names[] = {
		"A", "C", "D", "E", "F", "G", "H", "I", "J"
	};
	struct shell_assignment got;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		expect(names[i], shell_vars_next(&text, &got));
		expect_span(names[i], got.name, names[i]);
	}
	expect("the end", !shell_vars_next(&text, &got));
}

/* What a text makes of the variable A, which was "old" before. */
static const struct {
	const char *text, *value;
	bool is_plain;
} resolved[] = {
	{ "", "old", true },
	{ "B=b\n", "old", true },
	{ "A=a\nB=b\n", "a", true },
	{ "A=a\nA=b\n", "b", true },
	{ "A=a\nA+=\" b\"\n", "a b", true },
	{ "A=\"$A a\"\nA=\"$A b\"\n", "old a b", true },
	{ "A=\"$B\"\n", "$B", false },
	{ "B=\"$C\"\n", "old", true },
};

START_TEST(resolves)
{
	const char *text = resolved[_i].text;
	bool plain = true;
	_cleanup_free_ char *value = shell_vars_resolve(text, "A", "old", &plain);

	expect_text(text, value, resolved[_i].value);
	expect_number(text, plain, resolved[_i].is_plain);
}

int main(void)
{
	TCase *tcase = tcase_create("shell_vars");

	add_rows(tcase, reads, assignments);
	tcase_add_test(tcase, reads_all);
	add_rows(tcase, resolves, resolved);
	return unit_run(tcase);
}
