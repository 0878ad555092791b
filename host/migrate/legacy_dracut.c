/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "migrate/legacy_words.h"
#include "migrate/readers.h"
#include "migrate/shell_line.h"

static bool is_driver_list(struct span name)
{
	return span_equals(name, "add_drivers") || span_equals(name, "force_drivers") ||
	       span_equals(name, "drivers");
}

/* "force_drivers+=" vfio_pci nvme "": VFIO's modules are removed. */
static void read_driver_list(struct scan *scan, const char *line,
			     const struct shell_assignment *assignment)
{
	_cleanup_free_ char *value = shell_vars_value(assignment, "");
	_cleanup_free_ char *padded = NULL;
	struct wordlist modules;
	bool any = false;

	if (!value || wordlist_split(value, &modules) < 0) {
		scan->error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < modules.count; i++)
		if (scan_is_vfio(modules.items[i])) {
			wordlist_remove(&modules, i--);
			any = true;
		}
	if (any && !shell_line_is_simple(assignment))
		scan_note_line(scan, "not understood; left unchanged");
	else if (any && modules.count == 0)
		scan_set_line(scan, NULL);
	else if (any && wordlist_join(&modules, 0) == 0 &&
		 asprintf(&padded, " %s ", modules.joined) >= 0)
		shell_line_set(scan, line, assignment, padded);
	else if (any)
		scan->error = -ENOMEM;
	wordlist_free(&modules);
}

/* A line that belongs to a value that begins on a line before it, or a comment. */
static void read_continuation(struct scan *scan, const char *line)
{
	if (line[strspn(line, " \t")] == '#')
		return;
	if (legacy_words_mentioned(line) && strstr(line, "ids="))
		scan_note_unclear(scan, "not understood; edit it yourself");
	else if (strstr(line, "vfio"))
		scan_note_line(scan, "not understood; check it");
}

void legacy_dracut_read(struct scan *scan, const char *line)
{
	struct shell_assignment assignment;
	const char *rest = line;

	if (!shell_vars_next(&rest, &assignment))
		read_continuation(scan, line);
	else if (is_driver_list(assignment.name))
		read_driver_list(scan, line, &assignment);
	else if (span_equals(assignment.name, "kernel_cmdline"))
		shell_line_collect(scan, line, &assignment);
	else if (strstr(line, "vfio"))
		scan_note_line(scan, "not understood; check it");
}
