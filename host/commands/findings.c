/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands/internal.h"
#include "ui/ui.h"

#define INDENT 6

static const struct {
	const char *word, *mark;
	enum style style;
} states[] = {
	[FINDING_OK] = { "ok", "ok    ", STYLE_GOOD },
	[FINDING_NOTE] = { "note", "note  ", STYLE_NOTE },
	[FINDING_TODO] = { "todo", "TODO  ", STYLE_BAD },
};

void findings_add(struct findings *findings, enum finding_state state, const char *about,
		  const char *format, ...)
{
	const struct output *output = &findings->host->output;
	char *text;
	va_list arguments;

	va_start(arguments, format);
	text = output_format(format, arguments);
	va_end(arguments);
	findings->todo_count += state == FINDING_TODO;
	if (findings->items) {
		struct json_object *object = json_append(findings->items);

		json_add_text(object, "about", about);
		json_add_text(object, "state", states[state].word);
		json_add_text(object, "text", text);
		free(text);
		return;
	}
	output_styled(output, states[state].style, states[state].mark);
	output_wrapped(output, STYLE_PLAIN, INDENT, INDENT, "%s: %s", about,
		       text ? text : format);
	free(text);
}
