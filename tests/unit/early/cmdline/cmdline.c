/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline/cmdline.h"
#include "unit.h"

/* All parameters, as "[name]" or "[name=value]". The caller frees the text. */
static char *take_apart(const char *text, size_t length)
{
	_cleanup_free_ char *copy = exact_copy(text, length);
	struct text_cursor rest = { .at = copy, .end = copy + length };
	char *all = calloc(1, 3 * length + 8);
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter)) {
		strcat(all, "[");
		strncat(all, parameter.name.at, parameter.name.length);
		if (parameter.value.at) {
			strcat(all, "=");
			strncat(all, parameter.value.at, parameter.value.length);
		}
		strcat(all, "]");
	}
	return all;
}

static const struct {
	const char *text;
	const char *parameters;
} lines[] = {
	{ "", "" },
	{ " ", "" },
	{ "\n", "" },
	{ "quiet", "[quiet]" },
	{ "quiet\n", "[quiet]" },
	{ "  quiet  splash  ", "[quiet][splash]" },
	{ "a\tb\nc\vd\fe\rf", "[a][b][c][d][e][f]" },
	{ "a\xa0z", "[a][z]" },
	{ "a=b", "[a=b]" },
	{ "a=", "[a=]" },
	{ "a==", "[a==]" },
	{ "a=b=c", "[a=b=c]" },
	{ "=", "[=]" },
	{ "=a", "[=a]" },
	{ "=a=b", "[=a=b]" }, /* here the name is "=a" */
	{ "a-b_c=d-e_f", "[a-b_c=d-e_f]" },
	/* quotes: around the value, the word, and in the middle */
	{ "a=\"b c\" d", "[a=b c][d]" },
	{ "\"a=b c\" d", "[a=b c][d]" },
	{ "a=\"\"", "[a=]" },
	{ "a=\"", "[a=]" },
	{ "a=\" b", "[a= b]" },
	{ "a=\"b c", "[a=b c]" },
	{ "a=b\" c\"d", "[a=b\" c\"d]" },
	{ "a=\"b\"c", "[a=b\"c]" },
	{ "a=b\"\"", "[a=b\"\"]" },
	{ "a\"b c\"=d e", "[a\"b c\"=d][e]" },
	{ "\"a b\" c", "[a b][c]" },
	{ "\"a b", "[a b]" },
	{ "\"\" a", "[][a]" },
	{ "\"", "[]" },
	{ "\"a=\"b c\"\"", "[a=b][c\"\"]" },
	{ "\"a=\"b\"\"", "[a=b\"]" }, /* only one of the two is stripped */
	{ "\"a\"b", "[a\"b]" },
	/* no escapes */
	{ "a=\\\"b c\\\"", "[a=\\\"b c\\\"]" },
	{ "a='b c'", "[a='b][c']" },
	/* what follows a lone "--" is for init */
	{ "a -- b", "[a]" },
	{ "--", "" },
	{ "a \"--\" b", "[a]" },
	{ "a --b c", "[a][--b][c]" },
	{ "a --= c", "[a][--=][c]" },
	{ "a=-- b", "[a=--][b]" },
	{ "a - b", "[a][-][b]" },
	{ "a --- b", "[a][---][b]" },
	{ "a\" -- b\" c", "[a\" -- b\"][c]" },
};

START_TEST(splits_command_lines)
{
	_cleanup_free_ char *got = take_apart(lines[_i].text, strlen(lines[_i].text));

	expect_text(lines[_i].text, got, lines[_i].parameters);
}

static bool is_blank(char c)
{
	return c && (strchr(" \t\n\v\f\r", c) || (unsigned char)c == 0xa0);
}

/* The ends of a word's name and of the word. */
static char *find_equals(char *word, char **ret_end)
{
	bool whole = word[0] == '"', inside = whole;
	char *equals = NULL, *end;

	word += whole;
	for (end = word; *end && (inside || !is_blank(*end)); end++) {
		if (*end == '=' && !equals && end != word)
			equals = end;
		if (*end == '"')
			inside = !inside;
	}
	*ret_end = end;
	return equals;
}

/*
 * The same as the kernel does it: next_arg() and parse_args() split a line in place, byte
 * by byte. Returns the same as take_apart().
 */
static char *kernel_takes_apart(const char *text)
{
	_cleanup_free_ char *line = strdup(text);
	char *all = calloc(1, 3 * strlen(text) + 8), *at = line;

	for (;;) {
		char *name, *value = NULL, *equals, *end, *next;

		while (is_blank(*at))
			at++;
		if (!*at)
			break;
		name = at + (*at == '"');
		equals = find_equals(at, &end);
		next = end + (*end != '\0');
		*end = '\0';
		if (equals) {
			*equals = '\0';
			value = equals + 1;
		}
		if (value && *value == '"') {
			value++;
			if (end[-1] == '"')
				end[-1] = '\0';
		}
		if (*at == '"' && end > name && end[-1] == '"')
			end[-1] = '\0';
		if (!value && strcmp(name, "--") == 0)
			break;
		sprintf(all + strlen(all), value ? "[%s=%s]" : "[%s]", name, value);
		at = next;
	}
	return all;
}

/* Every text of up to eight of these bytes. */
START_TEST(agrees_with_the_kernel)
{
	static const char alphabet[] = "a=\" -";
	char text[9];

	for (unsigned length = 1; length <= 8; length++) {
		unsigned count = 1;

		for (unsigned i = 0; i < length; i++)
			count *= 5;
		for (unsigned number = (unsigned)_i; number < count; number += 8) {
			char *got, *want;
			unsigned rest = number;

			for (unsigned i = 0; i < length; i++, rest /= 5)
				text[i] = alphabet[rest % 5];
			text[length] = '\0';
			got = take_apart(text, length);
			want = kernel_takes_apart(text);
			expect_text(text, got, want);
			free(got);
			free(want);
		}
	}
}

int main(void)
{
	TCase *tcase = tcase_create("cmdline");

	add_rows(tcase, splits_command_lines, lines);
	tcase_add_loop_test(tcase, agrees_with_the_kernel, 0, 8);
	return unit_run(tcase);
}
