/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "report/report.h"
#include "trial/internal.h"
#include "unit.h"

static const struct {
	int error;
	enum trial_reason reason;
} refusals[] = {
	{ -EROFS, TRIAL_READ_ONLY },	 { -ENOSPC, TRIAL_STORE_FULL },
	{ -EPERM, TRIAL_NOT_ALLOWED },	 { -EACCES, TRIAL_NOT_ALLOWED },
	{ -EOPNOTSUPP, TRIAL_NO_EFI },	 { -EIO, TRIAL_CANNOT_WRITE },
	{ -EINVAL, TRIAL_CANNOT_WRITE }, { -EINTR, TRIAL_CANNOT_WRITE },
	{ -EEXIST, TRIAL_CANNOT_WRITE },
};

START_TEST(explains_errors)
{
	struct trial_outcome outcome = variable_refusal(refusals[_i].error);

	ck_assert_int_eq(outcome.verdict, TRIAL_IGNORED);
	ck_assert_int_eq(outcome.reason, refusals[_i].reason);
	ck_assert_int_eq(outcome.error,
			 outcome.reason == TRIAL_CANNOT_WRITE ? refusals[_i].error : 0);
}

START_TEST(finds_its_words)
{
	for (int i = 0; i < TRIAL_REASONS; i++)
		ck_assert_int_eq(
			trial_reason_find(trial_reason_word((enum trial_reason)i)), i);
	for (int i = TRIAL_NONE; i <= TRIAL_PLANNED; i++)
		ck_assert_int_eq(
			trial_verdict_find(trial_verdict_word((enum trial_verdict)i)), i);
	ck_assert_int_eq(trial_verdict_find("maybe"), TRIAL_NONE);
	ck_assert_int_eq(trial_reason_find("maybe"), TRIAL_REASON_NONE);
}

static const struct {
	struct trial trial;
	const char *text;
} phrases[] = {
	{ { .verdict = TRIAL_NONE }, "" },
	{ { .verdict = TRIAL_TRIED },
	  "the new configuration counts for this boot only; passthru confirm keeps it" },
	{ { .verdict = TRIAL_TRIED, .minutes = 999 },
	  "the new configuration counts for this boot only; passthru confirm keeps it; "
	  "without that this machine restarts 999 minutes after its start" },
	{ { .verdict = TRIAL_TRIED, .minutes = 1 },
	  "the new configuration counts for this boot only; passthru confirm keeps it; "
	  "without that this machine restarts 1 minute after its start" },
	{ { .verdict = TRIAL_CONFIRMED },
	  "the new configuration counts: it was confirmed" },
	{ { .verdict = TRIAL_PLANNED }, "a dry run does not use it up" },
	{ { .verdict = TRIAL_IGNORED, .reason = TRIAL_STORE_FULL, .has_before = true },
	  "the firmware has no room for another EFI variable, so the configuration from "
	  "before counts; delete some" },
	{ { .verdict = TRIAL_IGNORED, .reason = TRIAL_CANNOT_WRITE, .error = -EIO },
	  "its EFI variable cannot be written: Input/output error, so none counts, as "
	  "before; use passthru enable without --trial" },
};

START_TEST(says_what_counts)
{
	char text[PHRASE_SIZE];

	phrase_trial(&phrases[_i].trial, text);
	ck_assert_str_eq(text, phrases[_i].text);
}

START_TEST(writes_equally_long_values)
{
	static const char token[] = "0123456789abcdef0123456789abcdef";
	static const char boot[] = "11111111-2222-3333-4444-555555555555";
	char tried[TRIAL_VALUE_SIZE], confirmed[TRIAL_VALUE_SIZE];
	char name[TRIAL_NAME_SIZE];
	size_t length = trial_format_value(token, false, boot, tried);

	ck_assert_uint_eq(trial_format_value(token, true, boot, confirmed), length);
	ck_assert_uint_eq(length,
			  4 + strlen(token) + strlen(" confirmed ") + strlen(boot) + 1);
	ck_assert(memcmp(tried, "\7\0\0\0", 4) == 0);
	ck_assert_str_eq(tried + 4, "0123456789abcdef0123456789abcdef tried     "
				    "11111111-2222-3333-4444-555555555555\n");
	ck_assert_str_eq(confirmed + 4, "0123456789abcdef0123456789abcdef confirmed "
					"11111111-2222-3333-4444-555555555555\n");
	trial_variable_name(token, name);
	ck_assert_str_eq(name,
			 "PassthruTrial-0123456789abcdef0123456789abcdef-" TRIAL_GUID);
}

int main(void)
{
	TCase *tcase = tcase_create("trial");

	add_rows(tcase, explains_errors, refusals);
	add_rows(tcase, says_what_counts, phrases);
	tcase_add_test(tcase, finds_its_words);
	tcase_add_test(tcase, writes_equally_long_values);
	return unit_run(tcase);
}
