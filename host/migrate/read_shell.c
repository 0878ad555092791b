/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shell assignments: GRUB's defaults, dracut.conf and mkinitcpio.conf. */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "migrate/internal.h"

/* A comment, or a line that belongs to something else. */
static void read_other(struct collector *collector, const char *line)
{
	if (line[strspn(line, " \t")] == '#')
		return;
	if (legacy_list_is_mentioned(line))
		collector_note_line(collector, FACT_UNCLEAR, "it is not understood");
	else if (strstr(line, "vfio"))
		collector_note_line(collector, FACT_CHECK, "left unchanged");
}

/* Finds the assignment on the line; calls read_other() if none can be edited. */
static bool find_assignment(struct collector *collector, const char *line,
			    struct span *ret_name, struct span *ret_text)
{
	struct shell_assignment assignment;
	const char *rest = line;

	if (!shell_vars_next(&rest, &assignment) ||
	    !shell_assignment_text(&assignment, ret_text)) {
		read_other(collector, line);
		return false;
	}
	*ret_name = assignment.name;
	return true;
}

/*
 * A list of modules; without any the line is removed, unless it must stay. loads: the
 * image loads them, and does not only have them.
 */
static void read_list(struct collector *collector, struct span list, bool stays,
		      bool loads)
{
	_cleanup_free_ char *text = NULL;
	struct legacy_line rewritten;

	if (legacy_rewrite_modules(list, &rewritten) < 0) {
		collector->error = -ENOMEM;
	} else if (rewritten.has_support) {
		collector->facts->loads |= loads && rewritten.loads;
		stays |= rewritten.text[strspn(rewritten.text, " \t")] != '\0';
		text = stays ? collector_replace(collector, list, rewritten.text) : NULL;
		if (text || !stays)
			collector_add(collector, FACT_SUPPORT, text, NULL);
	}
	legacy_line_free(&rewritten);
}

void read_dracut(struct collector *collector, const char *line)
{
	static const char *const lists[] = { "add_drivers", "force_drivers", "drivers" };
	struct span name, text;

	if (!find_assignment(collector, line, &name, &text))
		return;
	if (span_is_one_of(name, lists, ARRAY_SIZE(lists)))
		read_list(collector, text, false, span_equals(name, "force_drivers"));
	else if (span_equals(name, "kernel_cmdline"))
		collector_add_cmdline(collector, text, FORMAT_FRAGMENT);
	else
		read_other(collector, line);
}

/* MODULES=(vfio_pci vfio vfio_iommu_type1) on one line. */
void read_mkinitcpio(struct collector *collector, const char *line)
{
	const char *open = strchr(line, '('), *close = open ? strchr(open, ')') : NULL;

	if (strncmp(line, "MODULES", 7) == 0 && close)
		read_list(collector,
			  (struct span){ open + 1, (size_t)(close - open - 1) }, true,
			  true);
	else
		read_other(collector, line);
}

void read_grub(struct collector *collector, const char *line)
{
	struct span name, text;

	if (!find_assignment(collector, line, &name, &text))
		return;
	if (span_skip_prefix(&name, GRUB_CMDLINE))
		collector_add_cmdline(collector, text, FORMAT_GRUB);
	else if (!span_skip_prefix(&name, "GRUB_CMDLINE_XEN"))
		read_other(collector, line);
	else if (legacy_is_mentioned(line))
		collector_note_line(
			collector, FACT_NOTE,
			"left unchanged, since Linux does not see Xen's command line");
}
