/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where files have kernel command lines, and words that are added there or removed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "lib/lib.h"

/* -- in a line ----------------------------------------------------------------------- */

const char *boot_entry_options(const char *line)
{
	line += strspn(line, " \t");
	if (strncmp(line, "options", 7) != 0 || !strchr(" \t", line[7]))
		return NULL;
	return line + 7 + strspn(line + 7, " \t");
}

static bool is_quoted(struct span raw)
{
	return raw.length && (raw.at[0] == '"' || raw.at[0] == '\'');
}

bool shell_assignment_text(const struct shell_assignment *assignment, struct span *ret)
{
	struct span raw = assignment->raw;
	bool quoted = is_quoted(raw);

	if (!assignment->is_closed ||
	    (quoted && (raw.length < 2 || raw.at[raw.length - 1] != raw.at[0])))
		return false;
	*ret = quoted ? (struct span){ raw.at + 1, raw.length - 2 } : raw;
	for (size_t i = 0; i < ret->length; i++)
		if (strchr("\\`\"'", ret->at[i]) ||
		    (ret->at[i] == '(' && i > 0 && ret->at[i - 1] == '$'))
			return false;
	return true;
}

/* A command line in a text. */
struct place {
	struct span text;
	struct span raw; /* the same with quotes, if the format has them */
};

/* In shell assignments, that of the variable; NULL is any that has a command line. */
static bool find_assigned(const char *line, const char *variable, struct place *ret)
{
	struct shell_assignment assignment;
	struct span name;
	const char *rest = line;

	if (!shell_vars_next(&rest, &assignment))
		return false;
	name = assignment.name;
	if (variable ? !span_equals(name, variable)
		     : !span_skip_prefix(&name, GRUB_CMDLINE))
		return false;
	ret->raw = assignment.raw;
	return shell_assignment_text(&assignment, &ret->text);
}

static bool find_in_line(const struct cmdline_file *file, const char *line,
			 struct place *ret)
{
	const char *text = line;

	if (file->format == FORMAT_GRUB)
		return find_assigned(line, file->variable, ret);
	if (file->format == FORMAT_BOOT_ENTRY)
		text = boot_entry_options(line);
	else if (line[0] == '#' && file->has_comments)
		text = NULL;
	if (!text || !text[strspn(text, " \t")])
		return false;
	ret->text = ret->raw = span_of(text);
	return true;
}

/* The same in the line at the cursor, whose place in the text it returns. */
static bool find_at(const struct cmdline_file *file, struct text_cursor line,
		    struct place *ret)
{
	_cleanup_free_ char *copy = strndup(line.at, (size_t)(line.end - line.at));

	if (!copy || !find_in_line(file, copy, ret))
		return false;
	ret->text.at = line.at + (ret->text.at - copy);
	ret->raw.at = line.at + (ret->raw.at - copy);
	return true;
}

/*
 * The line whose words count last: the first one of kernel-install's file, of which some
 * programs read no other.
 */
static bool find_place(const struct cmdline_file *file, const char *text,
		       struct place *ret)
{
	struct text_cursor line;
	bool found = false;

	while (text_next_line(&text, &line)) {
		found |= find_at(file, line, ret);
		if (found && file->format == FORMAT_CMDLINE)
			break;
	}
	return found;
}

/* -- words --------------------------------------------------------------------------- */

static bool has_word(struct span text, const char *word)
{
	struct text_cursor rest = { .at = text.at, .end = text.at + text.length };
	struct span found;

	do {
		(void)wordlist_next_blanks(&rest);
		found = wordlist_next(&rest);
	} while (found.length && !span_equals(found, word));
	return found.length;
}

/* The words without that one, and without the blanks before it. */
static void put_others(struct span text, const char *word, FILE *file)
{
	struct text_cursor rest = { .at = text.at, .end = text.at + text.length };
	struct span blanks, found;
	bool is_first = true;

	do {
		blanks = wordlist_next_blanks(&rest);
		found = wordlist_next(&rest);
		if (found.length && span_equals(found, word))
			continue;
		/* Where the first word went, no blank stays in its place. */
		if (!is_first || blanks.at == text.at)
			fprintf(file, "%.*s", (int)blanks.length, blanks.at);
		fprintf(file, "%.*s", (int)found.length, found.at);
		is_first &= !found.length;
	} while (found.length);
}

int cmdline_file_add(const struct cmdline_file *file, const char *text, const char *word,
		     char **ret)
{
	struct place place;
	struct span old;
	const char *quote = "";

	*ret = NULL;
	if (!find_place(file, text, &place))
		return 0;
	old = place.text;
	while (old.length && strchr(" \t", old.at[old.length - 1]))
		old.length--;
	if (has_word(old, word)) {
		*ret = strdup(text);
		return *ret ? 0 : -ENOMEM;
	}
	if (file->format == FORMAT_GRUB)
		quote = is_quoted(place.raw) && place.raw.at[0] == '\'' ? "'" : "\"";
	if (asprintf(ret, "%.*s%s%.*s%s%s%s%s", (int)(place.raw.at - text), text, quote,
		     (int)old.length, old.at, old.length ? " " : "", word, quote,
		     place.raw.at + place.raw.length) < 0) {
		*ret = NULL;
		return -ENOMEM;
	}
	return 0;
}

int cmdline_file_remove(const struct cmdline_file *file, const char *text,
			const char *word, char **ret)
{
	struct text_file changed;
	FILE *out = text_file_open(&changed);
	const char *rest = text, *done = text;
	struct text_cursor line;
	struct place place;

	while (out && text_next_line(&rest, &line)) {
		if (!find_at(file, line, &place) || !has_word(place.text, word))
			continue;
		fprintf(out, "%.*s", (int)(place.text.at - done), done);
		put_others(place.text, word, out);
		done = place.text.at + place.text.length;
	}
	if (out)
		fputs(done, out);
	*ret = text_file_close(&changed);
	return *ret ? 0 : -ENOMEM;
}
