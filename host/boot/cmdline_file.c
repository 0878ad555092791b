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

enum finding {
	FOUND_NONE,
	FOUND,
	FOUND_FIXED, /* there is one, of a form that cannot be edited */
};

/* In shell assignments, that of the variable; NULL is any that has a command line. */
static enum finding find_assigned(const char *line, const char *variable,
				  struct place *ret)
{
	struct shell_assignment assignment;
	struct span name;
	const char *rest = line;

	if (!shell_vars_next(&rest, &assignment))
		return FOUND_NONE;
	name = assignment.name;
	if (variable ? !span_equals(name, variable)
		     : !span_skip_prefix(&name, GRUB_CMDLINE))
		return FOUND_NONE;
	ret->raw = ret->text = assignment.raw;
	return shell_assignment_text(&assignment, &ret->text) ? FOUND : FOUND_FIXED;
}

static enum finding find_in_line(const struct cmdline_file *file, const char *line,
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
		return FOUND_NONE;
	ret->text = ret->raw = span_of(text);
	return FOUND;
}

/* The same in the line at the cursor, whose place in the text it returns. */
static enum finding find_at(const struct cmdline_file *file, struct text_cursor line,
			    struct place *ret)
{
	_cleanup_free_ char *copy = strndup(line.at, (size_t)(line.end - line.at));
	struct place place;
	enum finding found = copy ? find_in_line(file, copy, &place) : FOUND_NONE;

	if (found == FOUND_NONE)
		return found;
	ret->text = (struct span){ line.at + (place.text.at - copy), place.text.length };
	ret->raw = (struct span){ line.at + (place.raw.at - copy), place.raw.length };
	return found;
}

/*
 * The line whose words count last: the first one of kernel-install's file, of which some
 * programs read no other. Returns whether it can be edited.
 */
static bool find_place(const struct cmdline_file *file, const char *text,
		       struct place *ret)
{
	enum finding found = FOUND_NONE, last;
	struct text_cursor line;

	while (text_next_line(&text, &line)) {
		last = find_at(file, line, ret);
		if (last != FOUND_NONE)
			found = last;
		if (found != FOUND_NONE && file->format == FORMAT_CMDLINE)
			break;
	}
	return found == FOUND;
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

/* A word in a line that cannot be edited; it may stand between quotes or in a command. */
static bool has_anywhere(struct span text, const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i + length <= text.length; i++)
		if (memcmp(text.at + i, word, length) == 0)
			return true;
	return false;
}

int cmdline_file_remove(const struct cmdline_file *file, const char *text,
			const char *word, char **ret)
{
	struct text_file changed;
	FILE *out = text_file_open(&changed);
	const char *rest = text, *done = text;
	struct text_cursor line;
	struct place place;
	bool is_left = false;

	while (out && text_next_line(&rest, &line)) {
		enum finding found = find_at(file, line, &place);

		is_left |= found == FOUND_FIXED && has_anywhere(place.raw, word);
		if (found != FOUND || !has_word(place.text, word))
			continue;
		fprintf(out, "%.*s", (int)(place.text.at - done), done);
		put_others(place.text, word, out);
		done = place.text.at + place.text.length;
	}
	if (out)
		fputs(done, out);
	*ret = text_file_close(&changed);
	if (!*ret)
		return -ENOMEM;
	if (!is_left)
		return 0;
	free(*ret);
	*ret = NULL;
	return -EINVAL;
}
