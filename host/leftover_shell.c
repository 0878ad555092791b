/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old settings in files that a shell reads: those of GRUB and of dracut. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"
#include "shell.h"

/* A value that is in one pair of quotes, or in none, can be edited as it stands. */
static bool is_simple(const struct shell_assignment *assignment)
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

/* Puts another value into the line; one that is added to another begins with a blank. */
static void set_value(struct search *search, const char *line,
		      const struct shell_assignment *assignment, const char *value)
{
	size_t before = (size_t)(assignment->raw.at - line);
	char quote = *assignment->raw.at == '\'' ? '\'' : '"';
	bool apart = assignment->appends && value[0] && !strchr(" \t", value[0]);
	char *text = NULL;

	if (asprintf(&text, "%.*s%c%s%s%c%s", (int)before, line, quote, apart ? " " : "",
		     value, quote, assignment->raw.at + assignment->raw.length) < 0) {
		search->error = -ENOMEM;
		return;
	}
	search_set_line(search, text);
	free(text);
}

static void read_cmdline_variable(struct search *search, const char *line,
				  const struct shell_assignment *assignment,
				  bool must_carry)
{
	char *value, *edited;

	if (!is_simple(assignment)) {
		if (search_has_old_words(line) || must_carry)
			search_note_unclear(search, "not understood, change it yourself");
		return;
	}
	value = shell_value(assignment, "");
	search->part = value;
	edited = value ? leftover_edit_cmdline(search, value, must_carry) : NULL;
	search->part = NULL;
	if (edited)
		set_value(search, line, assignment, edited);
	free(edited);
	free(value);
}

/* What comes in the same file after the assignment that is being read. */
static void look_ahead(const struct search *search, struct span name,
		       bool *ret_overridden, bool *ret_added)
{
	*ret_overridden = *ret_added = false;
	for (size_t i = search->line + 1; i < search->edit->count; i++) {
		const char *rest = search->edit->lines[i].old;
		struct shell_assignment later;

		if (!shell_next(&rest, &later) || later.name.length != name.length ||
		    memcmp(later.name.at, name.at, name.length) != 0)
			continue;
		*ret_overridden |= !shell_keeps_old(&later);
		*ret_added |= later.appends && is_simple(&later);
	}
}

/* The variables of GRUB's that have a kernel's command line. */
static const char *const grub_variables[] = {
	"GRUB_CMDLINE_LINUX_DEFAULT",
	"GRUB_CMDLINE_LINUX",
	"GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT",
	"GRUB_CMDLINE_XEN_DEFAULT",
};

/* Returns ARRAY_SIZE(grub_variables) for others. */
static size_t find_grub_variable(struct span name)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(grub_variables) && !span_equals(name, grub_variables[i]))
		i++;
	return i;
}

/* Of several assignments the last one counts, and of several files the last one. */
static bool is_grub_home(struct search *search, const struct shell_assignment *assignment,
			 bool is_added)
{
	if (!search_is_home(search) || search->has_home || search->is_dead || is_added ||
	    find_grub_variable(assignment->name) != 0)
		return false;
	if (!is_simple(assignment)) {
		if (!shell_keeps_old(assignment))
			search_note_line(search,
					 "not understood, so the parameter is not put "
					 "there");
		return false;
	}
	search->has_home = true;
	return true;
}

static void read_grub_variable(struct search *search, const char *line,
			       const struct shell_assignment *assignment, unsigned bit)
{
	bool overridden, added;

	look_ahead(search, assignment->name, &overridden, &added);
	search->is_dead = overridden || (search->set_later & bit);
	read_cmdline_variable(search, line, assignment,
			      is_grub_home(search, assignment, added));
	search->is_dead = false;
	if (!shell_keeps_old(assignment))
		search->set_here |= bit;
}

void leftover_read_grub(struct search *search, const char *line)
{
	struct shell_assignment assignment;
	const char *rest = line;
	size_t variable = ARRAY_SIZE(grub_variables);

	if (search->line == 0) {
		search->set_later |= search->set_here;
		search->set_here = 0;
	}
	if (shell_next(&rest, &assignment))
		variable = find_grub_variable(assignment.name);
	if (variable < ARRAY_SIZE(grub_variables))
		read_grub_variable(search, line, &assignment, 1U << variable);
	else if (line[strspn(line, " \t")] != '#' && search_has_old_words(line))
		search_note_unclear(search, "not understood, change it yourself");
}

/* -- dracut -------------------------------------------------------------------------- */

static bool is_driver_list(struct span name)
{
	return span_equals(name, "add_drivers") || span_equals(name, "force_drivers") ||
	       span_equals(name, "drivers");
}

/* "force_drivers+=" vfio_pci nvme "": only our modules go. */
static void read_driver_list(struct search *search, const char *line,
			     const struct shell_assignment *assignment)
{
	char *value = shell_value(assignment, ""), *padded = NULL;
	bool any = false;
	struct words words;

	if (!value || words_split(value, &words) < 0) {
		free(value);
		return;
	}
	for (size_t i = 0; i < words.count; i++)
		if (search_is_vfio(words.items[i])) {
			words_remove(&words, i--);
			any = true;
		}
	if (any && !is_simple(assignment))
		search_note_line(search, "not understood, so it is left");
	else if (any && words.count == 0)
		search_set_line(search, NULL);
	else if (any && words_join(&words, 0) == 0 &&
		 asprintf(&padded, " %s ", words.joined) >= 0)
		set_value(search, line, assignment, padded);
	words_free(&words);
	free(padded);
	free(value);
}

void leftover_read_dracut(struct search *search, const char *line)
{
	struct shell_assignment assignment;
	const char *rest = line;

	if (!shell_next(&rest, &assignment)) {
		/* What goes on from the line before. */
		if (line[strspn(line, " \t")] == '#')
			;
		else if (search_has_old_words(line) && strstr(line, "ids="))
			search_note_unclear(search, "not understood, change it yourself");
		else if (strstr(line, "vfio"))
			search_note_line(search, "not understood, look at it");
		return;
	}
	if (is_driver_list(assignment.name))
		read_driver_list(search, line, &assignment);
	else if (span_equals(assignment.name, "kernel_cmdline"))
		read_cmdline_variable(search, line, &assignment, false);
	else if (strstr(line, "vfio"))
		search_note_line(search, "not understood, look at it");
}
