/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "migrate/internal.h"

bool collect_is_used(const struct collector *collector, enum config_format format)
{
	return collector->used & 1U << format;
}

static struct fact *add_fact(struct collector *collector, enum fact_kind kind)
{
	struct fact *fact = facts_add(collector->facts, kind,
				      collector->facts->file_count - 1, collector->line);

	if (!fact)
		collector->error = -ENOMEM;
	else
		fact->is_used = true;
	return fact;
}

static void set_texts(struct collector *collector, struct fact *fact, const char *text,
		      const char *items)
{
	fact->has_edit = !collector->is_foreign;
	fact->replacement = text ? strdup(text) : NULL;
	fact->items = items ? strdup(items) : NULL;
	if ((text && !fact->replacement) || (items && !fact->items))
		collector->error = -ENOMEM;
}

void collect_setting(struct collector *collector, enum fact_kind kind, const char *text,
		     const char *items)
{
	struct fact *fact = add_fact(collector, kind);

	if (fact)
		set_texts(collector, fact, text, items);
}

static void add_note(struct collector *collector, enum fact_kind kind, char *note)
{
	if (!facts_add_note(collector->facts, kind, note))
		collector->error = -ENOMEM;
}

void collect_line(struct collector *collector, enum fact_kind kind, const char *why)
{
	const struct edit *edit = collector->edit;
	char *note;

	if (asprintf(&note, "/%s, line %zu: %s: %.200s", edit->path, collector->line + 1,
		     why, edit->lines[collector->line].old) < 0)
		note = NULL;
	add_note(collector, kind, note);
}

void collect_path(struct collector *collector, enum fact_kind kind, const char *format,
		  const char *path)
{
	const char *at = strstr(format, "%s");
	char *note;

	if (asprintf(&note, "%.*s%s%s", (int)(at - format), format, path, at + 2) < 0)
		note = NULL;
	add_note(collector, kind, note);
}

/* Requests that no boot sees stay where they are. */
static void add_cmdline(struct collector *collector, const struct legacy_line *rewritten,
			const char *text, bool is_used)
{
	bool is_request = rewritten->items[0];
	struct fact *fact;

	if (!is_request && !rewritten->has_support)
		return;
	if (!is_used) {
		collect_line(
			collector, FACT_NOTE,
			"left unchanged, since the boot loader that booted this system does not read the file");
		return;
	}
	fact = add_fact(collector, is_request ? FACT_REQUEST : FACT_SUPPORT);
	if (!fact)
		return;
	fact->scope = SCOPE_CMDLINE;
	/* A line without words is removed. */
	set_texts(collector, fact, text[strspn(text, " \t")] ? text : NULL,
		  rewritten->items);
}

void collect_cmdline(struct collector *collector, const char *before, struct span cmdline,
		     const char *after, enum config_format format)
{
	bool is_used = collect_is_used(collector, format);
	_cleanup_free_ char *text = NULL;
	struct legacy_line rewritten;

	if (legacy_rewrite_cmdline(cmdline, &rewritten) < 0 ||
	    asprintf(&text, "%s%s%s", before, rewritten.text, after) < 0) {
		text = NULL;
		collector->error = -ENOMEM;
	} else if (rewritten.unclear && is_used) {
		collect_line(collector, FACT_UNCLEAR, rewritten.unclear);
	} else {
		if (rewritten.has_xen)
			collect_line(
				collector, FACT_NOTE,
				"left unchanged, since it hides devices for Xen, which does not use vfio-pci");
		add_cmdline(collector, &rewritten, text, is_used);
	}
	legacy_line_free(&rewritten);
}
