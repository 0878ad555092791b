/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "migrate/legacy_words.h"
#include "migrate/readers.h"
#include "migrate/shell_line.h"

/* The variables with a kernel's command line. The parameter goes into the first one. */
static const char *const variables[] = {
	"GRUB_CMDLINE_LINUX_DEFAULT",
	"GRUB_CMDLINE_LINUX",
	"GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT",
	"GRUB_CMDLINE_XEN_DEFAULT",
};

/* Returns ARRAY_SIZE(variables) for other names. */
static size_t find_variable(struct span name)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(variables) && !span_equals(name, variables[i]))
		i++;
	return i;
}

/* What follows in the same file after the assignment that is being read. */
static void look_ahead(const struct scan *scan, struct span name, bool *ret_overridden,
		       bool *ret_appended)
{
	*ret_overridden = *ret_appended = false;
	for (size_t i = scan->line + 1; i < scan->edit->count; i++) {
		const char *rest = scan->edit->lines[i].old;
		struct shell_assignment later;

		if (!shell_vars_next(&rest, &later) || later.name.length != name.length ||
		    memcmp(later.name.at, name.at, name.length) != 0)
			continue;
		*ret_overridden |= !shell_vars_keeps_old(&later);
		*ret_appended |= later.appends && shell_line_is_simple(&later);
	}
}

/* A command line that cannot be edited but should take the parameter is noted. */
static void add_obstacle(struct scan *scan)
{
	struct target *target = scan_add_target(scan);

	if (!target)
		return;
	target->is_effective = scan_is_effective(scan, "");
	target->is_candidate = true;
	target->obstacle =
		scan_format_line(scan, "not understood; the parameter is not added here");
	if (!target->obstacle)
		scan->error = -ENOMEM;
}

static void read_variable(struct scan *scan, const char *line,
			  const struct shell_assignment *assignment, size_t variable)
{
	unsigned bit = 1U << variable;
	bool is_candidate, is_overridden, is_appended;
	struct target *target;

	look_ahead(scan, assignment->name, &is_overridden, &is_appended);
	scan->is_overridden = is_overridden || (scan->assigned_later & bit);
	is_candidate = variable == 0 && !scan->is_overridden && !is_appended;
	if (is_candidate && !shell_line_is_simple(assignment) &&
	    !shell_vars_keeps_old(assignment))
		add_obstacle(scan);
	target = shell_line_collect(scan, line, assignment);
	if (target)
		target->is_candidate = is_candidate;
	scan->is_overridden = false;
	if (!shell_vars_keeps_old(assignment))
		scan->assigned_here |= bit;
}

void legacy_grub_read(struct scan *scan, const char *line)
{
	struct shell_assignment assignment;
	const char *rest = line;
	size_t variable = ARRAY_SIZE(variables);

	if (scan->line == 0) {
		scan->assigned_later |= scan->assigned_here;
		scan->assigned_here = 0;
	}
	if (shell_vars_next(&rest, &assignment))
		variable = find_variable(assignment.name);
	if (variable < ARRAY_SIZE(variables))
		read_variable(scan, line, &assignment, variable);
	else if (line[strspn(line, " \t")] != '#' && legacy_words_mentioned(line))
		scan_note_unclear(scan, "not understood; edit it yourself");
}
