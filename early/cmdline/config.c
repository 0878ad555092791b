/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline/cmdline.h"

/*
 * Takes the next word, also "--" and what follows it, which init(8) gets. Returns false
 * at the end.
 */
static bool next_word(struct text_cursor *rest, struct parameter *ret)
{
	*ret = (struct parameter){ 0 };
	return tokenizer_next(rest, ret) || ret->name.length;
}

/* Whether the list, with blanks between its words, has the word. */
static bool is_in_list(struct span word, const char *list)
{
	struct text_cursor rest = { list, list + strlen(list) };
	struct span item;

	while ((item = text_next_word(&rest)).length)
		if (item.length == word.length &&
		    memcmp(item.at, word.at, word.length) == 0)
			return true;
	return false;
}

/* systemd.unit=: the units of kernel-command-line(7) and of friendly-recovery. */
static bool is_rescue_unit(struct span unit)
{
	struct span name = span_until(unit, '.');

	return name.length < unit.length &&
	       is_in_list(name, "rescue emergency runlevel1 friendly-recovery");
}

/* init=: a shell, in any directory. */
static bool is_shell(struct span path)
{
	struct span name = { path.at + path.length, 0 };

	while (name.length < path.length && name.at[-1] != '/') {
		name.at--;
		name.length++;
	}
	return is_in_list(name, "sh bash dash ash zsh ksh busybox sulogin");
}

/*
 * Sources: kernel-command-line(7), init(8), systemd-debug-generator(8),
 * initramfs-tools(7), dracut.cmdline(7), mkinitcpio(8), friendly-recovery.
 */
static bool is_rescue(const struct parameter *parameter)
{
	struct span name = parameter->name, value = parameter->value;

	if (is_in_list(name, "break rd.break rdbreak systemd.break rd.systemd.break"))
		return true;
	if (!value.at)
		return is_in_list(name, "single s S 1 -s -b rescue rd.rescue emergency "
					"rd.emergency recovery");
	if (span_equals(name, PARAMETER_PREFIX "config"))
		return is_in_list(value, "0 n N no off false");
	if (is_in_list(name, "init rdinit"))
		return is_shell(value);
	return is_in_list(name, "systemd.unit rd.systemd.unit") && is_rescue_unit(value);
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

	return span_skip_prefix(&name, PARAMETER_PREFIX) && !has_quote(name) &&
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
			else if (ignored)
				ignored(data, whole_word(&parameter));
		}
	}
	*to = '\0';
	return 0;
}
