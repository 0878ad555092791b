/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline/config.h"
#include "cmdline/tokenizer.h"

/*
 * Takes the next word, also "--" and what follows it, which init(8) gets. Returns false
 * at the end.
 */
static bool next_word(struct text_cursor *rest, struct parameter *ret)
{
	*ret = (struct parameter){ 0 };
	return tokenizer_next(rest, ret) || ret->name.length;
}

static bool is_rescue(const struct parameter *parameter)
{
	static const char *const alone[] = { "single", "s",	 "S",
					     "1",      "rescue", "emergency" };
	static const char *const breaks[] = { "break", "rd.break" };
	static const char *const units[] = { "systemd.unit", "rd.systemd.unit" };
	static const char *const targets[] = { "rescue.target", "emergency.target" };
	static const char *const no[] = { "0", "n", "N", "no", "off", "false" };
	struct span name = parameter->name, value = parameter->value;

	if (span_is_one_of(name, breaks, ARRAY_SIZE(breaks)))
		return true;
	if (!value.at)
		return span_is_one_of(name, alone, ARRAY_SIZE(alone));
	if (span_is_one_of(name, units, ARRAY_SIZE(units)))
		return span_is_one_of(value, targets, ARRAY_SIZE(targets));
	return span_equals(name, "passthru.config") &&
	       span_is_one_of(value, no, ARRAY_SIZE(no));
}

/* All of the word: the name, and the value without quotes. */
static struct span whole_word(const struct parameter *parameter)
{
	struct span word = parameter->name;

	if (parameter->value.at)
		word.length =
			(size_t)(parameter->value.at - word.at) + parameter->value.length;
	return word;
}

struct span config_find_rescue(const char *cmdline)
{
	struct text_cursor rest = { cmdline, cmdline + strlen(cmdline) };
	struct parameter parameter;

	while (next_word(&rest, &parameter))
		if (is_rescue(&parameter))
			return whole_word(&parameter);
	return (struct span){ 0 };
}

static char *put(char *to, struct span text)
{
	memcpy(to, text.at, text.length);
	return to + text.length;
}

static bool has_quote(struct span text)
{
	return text.at && memchr(text.at, '"', text.length);
}

/* A quote inside would also protect the blanks of what follows. */
static bool is_ours(const struct parameter *parameter)
{
	struct span name = parameter->name;

	return span_skip_prefix(&name, "passthru.") && !has_quote(name) &&
	       !has_quote(parameter->value);
}

static char *put_parameter(char *to, const struct parameter *parameter)
{
	*to++ = '"';
	to = put(to, parameter->name);
	if (parameter->value.at) {
		*to++ = '=';
		to = put(to, parameter->value);
	}
	to = put(to, span_of("\" "));
	return to;
}

int config_filter(const char *text, void (*ignored)(void *data, struct span word),
		  void *data, char **ret_text)
{
	/* A parameter gets at most three bytes longer. */
	char *to = malloc(2 * strlen(text) + 1);
	struct text_cursor line;

	*ret_text = to;
	if (!to)
		return -ENOMEM;
	while (text_next_line(&text, &line)) {
		struct parameter parameter;

		while (next_word(&line, &parameter) && *parameter.name.at != '#') {
			if (is_ours(&parameter))
				to = put_parameter(to, &parameter);
			else
				ignored(data, whole_word(&parameter));
		}
	}
	*to = '\0';
	return 0;
}
