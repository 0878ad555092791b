/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes items out of the configuration, and leaves the rest of its text alone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"

struct editor {
	bool (*is_removed)(void *data, struct span line, const struct selector *item);
	void *data;
	struct span line; /* the one that is read, without its newline */
	char *to;	  /* the end of the new text */
};

static void put(struct editor *editor, const char *from, const char *end)
{
	memcpy(editor->to, from, (size_t)(end - from));
	editor->to += end - from;
}

static bool is_list(const struct parameter *word)
{
	return word->value.at && (span_equals_name(word->name, PARAMETER_PREFIX "ids") ||
				  span_equals_name(word->name, PARAMETER_PREFIX "addrs"));
}

static bool wants_gone(const struct editor *editor, const struct parameter *word,
		       struct span text)
{
	bool is_id = span_equals_name(word->name, PARAMETER_PREFIX "ids");
	struct selector_error error;
	struct selector item;
	int r = is_id ? selector_parse_id(text, &item, &error)
		      : selector_parse_address(text, &item, &error);

	return editor->is_removed(editor->data, editor->line, r == 0 ? &item : NULL);
}

/*
 * Copies what stays of a list from its first to its last byte. Returns whether an item
 * stays, or none was there to remove.
 */
static bool put_list(struct editor *editor, const struct parameter *word,
		     const char *from, const char *end)
{
	const char *at = word->value.at, *value_end = at + word->value.length;
	bool any_kept = false, any_removed = false, is_first = true;

	put(editor, from, at);
	for (const char *next; at <= value_end; at = next + 1) {
		struct span item = { at, (size_t)(value_end - at) };

		next = at + span_until(item, ',').length;
		item = span_trim((struct span){ at, (size_t)(next - at) });
		if (item.length && wants_gone(editor, word, item)) {
			any_removed = true;
			continue;
		}
		any_kept |= item.length > 0;
		put(editor, is_first ? at : at - 1, next);
		is_first = false;
	}
	put(editor, value_end, end);
	return any_kept || !any_removed;
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && text_is_space(*at))
		at++;
	return at;
}

/* A line that loses its last parameter goes, with the comment about it. */
static void put_line(struct editor *editor, const char *newline)
{
	const char *end = editor->line.at + editor->line.length;
	struct text_cursor rest = { editor->line.at, end };
	const char *copied = editor->line.at;
	char *start = editor->to;
	bool any_word = false, any_gone = false;
	struct parameter word;

	while ((tokenizer_next(&rest, &word) || word.name.length) &&
	       *word.name.at != '#') {
		const char *from = skip_blanks(copied, end);
		char *before;

		put(editor, copied, from);
		before = editor->to;
		copied = rest.at;
		if (!is_list(&word)) {
			put(editor, from, rest.at);
			any_word = true;
		} else if (put_list(editor, &word, from, rest.at)) {
			any_word = true;
		} else {
			editor->to = before;
			any_gone = true;
			copied = skip_blanks(rest.at, end);
		}
	}
	if (any_gone && !any_word) {
		editor->to = start;
		return;
	}
	/* The blank before what was the last word. */
	while (any_gone && copied == end && editor->to > start &&
	       text_is_space(editor->to[-1]))
		editor->to--;
	put(editor, copied, newline);
}

int configuration_remove(const char *text,
			 bool (*is_removed)(void *data, struct span line,
					    const struct selector *item),
			 void *data, char **ret_text)
{
	char *copy = malloc(strlen(text) + 1);
	struct editor editor = { .is_removed = is_removed, .data = data, .to = copy };

	*ret_text = copy;
	if (!copy)
		return -ENOMEM;
	while (*text) {
		size_t length = strcspn(text, "\n");
		const char *next = text + length + (text[length] == '\n');

		editor.line = (struct span){ text, length };
		put_line(&editor, next);
		text = next;
	}
	*editor.to = '\0';
	return 0;
}
