/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this boot and the next one make of a trial, in words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "report/report.h"
#include "trials/trials.h"
#include "ui/ui.h"

static bool is_same(const struct trial *a, const struct trial *b)
{
	return strcmp(a->token, b->token) == 0;
}

/* -- this boot ----------------------------------------------------------------------- */

struct trial trial_find_boot(const struct host *host, const struct trial *reported)
{
	struct trial running, configured, boot = *reported;

	switch (reported->verdict) {
	case TRIAL_NONE:
	case TRIAL_PLANNED:
		break;
	case TRIAL_CONFIRMED:
		return boot;
	case TRIAL_TRIED:
		if (trials_find_running(host->root_fd, &running) &&
		    is_same(&running, reported))
			return boot;
		boot.verdict = TRIAL_CONFIRMED;
		if (trials_is_confirmed(host->root_fd, reported->token))
			return boot;
		break;
	case TRIAL_IGNORED:
		/* It may have been ended since. */
		if (trials_find_configured(host->root_fd, &configured) > 0 &&
		    is_same(&configured, reported))
			return boot;
		break;
	}
	return (struct trial){ 0 };
}

/* "the machine restarts in 3 minutes, and ", or "" */
static void describe_limit(const struct host *host, unsigned minutes, char *text,
			   size_t size)
{
	_cleanup_free_ char *uptime = NULL;
	long left = (long)minutes * 60;

	text[0] = '\0';
	if (!minutes)
		return;
	if (beneath_read(host->root_fd, "proc/uptime", &uptime) == 0)
		left -= strtol(uptime, NULL, 10);
	if (left < 60)
		snprintf(text, size, "the machine restarts within a minute, and ");
	else
		snprintf(text, size, "the machine restarts in %ld %s, and ", left / 60,
			 left < 120 ? "minute" : "minutes");
}

void trial_describe_boot(const struct host *host, const struct trial *boot,
			 char text[static TRIAL_TEXT_SIZE])
{
	char phrase[PHRASE_SIZE], limit[64];

	text[0] = '\0';
	if (boot->verdict == TRIAL_TRIED) {
		describe_limit(host, boot->minutes, limit, sizeof(limit));
		snprintf(
			text, TRIAL_TEXT_SIZE,
			"This boot is a trial: if all is well, run passthru confirm. Without that, %sthe next boot has what was in force before.",
			limit);
	} else if (boot->verdict == TRIAL_IGNORED) {
		phrase_trial(boot, phrase);
		snprintf(
			text, TRIAL_TEXT_SIZE,
			"The configuration is on trial, and did not count in this boot: %s.",
			phrase);
	}
}

void trial_add_json(struct json_object *top, const struct trial *trial, const char *text)
{
	struct json_object *object;

	if (!trial->verdict) {
		json_add_text(top, "trial", NULL);
		return;
	}
	object = json_object_new_object();
	json_object_object_add(top, "trial", object);
	json_add_text(object, "token", trial->token);
	json_add_text(object, "verdict", trial_verdict_word(trial->verdict));
	json_add_text(object, "reason", trial_reason_word(trial->reason));
	json_add_number(object, "minutes", trial->minutes);
	json_add_text(object, "text", text);
}

/* -- the next boot ------------------------------------------------------------------- */

/* Whether a boot has tried it, as the report of this one tells. */
static bool was_tried(const struct host *host, const struct trial *trial)
{
	struct run_result result;
	struct trial boot = { 0 };

	if (report_read(host->root_fd, REPORT_PATH, &result) == 0)
		boot = trial_find_boot(host, &result.trial);
	run_result_free(&result);
	return is_same(&boot, trial) &&
	       (boot.verdict == TRIAL_TRIED || boot.reason == TRIAL_TRIED_BEFORE);
}

/* Why it will not count, as far as the firmware's memory tells. */
static enum trial_reason find_reason(const struct host *host, const struct trial *trial)
{
	if (!trial->token[0])
		return TRIAL_MALFORMED;
	switch (trials_read_variable(host, trial->token)) {
	case VARIABLE_NO_EFI:
		return host->is_unpacked ? TRIAL_REASON_NONE : TRIAL_NO_EFI;
	case VARIABLE_TRIED:
		return TRIAL_TRIED_BEFORE;
	case VARIABLE_STRANGE:
		return TRIAL_NOT_UNDERSTOOD;
	case VARIABLE_UNKNOWN: /* not mounted, for example */
		return was_tried(host, trial) ? TRIAL_TRIED_BEFORE : TRIAL_REASON_NONE;
	case VARIABLE_ABSENT:
	case VARIABLE_CONFIRMED:
		break;
	}
	return TRIAL_REASON_NONE;
}

bool trial_is_of_this_boot(const struct host *host, const struct trial *trial)
{
	struct trial running;

	return trials_find_running(host->root_fd, &running) && is_same(&running, trial);
}

struct trial trial_find_next(const struct host *host, const char *configuration)
{
	struct trial trial;

	if (!trials_find(configuration, &trial))
		return (struct trial){ 0 };
	trial.reason = find_reason(host, &trial);
	if (trial.reason)
		trial.verdict = TRIAL_IGNORED;
	else if (trials_read_variable(host, trial.token) == VARIABLE_CONFIRMED)
		trial.verdict = TRIAL_CONFIRMED;
	return trial;
}

void trial_describe_next(const struct host *host, const struct trial *trial,
			 char text[static TRIAL_TEXT_SIZE])
{
	char limit[96] = "", phrase[PHRASE_SIZE];

	text[0] = '\0';
	if (trial->verdict == TRIAL_PLANNED) {
		if (trial->minutes)
			snprintf(limit, sizeof(limit),
				 " the machine restarts %u minute%s after its start, and",
				 trial->minutes, trial->minutes == 1 ? "" : "s");
		snprintf(
			text, TRIAL_TEXT_SIZE,
			"the next boot is a trial, in which passthru confirm keeps the configuration. Without that,%s each later boot has what was in force before",
			limit);
	} else if (trial->verdict == TRIAL_IGNORED &&
		   trial_is_of_this_boot(host, trial)) {
		snprintf(
			text, TRIAL_TEXT_SIZE,
			"this boot is a trial that nobody has confirmed, so the next one has what was in force before; passthru confirm keeps what this boot has");
	} else if (trial->verdict == TRIAL_IGNORED) {
		phrase_trial(trial, phrase);
		snprintf(text, TRIAL_TEXT_SIZE,
			 "the configuration is on trial, and will not count: %s", phrase);
	}
}
