/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

static size_t name_length(const char *at)
{
	size_t length = 0;

	while (isalnum((unsigned char)at[length]) || at[length] == '_')
		length++;
	return isdigit((unsigned char)at[0]) ? 0 : length;
}

/* The length of "$name" or "${name}" if that is the assignment's own variable, else 0. */
static size_t own_length(const struct shell_assignment *assignment, const char *at)
{
	bool braced = at[1] == '{';
	const char *name = at + 1 + braced;

	if (strncmp(name, assignment->name.at, assignment->name.length) != 0 ||
	    name_length(name) != assignment->name.length)
		return 0;
	if (braced && name[assignment->name.length] != '}')
		return 0;
	return assignment->name.length + 1 + 2 * (size_t)braced;
}

/* The length of a quoted text with its quotes; up to the end if they are not closed. */
static size_t quoted_length(const char *at, struct shell_assignment *ret)
{
	char quote = *at;
	size_t length = 1;

	for (; at[length] && at[length] != quote; length++) {
		if (quote == '\'')
			continue;
		if (at[length] == '`' ||
		    (at[length] == '$' && !own_length(ret, at + length)))
			ret->is_plain = false;
		if (at[length] == '\\' && at[length + 1])
			length++;
	}
	if (!at[length])
		ret->is_plain = ret->is_closed = false;
	return length + (at[length] == quote);
}

static struct span read_raw(const char *at, struct shell_assignment *ret)
{
	size_t length = 0;
	const char *rest;

	ret->is_plain = ret->is_closed = true;
	while (at[length] && !strchr(" \t\n;&|", at[length])) {
		if (at[length] == '\'' || at[length] == '"') {
			length += quoted_length(at + length, ret);
			continue;
		}
		if (strchr("`(\\", at[length]) ||
		    (at[length] == '$' && !own_length(ret, at + length)))
			ret->is_plain = false;
		length += 1 + (at[length] == '\\' && at[length + 1]);
	}
	/* "a=b command" sets it for the command only; "a=b;" may precede any command. */
	rest = at + length + strspn(at + length, " \t");
	if (*rest == ';')
		rest += 1 + strspn(rest + 1, " \t");
	if (*rest && !strchr("\n#", *rest))
		ret->is_plain = ret->is_closed = false;
	return (struct span){ at, length };
}

static bool read_assignment(const char *line, struct shell_assignment *ret)
{
	size_t length;

	line += strspn(line, " \t");
	if (strncmp(line, "export ", 7) == 0)
		line += 7 + strspn(line + 7, " \t");
	length = name_length(line);
	ret->name = (struct span){ line, length };
	line += length;
	ret->appends = line[0] == '+' && line[1] == '=';
	line += ret->appends;
	if (length == 0 || *line != '=')
		return false;
	ret->raw = read_raw(line + 1, ret);
	return true;
}

bool shell_vars_next(const char **text, struct shell_assignment *ret)
{
	while (**text) {
		if (read_assignment(*text, ret)) {
			/* The next one may be on the same line. */
			*text = ret->raw.at + ret->raw.length;
			*text += strspn(*text, " \t;\n");
			return true;
		}
		*text += strcspn(*text, "\n");
		*text += **text == '\n';
	}
	return false;
}

static size_t put(char *to, size_t at, const char *text, size_t length)
{
	if (to)
		memcpy(to + at, text, length);
	return at + length;
}

/* Returns the length of the value, and writes it unless to is NULL. */
static size_t put_value(char *to, const struct shell_assignment *assignment,
			const char *old)
{
	const char *at = assignment->raw.at, *end = at + assignment->raw.length;
	size_t done = assignment->appends ? put(to, 0, old, strlen(old)) : 0;
	char quote = 0;

	while (at < end) {
		size_t own = quote != '\'' && *at == '$' ? own_length(assignment, at) : 0;

		if (own) {
			done = put(to, done, old, strlen(old));
			at += own;
			continue;
		}
		if (quote ? *at == quote : *at == '"' || *at == '\'') {
			quote = quote ? 0 : *at;
			at++;
			continue;
		}
		if (quote != '\'' && *at == '\\' && at + 1 < end &&
		    (!quote || strchr("\"\\$`\n", at[1])) && *++at == '\n') {
			at++;
			continue;
		}
		done = put(to, done, at++, 1);
	}
	return done;
}

char *shell_vars_value(const struct shell_assignment *assignment, const char *old)
{
	char *value = malloc(put_value(NULL, assignment, old) + 1);

	if (value)
		value[put_value(value, assignment, old)] = '\0';
	return value;
}

char *shell_vars_resolve(const char *text, const char *name, const char *old,
			 bool *ret_plain)
{
	struct shell_assignment assignment;
	char *value = strdup(old);

	while (value && shell_vars_next(&text, &assignment)) {
		char *next;

		if (!span_equals(assignment.name, name))
			continue;
		if (!assignment.is_plain)
			*ret_plain = false;
		next = shell_vars_value(&assignment, value);
		free(value);
		value = next;
	}
	return value;
}
