/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "boot/internal.h"

struct test {
	char **at, **end;
	bool is_known;
};

static bool is_word(const struct test *test, size_t index, const char *text)
{
	return (size_t)(test->end - test->at) > index &&
	       strcmp(test->at[index], text) == 0;
}

static enum grub_truth truth(bool is_true)
{
	return is_true ? GRUB_TRUE : GRUB_FALSE;
}

/* Reads one condition, without a preceding "!". */
static enum grub_truth read_condition(struct test *test)
{
	size_t left = (size_t)(test->end - test->at);
	bool unequal = is_word(test, 1, "!=");
	char **at = test->at;

	if (left > 2 && (unequal || is_word(test, 1, "=") || is_word(test, 1, "=="))) {
		test->at += 3;
		return test->is_known ? truth((strcmp(at[0], at[2]) == 0) != unequal)
				      : GRUB_UNKNOWN;
	}
	if (left > 1 && (is_word(test, 0, "-n") || is_word(test, 0, "-z"))) {
		test->at += 2;
		return truth((at[1][0] == '\0') == (at[0][1] == 'z'));
	}
	if (left > 1 && at[0][0] == '-') {
		test->at += 2;
		return GRUB_UNKNOWN;
	}
	test->at++;
	return truth(at[0][0] != '\0');
}

static enum grub_truth read_term(struct test *test)
{
	bool negative = false;
	enum grub_truth term;

	for (; is_word(test, 0, "!") && test->end - test->at > 1; test->at++)
		negative = !negative;
	term = read_condition(test);
	return negative ? GRUB_TRUE - term : term;
}

enum grub_truth grub_test(const struct wordlist *wordlist, size_t from, size_t to,
			  bool is_known)
{
	struct test test = { wordlist->items + from, wordlist->items + to, is_known };
	enum grub_truth all = GRUB_TRUE, any = GRUB_FALSE;

	if (from >= to)
		return GRUB_FALSE;
	for (;; test.at++) {
		enum grub_truth term = read_term(&test);

		all = term < all ? term : all;
		if (is_word(&test, 0, "-o")) {
			any = all > any ? all : any;
			all = GRUB_TRUE;
		} else if (!is_word(&test, 0, "-a")) {
			break;
		}
		if (test.at + 1 == test.end)
			return GRUB_UNKNOWN;
	}
	if (test.at != test.end)
		return GRUB_UNKNOWN;
	return all > any ? all : any;
}
