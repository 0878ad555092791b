/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "migrate/legacy_words.h"
#include "migrate/readers.h"

/* Where the command line begins in an "options" line, or 0 in other lines. */
static size_t find_options(const char *line)
{
	size_t start = strspn(line, " \t");

	if (strncmp(line + start, "options", 7) != 0 || !strchr(" \t", line[start + 7]))
		return 0;
	return start + 7 + strspn(line + start + 7, " \t");
}

/* An entry can have several such lines; the first one takes the parameter. */
void legacy_entries_read(struct scan *scan, const char *line)
{
	size_t start = find_options(line);
	_cleanup_free_ char *before = start ? strndup(line, start) : NULL;
	struct target *target;

	if (!start)
		return;
	if (!before) {
		scan->error = -ENOMEM;
		return;
	}
	target = legacy_words_collect(scan, before, line + start, "");
	if (!target)
		return;
	target->is_candidate = true;
	for (size_t i = 0; i < scan->line; i++)
		if (find_options(scan->edit->lines[i].old))
			target->is_candidate = false;
}
