/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline/cmdline.h"
#include "lib/lib.h"
#include "migrate/internal.h"
#include "ui/ui.h"

bool collector_uses(const struct collector *collector, enum config_format format)
{
	return collector->used & 1U << format;
}

/* text and items are copied, unless they are NULL. */
static struct fact *add(struct collector *collector, enum fact_kind kind,
			enum fact_scope scope, const char *text, const char *items)
{
	struct fact *fact =
		facts_add(collector->facts, kind, collector->facts->file_count - 1,
			  collector->number);

	if (!fact) {
		collector->error = -ENOMEM;
		return NULL;
	}
	fact->scope = scope;
	fact->line_count = collector->line_count;
	fact->has_edit = !collector->is_foreign;
	fact->replacement = text ? strdup(text) : NULL;
	fact->items = items ? strdup(items) : NULL;
	if (asprintf(&fact->note, "/%s, line %zu: %.200s", collector->file->change.path,
		     collector->number + 1, collector->line) < 0)
		fact->note = NULL;
	if ((text && !fact->replacement) || (items && !fact->items) || !fact->note)
		collector->error = -ENOMEM;
	return fact;
}

struct fact *collector_add(struct collector *collector, enum fact_kind kind,
			   const char *text, const char *items)
{
	return add(collector, kind, SCOPE_EVERY_BOOT, text, items);
}

void collector_note(struct collector *collector, enum fact_kind kind, const char *format,
		    ...)
{
	_cleanup_free_ char *note = NULL;
	struct fact *fact = NULL;
	va_list arguments;

	va_start(arguments, format);
	note = output_format(format, arguments);
	va_end(arguments);
	if (note)
		fact = facts_add(collector->facts, kind, NO_FILE, 0);
	if (fact)
		fact->note = take_pointer(note);
	else
		collector->error = -ENOMEM;
}

void collector_note_line(struct collector *collector, enum fact_kind kind,
			 const char *why)
{
	collector_note(collector, kind, "/%s, line %zu: %s: %.200s",
		       collector->file->change.path, collector->number + 1, why,
		       collector->line);
}

void collector_note_adopted(struct collector *collector)
{
	collector_note_line(collector, FACT_NOTE,
			    "left unchanged, since passthru.adopt has it count");
}

char *collector_replace(struct collector *collector, struct span part, const char *text)
{
	char *replaced;

	if (asprintf(&replaced, "%.*s%s%s", (int)(part.at - collector->line),
		     collector->line, text, part.at + part.length) >= 0)
		return replaced;
	collector->error = -ENOMEM;
	return NULL;
}

/* -- command lines ------------------------------------------------------------------- */

/* A line without words is removed. */
static void add_rewritten(struct collector *collector, struct span cmdline,
			  const struct legacy_line *rewritten)
{
	_cleanup_free_ char *text =
		collector_replace(collector, cmdline, rewritten->text);

	if (text)
		add(collector, rewritten->items[0] ? FACT_REQUEST : FACT_SUPPORT,
		    SCOPE_CMDLINE, text[strspn(text, " \t")] ? text : NULL,
		    rewritten->items);
}

/* Whether its only list of devices is one that passthru.adopt has count. */
static bool is_adopted(const struct collector *collector, struct span cmdline,
		       const struct legacy_line *rewritten)
{
	_cleanup_free_ char *text = strndup(cmdline.at, cmdline.length);
	struct params params = { 0 };
	bool adopts = collector->facts->adopts;

	if (rewritten->lists != 1U << LIST_VFIO)
		return false;
	if (text && !adopts)
		adopts = params_parse(text, &params) == 0 && params.adopt;
	params_free(&params);
	return adopts;
}

void collector_add_cmdline(struct collector *collector, struct span cmdline,
			   enum config_format format)
{
	bool is_used = collector_uses(collector, format);
	struct legacy_line rewritten;

	if (legacy_rewrite_cmdline(cmdline, &rewritten) < 0)
		collector->error = -ENOMEM;
	else if (rewritten.unclear && is_used)
		collector_note_line(collector, FACT_UNCLEAR, rewritten.unclear);
	else {
		if (rewritten.has_xen)
			collector_note_line(
				collector, FACT_NOTE,
				"left unchanged, since it hides devices for Xen, which does not use vfio-pci");
		if (is_used && !legacy_has_all_ids(rewritten.items, rewritten.overridden))
			collector_note_line(
				collector, FACT_NOTE,
				"of several lists on a command line only the last one has an effect");
		if (!rewritten.items[0] && !rewritten.has_support)
			;
		else if (is_used && is_adopted(collector, cmdline, &rewritten))
			collector_note_adopted(collector);
		else if (is_used)
			add_rewritten(collector, cmdline, &rewritten);
		else
			collector_note_line(
				collector, FACT_NOTE,
				"left unchanged, since the boot loader that booted this system does not read the file");
	}
	legacy_line_free(&rewritten);
}

/* -- advice -------------------------------------------------------------------------- */

/* Units may have the second kind of comments. */
static bool is_comment(struct text_cursor line)
{
	while (line.at < line.end && strchr(" \t", *line.at))
		line.at++;
	return line.at < line.end && strchr("#;", *line.at);
}

char *collector_uncomment(struct collector *collector, const char *text)
{
	struct text_file real;
	FILE *file = text_file_open(&real);
	struct text_cursor line;
	char *written;

	while (file && text_next_line(&text, &line))
		if (!is_comment(line))
			fprintf(file, "%.*s\n", (int)(line.end - line.at), line.at);
	written = text_file_close(&real);
	if (!written)
		collector->error = -ENOMEM;
	return written;
}

bool collector_lists(struct span list, const struct device *device)
{
	struct span item;

	while (span_next_item(&list, &item)) {
		struct selector_error error;
		struct selector selector;

		if (item.length && selector_parse_id(item, &selector, &error) == 0 &&
		    selector_matches(&selector, device->pci))
			return true;
	}
	return false;
}

/* Whether any "ids=" in the text lists the device. */
static bool matches_text(const char *text, const struct device *device)
{
	while ((text = strstr(text, "ids="))) {
		text += strlen("ids=");
		if (collector_lists((struct span){ text, strcspn(text, " \t\n\"'") },
				    device))
			return true;
	}
	return false;
}

/* Whether the user wants the device requested. */
static bool is_advised(const char *text, const struct params *requested,
		       const struct device *device)
{
	for (size_t i = 0; i < requested->wanted.count; i++)
		if (selector_matches(&requested->wanted.items[i], device->pci))
			return false;
	return matches_text(text, device);
}

/* Whether passthru enable includes the device with an earlier one. */
static bool is_included(const struct machine *machine, const char *text,
			const struct params *requested, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (device_goes_with(&machine->devices[i], &machine->devices[index]) &&
		    is_advised(text, requested, &machine->devices[i]))
			return true;
	return false;
}

/* As people write it: without the domain if that is the first one. */
static const char *short_address(const struct device *device)
{
	return device->address + (strncmp(device->address, "0000:", 5) == 0 ? 5 : 0);
}

static void put_advice(FILE *file, const struct machine *machine, const char *text,
		       const struct params *requested)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (is_advised(text, requested, device) &&
		    !is_included(machine, text, requested, i))
			fprintf(file, "%s %s",
				ftell(file) ? "" : " and run passthru enable",
				short_address(device));
	}
}

char *collector_advise(const struct collector *collector, const char *text)
{
	struct params requested;
	struct text_file advice;
	FILE *file = text_file_open(&advice);
	int r = params_parse(collector->configuration, &requested);

	if (file && r == 0)
		put_advice(file, collector->machine, text, &requested);
	params_free(&requested);
	return text_file_close(&advice);
}
