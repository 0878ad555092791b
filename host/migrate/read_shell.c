/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shell assignments: GRUB's defaults, dracut.conf and mkinitcpio.conf. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "migrate/internal.h"

/* A line with an assignment, in three parts. */
struct assignment {
	struct span name;
	char *before, *after; /* of the text inside the quotes */
	struct span text;
};

static void assignment_free(struct assignment *assignment)
{
	free(assignment->before);
	free(assignment->after);
}

/* The text inside one pair of quotes, or without any. Returns false for other forms. */
static bool find_text(struct span raw, bool is_closed, struct span *ret)
{
	static const char quotes[] = "\"'";
	char quote = raw.length && strchr(quotes, raw.at[0]) ? raw.at[0] : 0;

	if (!is_closed || (quote && (raw.length < 2 || raw.at[raw.length - 1] != quote)))
		return false;
	*ret = raw;
	if (quote)
		*ret = (struct span){ raw.at + 1, raw.length - 2 };
	for (size_t i = 0; i < ret->length; i++)
		if (strchr("\\`\"'", ret->at[i]) ||
		    (ret->at[i] == '(' && i > 0 && ret->at[i - 1] == '$'))
			return false;
	return true;
}

/* Returns 1 if the line is an assignment that can be edited, 0 if not, or -ENOMEM. */
static int split_line(const char *line, const struct shell_assignment *found,
		      struct assignment *ret)
{
	*ret = (struct assignment){ .name = found->name };
	if (!find_text(found->raw, found->is_closed, &ret->text))
		return 0;
	ret->before = strndup(line, (size_t)(ret->text.at - line));
	ret->after = strdup(ret->text.at + ret->text.length);
	return ret->before && ret->after ? 1 : -ENOMEM;
}

/* A comment, or a line that belongs to something else. */
static void read_other(struct collector *collector, const char *line)
{
	if (line[strspn(line, " \t")] == '#')
		return;
	if (legacy_list_is_mentioned(line))
		collect_line(collector, FACT_UNCLEAR, "it is not understood");
	else if (strstr(line, "vfio"))
		collect_line(collector, FACT_CHECK, "left unchanged");
}

/* A list of modules; without any the line is removed, unless it must stay. */
static void read_list(struct collector *collector, const struct assignment *assignment,
		      bool stays)
{
	_cleanup_free_ char *text = NULL;
	struct legacy_line rewritten;

	if (legacy_rewrite_modules(assignment->text, &rewritten) < 0 ||
	    asprintf(&text, "%s%s%s", assignment->before, rewritten.text,
		     assignment->after) < 0) {
		text = NULL;
		collector->error = -ENOMEM;
	} else if (rewritten.has_support) {
		collect_setting(collector, FACT_SUPPORT,
				stays || rewritten.text[strspn(rewritten.text, " \t")]
					? text
					: NULL,
				NULL);
	}
	legacy_line_free(&rewritten);
}

/* Calls read() for the assignment on the line, read_other() for other lines. */
static void with_assignment(struct collector *collector, const char *line,
			    void (*read)(struct collector *collector,
					 const struct assignment *assignment))
{
	struct shell_assignment found;
	struct assignment assignment;
	const char *rest = line;
	int r;

	if (!shell_vars_next(&rest, &found)) {
		read_other(collector, line);
		return;
	}
	r = split_line(line, &found, &assignment);
	if (r < 0)
		collector->error = r;
	else if (r == 0)
		read_other(collector, line);
	else
		read(collector, &assignment);
	assignment_free(&assignment);
}

/* -- dracut.conf(5) ------------------------------------------------------------------ */

static void read_dracut_assignment(struct collector *collector,
				   const struct assignment *assignment)
{
	static const char *const lists[] = { "add_drivers", "force_drivers", "drivers" };

	if (span_is_one_of(assignment->name, lists, ARRAY_SIZE(lists)))
		read_list(collector, assignment, false);
	else if (span_equals(assignment->name, "kernel_cmdline"))
		collect_cmdline(collector, assignment->before, assignment->text,
				assignment->after, CONFIG_FRAGMENT);
	else
		read_other(collector, collector->edit->lines[collector->line].old);
}

void read_dracut(struct collector *collector, const char *line)
{
	with_assignment(collector, line, read_dracut_assignment);
}

/* -- mkinitcpio.conf(5) -------------------------------------------------------------- */

/* MODULES=(vfio_pci vfio vfio_iommu_type1) on one line. */
void read_mkinitcpio(struct collector *collector, const char *line)
{
	struct assignment assignment = { 0 };
	const char *open = strchr(line, '('), *close = open ? strchr(open, ')') : NULL;

	if (strncmp(line, "MODULES", 7) != 0 || !close) {
		read_other(collector, line);
		return;
	}
	assignment.text = (struct span){ open + 1, (size_t)(close - open - 1) };
	assignment.before = strndup(line, (size_t)(open + 1 - line));
	assignment.after = strdup(close);
	if (assignment.before && assignment.after)
		read_list(collector, &assignment, true);
	else
		collector->error = -ENOMEM;
	assignment_free(&assignment);
}

/* -- GRUB's defaults ----------------------------------------------------------------- */

/* The hypervisor's command line. */
static void read_xen(struct collector *collector)
{
	const char *line = collector->edit->lines[collector->line].old;

	if (legacy_is_mentioned(line))
		collect_line(
			collector, FACT_NOTE,
			"left unchanged, since Linux does not see Xen's command line");
}

static void read_grub_assignment(struct collector *collector,
				 const struct assignment *assignment)
{
	struct span name = assignment->name;

	if (span_skip_prefix(&name, "GRUB_CMDLINE_LINUX"))
		collect_cmdline(collector, assignment->before, assignment->text,
				assignment->after, CONFIG_GRUB);
	else if (span_skip_prefix(&name, "GRUB_CMDLINE_XEN"))
		read_xen(collector);
	else
		read_other(collector, collector->edit->lines[collector->line].old);
}

void read_grub(struct collector *collector, const char *line)
{
	with_assignment(collector, line, read_grub_assignment);
}
