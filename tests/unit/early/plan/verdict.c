/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "plan/plan.h"
#include "unit.h"

#define WORDS_MAX 64

static const char *verdict_at(int value)
{
	return verdict_word((enum verdict)value, false);
}

static const char *reason_at(int value)
{
	return reason_word((enum reason)value);
}

static const char *step_at(int value)
{
	return step_word((enum claim_step)value);
}

static const char *phrase_at(int value)
{
	return step_phrase((enum claim_step)value);
}

/* That of REASON_NONE is empty. */
static const char *reason_phrase_at(int value)
{
	return reason_phrase((enum reason)(value + 1));
}

static const struct {
	const char *name;
	const char *(*word)(int value);
	const char *unknown;
	int least; /* number of values */
} lists[] = {
	{ "verdict", verdict_at, "unknown", VERDICT_UNKNOWN },
	{ "reason", reason_at, "unknown", REASON_UNKNOWN },
	{ "step", step_at, "unknown", STEP_VFS + 1 },
	{ "step's phrase", phrase_at, "an unknown step", STEP_VFS + 1 },
	{ "reason's phrase", reason_phrase_at, "", REASON_UNKNOWN },
};

/* Every value has a word, and no two have the same. */
START_TEST(words_are_distinct)
{
	const char *words[WORDS_MAX];
	int count = 0;

	while (count < WORDS_MAX) {
		words[count] = lists[_i].word(count);
		if (strcmp(words[count], lists[_i].unknown) == 0)
			break;
		for (int other = 0; other < count; other++)
			expect(words[count], strcmp(words[count], words[other]) != 0);
		count++;
	}
	expect_number(lists[_i].name, count >= lists[_i].least, true);
	/* No value is left out in the middle. */
	for (; count < WORDS_MAX; count++)
		expect_text(lists[_i].name, lists[_i].word(count), lists[_i].unknown);
}

/* They are values of the report: small letters and "-" only. */
START_TEST(words_are_plain)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz-";

	for (int value = 0; value < WORDS_MAX; value++) {
		expect(reason_at(value),
		       !reason_at(value)[strspn(reason_at(value), plain)]);
		expect(step_at(value), !step_at(value)[strspn(step_at(value), plain)]);
		expect(verdict_at(value),
		       !verdict_at(value)[strspn(verdict_at(value), plain)]);
	}
}

/* What others may rely on, in the order of the enum. */
static const char *const promised[] = { "pending", "claimed", "kept",
					"refused", "failed",  "deferred" };

START_TEST(verdicts_are_the_promised_ones)
{
	expect_text("verdict", verdict_at(_i), promised[_i]);
}

START_TEST(words_are_found)
{
	for (int value = 0; value <= VERDICT_UNKNOWN; value++)
		expect_number(verdict_at(value), verdict_find(verdict_at(value)), value);
	for (int value = 0; value <= REASON_UNKNOWN; value++)
		expect_number(reason_at(value), reason_find(reason_at(value)), value);
	for (int value = 0; value <= STEP_VFS; value++)
		expect_number(step_at(value), step_find(step_at(value)), value);
	for (int value = 0; value <= FB_RELEASE_HELD; value++)
		expect_number("display",
			      fb_release_find(fb_release_word((enum fb_release)value)),
			      value);
	expect_number("another verdict", verdict_find("lost"), VERDICT_UNKNOWN);
	expect_number("another reason", reason_find(""), REASON_UNKNOWN);
	expect_number("another step", step_find("Load"), STEP_NONE);
}

/* A dry run claims nothing, so it has a word of its own for what it would claim. */
START_TEST(dry_runs_say_planned)
{
	expect_text("claimed", verdict_word(VERDICT_CLAIMED, true), "planned");
	expect_text("kept", verdict_word(VERDICT_KEPT, true), "kept");
	expect_number("planned", verdict_find("planned"), VERDICT_CLAIMED);
}

int main(void)
{
	TCase *tcase = tcase_create("verdict");

	add_rows(tcase, words_are_distinct, lists);
	tcase_add_test(tcase, words_are_plain);
	tcase_add_test(tcase, words_are_found);
	tcase_add_test(tcase, dry_runs_say_planned);
	add_rows(tcase, verdicts_are_the_promised_ones, promised);
	return unit_run(tcase);
}
