/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "migrate/legacy_words.h"
#include "migrate/shell_line.h"

bool shell_line_is_simple(const struct shell_assignment *assignment)
{
	const char *at = assignment->raw.at, *end = at + assignment->raw.length;
	char quote = at < end && (*at == '"' || *at == '\'') ? *at : 0;

	if (!assignment->is_plain)
		return false;
	if (quote && (assignment->raw.length < 2 || end[-1] != quote))
		return false;
	for (at += quote != 0, end -= quote != 0; at < end; at++)
		if (strchr(quote == '\'' ? "'" : "\\$`'\"", *at))
			return false;
	return true;
}

/* The line up to the value and after it, with the quotes. Returns 0 or -ENOMEM. */
static int split_line(const char *line, const struct shell_assignment *assignment,
		      char **ret_before, char **ret_after)
{
	char quote = *assignment->raw.at == '\'' ? '\'' : '"';

	if (asprintf(ret_before, "%.*s%c", (int)(assignment->raw.at - line), line,
		     quote) < 0)
		*ret_before = NULL;
	if (asprintf(ret_after, "%c%s", quote,
		     assignment->raw.at + assignment->raw.length) < 0)
		*ret_after = NULL;
	return *ret_before && *ret_after ? 0 : -ENOMEM;
}

void shell_line_set(struct scan *scan, const char *line,
		    const struct shell_assignment *assignment, const char *value)
{
	_cleanup_free_ char *before = NULL;
	_cleanup_free_ char *after = NULL;
	_cleanup_free_ char *text = NULL;

	if (split_line(line, assignment, &before, &after) == 0 &&
	    asprintf(&text, "%s%s%s", before, value, after) < 0)
		text = NULL;
	if (text)
		scan_set_line(scan, text);
	else
		scan->error = -ENOMEM;
}

struct target *shell_line_collect(struct scan *scan, const char *line,
				  const struct shell_assignment *assignment)
{
	_cleanup_free_ char *before = NULL;
	_cleanup_free_ char *after = NULL;
	_cleanup_free_ char *value = NULL;
	struct target *target;

	if (!shell_line_is_simple(assignment)) {
		if (legacy_words_mentioned(line))
			scan_note_unclear(scan, "not understood; edit it yourself");
		return NULL;
	}
	value = shell_vars_value(assignment, "");
	if (!value || split_line(line, assignment, &before, &after) < 0) {
		scan->error = -ENOMEM;
		return NULL;
	}
	target = legacy_words_collect(scan, before, value, after);
	if (target)
		target->is_appended =
			assignment->appends && !(value[0] && strchr(" \t", value[0]));
	return target;
}
