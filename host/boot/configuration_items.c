/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes items out of the configuration, and leaves the rest of its text alone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"

struct editor {
	bool (*is_removed)(void *data, const struct configuration_item *item);
	void *data;
	struct span line; /* the one that is read, without its newline */
	char *to;	  /* the end of the new text */
};

static void put(struct editor *editor, const char *from, const char *end)
{
	memcpy(editor->to, from, (size_t)(end - from));
	editor->to += end - from;
}

/* The parameters whose items may go, and how they are read. */
static const struct list {
	const char *name;
	int (*parse)(struct span text, struct selector *ret,
		     struct selector_error *ret_error); /* NULL for a setting */
	enum setting_kind kind; /* SETTINGS: it is no list, but goes as a whole */
} lists[] = {
	{ PARAMETER_PREFIX "ids", selector_parse_id, 0 },
	{ PARAMETER_PREFIX "addrs", selector_parse_address, 0 },
	{ PARAMETER_PREFIX "vfs", selector_parse_vfs, 0 },
	{ PARAMETER_PREFIX "trial", NULL, SETTINGS },
	{ PARAMETER_PREFIX "bar0", NULL, SETTING_BAR0 },
	{ PARAMETER_PREFIX "bar1", NULL, SETTING_BAR1 },
	{ PARAMETER_PREFIX "bar2", NULL, SETTING_BAR2 },
	{ PARAMETER_PREFIX "bar3", NULL, SETTING_BAR3 },
	{ PARAMETER_PREFIX "bar4", NULL, SETTING_BAR4 },
	{ PARAMETER_PREFIX "bar5", NULL, SETTING_BAR5 },
	{ PARAMETER_PREFIX "reset", NULL, SETTING_RESET },
	{ PARAMETER_PREFIX "d3cold", NULL, SETTING_D3COLD },
	{ PARAMETER_PREFIX "power", NULL, SETTING_POWER },
};

static const struct list *find_list(const struct parameter *word)
{
	for (size_t i = 0; word->value.at && i < ARRAY_SIZE(lists); i++)
		if (span_equals_name(word->name, lists[i].name))
			return &lists[i];
	return NULL;
}

static bool is_adopt_removed(const struct editor *editor, const struct parameter *word)
{
	const struct configuration_item item = { .line = editor->line, .is_adopt = true };

	return span_equals_name(word->name, PARAMETER_PREFIX "adopt") &&
	       editor->is_removed(editor->data, &item);
}

static bool wants_gone(const struct editor *editor, const struct list *list,
		       struct span text)
{
	struct configuration_item item = { .line = editor->line,
					   .is_vfs = list->parse == selector_parse_vfs };
	struct selector_error error;
	struct selector selector;
	struct setting setting;

	if (list->kind == SETTINGS) {
		item.is_trial = true;
	} else if (list->parse) {
		if (list->parse(text, &selector, &error) == 0)
			item.selector = &selector;
	} else if (setting_parse(list->kind, text, &setting, &error) == 0) {
		item.setting = &setting;
		item.selector = setting.has_device ? &setting.device : NULL;
	}
	return editor->is_removed(editor->data, &item);
}

/*
 * Copies what stays of a list from its first to its last byte. Returns whether an item
 * stays, or none was there to remove.
 */
static bool put_list(struct editor *editor, const struct list *list,
		     const struct parameter *word, const char *from, const char *end)
{
	const char *at = word->value.at, *value_end = at + word->value.length;
	bool any_kept = false, any_removed = false, is_first = true;

	put(editor, from, at);
	for (const char *next; at <= value_end; at = next + 1) {
		struct span item = { at, (size_t)(value_end - at) };

		next = at + span_until(item, ',').length;
		item = span_trim((struct span){ at, (size_t)(next - at) });
		if (item.length && wants_gone(editor, list, item)) {
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
		const struct list *list = find_list(&word);
		char *before;

		put(editor, copied, from);
		before = editor->to;
		copied = rest.at;
		if (!list && is_adopt_removed(editor, &word)) {
			any_gone = true;
			copied = skip_blanks(rest.at, end);
		} else if (!list) {
			put(editor, from, rest.at);
			any_word = true;
		} else if (put_list(editor, list, &word, from, rest.at)) {
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
			 bool (*is_removed)(void *data,
					    const struct configuration_item *item),
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
