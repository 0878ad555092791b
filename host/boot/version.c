/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>

#include "boot/boot.h"

/* The functions of the C library depend on the locale. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The separators from the lowest to the highest, with the end of the text among them. */
static const char separators[] = { '~', '\0', '-', '^', '.' };
enum { RANK_END = 1, RANK_TEXT = sizeof(separators) };

/* The rank of the next separator; characters that separate nothing are skipped. */
static int rank(const char **at)
{
	const char *found;

	while (**at && !is_digit(**at) && !is_letter(**at) && !strchr("~-^.", **at))
		(*at)++;
	found = memchr(separators, **at, sizeof(separators));
	return found ? (int)(found - separators) : RANK_TEXT;
}

static size_t run_length(const char *at, bool (*belongs)(char c))
{
	size_t length = 0;

	while (belongs(at[length]))
		length++;
	return length;
}

/* Numbers of any length; a number is newer than anything else. */
static int compare_numbers(const char **a, const char **b)
{
	bool a_is = is_digit(**a), b_is = is_digit(**b);
	size_t a_length, b_length;
	int order;

	if (a_is != b_is)
		return a_is - b_is;
	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	a_length = run_length(*a, is_digit);
	b_length = run_length(*b, is_digit);
	if (a_length != b_length)
		return a_length < b_length ? -1 : 1;
	order = strncmp(*a, *b, a_length);
	*a += a_length;
	*b += b_length;
	return order;
}

static int compare_letters(const char **a, const char **b)
{
	size_t a_length = run_length(*a, is_letter);
	size_t b_length = run_length(*b, is_letter);
	int order = strncmp(*a, *b, a_length < b_length ? a_length : b_length);

	*a += a_length;
	*b += b_length;
	if (order == 0 && a_length != b_length)
		return a_length < b_length ? -1 : 1;
	return order;
}

int version_compare(const char *a, const char *b)
{
	for (;;) {
		int a_rank = rank(&a), b_rank = rank(&b), order = 0;

		if (a_rank != b_rank)
			return a_rank < b_rank ? -1 : 1;
		if (a_rank == RANK_END)
			return 0;
		if (a_rank != RANK_TEXT) {
			a++;
			b++;
		} else if (is_digit(*a) || is_digit(*b)) {
			order = compare_numbers(&a, &b);
		} else {
			order = compare_letters(&a, &b);
		}
		if (order != 0)
			return order;
	}
}
