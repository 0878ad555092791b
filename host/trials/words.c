/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which trial is meant: in the configuration, in this boot, among the confirmed ones. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "lib/lib.h"
#include "trials/trials.h"

bool trials_find(const char *configuration, struct trial *ret)
{
	_cleanup_free_ char *text = NULL;
	struct params params = { 0 };
	bool found;

	if (config_filter(configuration, NULL, NULL, &text) == 0)
		(void)params_parse(text, &params);
	found = params.has_trial;
	*ret = trial_plan(&params);
	params_free(&params);
	return found;
}

bool trials_find_configured(int root_fd, struct trial *ret)
{
	_cleanup_free_ char *text = NULL;

	*ret = (struct trial){ 0 };
	return configuration_read(root_fd, NULL, &text) == 0 && trials_find(text, ret);
}

/* The whole line is that token, or a token and a number. */
static bool read_line(struct text_cursor line, struct trial *ret)
{
	struct span token = text_next_word(&line);

	if (!token.length || token.length >= sizeof(ret->token))
		return false;
	snprintf(ret->token, sizeof(ret->token), "%.*s", (int)token.length, token.at);
	ret->minutes = (unsigned)strtoul(line.at, NULL, 10);
	return true;
}

bool trials_find_running(int root_fd, struct trial *ret)
{
	_cleanup_free_ char *text = NULL;
	struct text_cursor line;
	const char *rest;

	*ret = (struct trial){ 0 };
	if (beneath_read(root_fd, TRIAL_RUN_PATH, &text) < 0)
		return false;
	rest = text;
	return text_next_line(&rest, &line) && read_line(line, ret);
}

bool trials_is_confirmed(int root_fd, const char *token)
{
	_cleanup_free_ char *text = NULL;
	struct text_cursor line;
	struct trial trial;

	if (beneath_read(root_fd, TRIALS_CONFIRMED, &text) < 0)
		return false;
	for (const char *rest = text; text_next_line(&rest, &line);)
		if (read_line(line, &trial) && strcmp(trial.token, token) == 0)
			return true;
	return false;
}

int trials_make_token(char ret[static TRIAL_TOKEN_SIZE])
{
	unsigned long long number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return -EIO;
	snprintf(ret, TRIAL_TOKEN_SIZE, "%016llx", number);
	return 0;
}
