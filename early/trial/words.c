/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/base.h"
#include "trial/trial.h"

static const char *const verdicts[] = {
	[TRIAL_NONE] = "",
	[TRIAL_TRIED] = "tried",
	[TRIAL_CONFIRMED] = "confirmed",
	[TRIAL_IGNORED] = "ignored",
	[TRIAL_PLANNED] = "planned",
};

static const char without_trial[] = "use passthru enable without --trial";
static const char again[] = "passthru enable --trial makes another one";

static const struct {
	const char *word, *phrase, *next;
} reasons[TRIAL_REASONS] = {
	[TRIAL_REASON_NONE] = { "", "", "" },
	[TRIAL_TRIED_BEFORE] = { "tried-before",
				 "another boot tried it and nobody confirmed it", again },
	[TRIAL_NO_EFI] = { "no-efi", "there are no EFI variables", without_trial },
	[TRIAL_NO_EFIVARFS] = { "no-efivarfs", "efivarfs cannot be mounted",
				"rebuild the initramfs" },
	[TRIAL_READ_ONLY] = { "read-only", "EFI variables are read-only", without_trial },
	[TRIAL_STORE_FULL] = { "store-full",
			       "the firmware has no room for another EFI variable",
			       "delete some" },
	[TRIAL_NOT_ALLOWED] = { "not-allowed",
				"the kernel does not let EFI variables be written",
				without_trial },
	[TRIAL_NO_ANSWER] = { "no-answer", "the firmware did not answer in time",
			      without_trial },
	[TRIAL_NOT_UNDERSTOOD] = { "not-understood",
				   "its EFI variable is not as passthru writes it",
				   again },
	[TRIAL_CANNOT_WRITE] = { "cannot-write", "its EFI variable cannot be written",
				 without_trial },
	[TRIAL_MALFORMED] = { "malformed", "its token is malformed", again },
};

const char *trial_verdict_word(enum trial_verdict verdict)
{
	return verdicts[verdict];
}

enum trial_verdict trial_verdict_find(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (strcmp(word, verdicts[i]) == 0)
			return (enum trial_verdict)i;
	return TRIAL_NONE;
}

const char *trial_reason_word(enum trial_reason reason)
{
	return reasons[reason].word;
}

enum trial_reason trial_reason_find(const char *word)
{
	for (size_t i = 0; i < TRIAL_REASONS; i++)
		if (strcmp(word, reasons[i].word) == 0)
			return (enum trial_reason)i;
	return TRIAL_REASON_NONE;
}

const char *trial_reason_phrase(enum trial_reason reason)
{
	return reasons[reason].phrase;
}

const char *trial_reason_next(enum trial_reason reason)
{
	return reasons[reason].next;
}
