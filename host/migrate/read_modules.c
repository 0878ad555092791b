/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is loaded and bound: modprobe.d(5), lists of modules, driverctl(8)'s overrides. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/lib.h"
#include "migrate/internal.h"

/* Splits a line. Returns false without memory, or if there is nothing but a comment. */
static bool split(struct collector *collector, const char *line, struct wordlist *ret)
{
	if (line[strspn(line, " \t")] == '#')
		return false;
	if (wordlist_split(line, ret) == 0)
		return true;
	collector->error = -ENOMEM;
	return false;
}

/* The number of words before a comment. libkmod knows none, but people write them. */
static size_t count_real(const struct wordlist *words)
{
	size_t count = 0;

	while (count < words->count && words->items[count][0] != '#')
		count++;
	return count;
}

static void put_ids(FILE *items, struct span list)
{
	struct span item;

	while (span_next_item(&list, &item))
		if (item.length)
			fprintf(items, "%s%.*s", ftell(items) ? "," : "",
				(int)item.length, item.at);
}

/*
 * A line that has no effect although it may look as if it had: libkmod and the readers of
 * lists of modules skip it.
 */
static void note_ineffective(struct collector *collector, const char *line,
			     const char *why)
{
	_cleanup_free_ char *advice = collector_advise(collector, line);
	_cleanup_free_ char *text = NULL;

	if (!advice ||
	    asprintf(&text, "%s, so it has no effect; remove it%s", why, advice) < 0)
		collector->error = -ENOMEM;
	else
		collector_note_line(collector, FACT_CHECK, text);
}

static bool is_command(const char *word)
{
	static const char *const commands[] = { "alias",   "blacklist", "install",
						"options", "remove",	"softdep",
						"weakdep" };

	return span_is_one_of(span_of(word), commands, ARRAY_SIZE(commands));
}

/* -- modprobe.d(5) ------------------------------------------------------------------- */

/* The line becomes these words; it is removed if only the command and the module are
 * left.
 */
static void set_words(struct collector *collector, enum fact_kind kind,
		      enum legacy_list list, struct wordlist *words, const char *items)
{
	struct fact *fact = NULL;

	if (wordlist_join(words, 0) < 0)
		collector->error = -ENOMEM;
	else
		fact = collector_add(collector, kind,
				     count_real(words) > 2 ? words->joined : NULL, items);
	if (fact)
		fact->list = list;
}

static void unquote(struct span *text)
{
	if (!text->length || text->at[0] != '"')
		return;
	text->at++;
	text->length--;
	if (text->length && text->at[text->length - 1] == '"')
		text->length--;
}

/*
 * The list of an option, without quotes around it or the whole option, which the kernel
 * takes away (next_arg() in lib/cmdline.c). at is NULL for other options.
 */
static struct span find_list(const char *option)
{
	struct span list = span_of(option);

	unquote(&list);
	if (!span_skip_prefix(&list, "ids="))
		return (struct span){ 0 };
	unquote(&list);
	return list;
}

/* A word without "=" must be a name: a blank in a list of IDs ends the list. */
static const char *check_option(const char *option)
{
	struct span list = find_list(option);

	if (list.at)
		return legacy_check_ids(list);
	if (strstr(option, "ids="))
		return "a list of IDs is part of something else";
	return strchr(option, '=') || !strchr(option, ':')
		       ? NULL
		       : "a list of IDs has a blank in it";
}

/*
 * Moves the last list of IDs, the only one that counts, to a text and removes the others.
 * The text is freed by the caller; NULL without memory.
 */
static char *take_ids(struct wordlist *words)
{
	struct text_file items = { 0 };
	FILE *file = NULL;

	for (size_t i = count_real(words); i-- > 2;) {
		struct span list = find_list(words->items[i]);

		if (!list.at)
			continue;
		if (!file && (file = text_file_open(&items)))
			put_ids(file, list);
		wordlist_remove(words, i);
	}
	return text_file_close(&items);
}

/* "options vfio-pci ids=… disable_vga=1": the IDs are removed. */
static void read_options(struct collector *collector, struct wordlist *words)
{
	enum legacy_list list =
		words->count < 3 ? LIST_NONE : legacy_find_list(words->items[1]);
	_cleanup_free_ char *items = NULL;
	bool any = false;

	if (list == LIST_NONE)
		return;
	for (size_t i = 2; i < count_real(words); i++) {
		const char *why = check_option(words->items[i]);

		if (why) {
			collector_note_line(collector, FACT_UNCLEAR, why);
			return;
		}
		any |= find_list(words->items[i]).at != NULL;
	}
	if (!any)
		return;
	if (list == LIST_VFIO && collector->facts->adopts) {
		collector_note_adopted(collector);
		return;
	}
	items = take_ids(words);
	if (!items)
		collector->error = -ENOMEM;
	else
		set_words(collector, items[0] ? FACT_REQUEST : FACT_SUPPORT, list, words,
			  items);
}

static bool is_label(const char *word)
{
	return strcmp(word, "pre:") == 0 || strcmp(word, "post:") == 0;
}

/* Labels with nothing after them. */
static void drop_empty_labels(struct wordlist *words)
{
	for (size_t i = count_real(words); i-- > 2;)
		if (is_label(words->items[i]) &&
		    (i + 1 == count_real(words) || is_label(words->items[i + 1])))
			wordlist_remove(words, i);
}

/* "softdep nouveau pre: vfio-pci": VFIO's modules are removed. */
static void read_softdep(struct collector *collector, struct wordlist *words)
{
	bool any = false;

	for (size_t i = 2; i < count_real(words); i++) {
		if (!legacy_is_module(span_of(words->items[i])))
			continue;
		any = true;
		collector->facts->loads |= legacy_find_list(words->items[i]);
		wordlist_remove(words, i--);
	}
	if (!any)
		return;
	drop_empty_labels(words);
	set_words(collector, FACT_SUPPORT, LIST_NONE, words, NULL);
}

/* Commands whose arguments only their author understands. */
static bool is_free_form(const char *command)
{
	return strcmp(command, "install") == 0 || strcmp(command, "alias") == 0 ||
	       strcmp(command, "remove") == 0;
}

static bool is_module_name(const char *word)
{
	return !word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")];
}

/* Whether it may be about binding devices; not vfio_mdev, which is a module like others.
 */
static bool has_vfio(const struct wordlist *words)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];

		if (strstr(word, "driver_override") || legacy_is_module(span_of(word)) ||
		    (strstr(word, "vfio") && !is_module_name(word)))
			return true;
	}
	return false;
}

void read_modprobe(struct collector *collector, const char *line)
{
	struct wordlist words;

	if (!split(collector, line, &words))
		return;
	if (!words.count)
		;
	else if (strcmp(words.items[0], "options") == 0)
		read_options(collector, &words);
	else if (strcmp(words.items[0], "softdep") == 0)
		read_softdep(collector, &words);
	else if (has_vfio(&words) && is_free_form(words.items[0]))
		collector_note_line(collector, FACT_UNCLEAR,
				    "only its author knows what it does");
	/* The name of a module alone names no device. */
	else if (legacy_is_mentioned(line) && !is_command(words.items[0]) &&
		 !(words.count == 1 && legacy_is_module(span_of(words.items[0]))))
		note_ineffective(collector, line, "modprobe.d has no such command");
	wordlist_free(&words);
}

/* -- /etc/modules, modules-load.d and initramfs-tools/modules ---------------------------
 */

/* Returns why the options are not understood, or NULL; puts the IDs into the file. */
static const char *read_module_options(struct wordlist *words, FILE *items)
{
	for (size_t i = 1; i < count_real(words); i++) {
		const char *option = wordlist_unquote(words->items[i]), *why;

		if (strncmp(option, "ids=", 4) != 0)
			return "an option is not understood";
		why = legacy_check_ids(span_of(option + 4));
		if (why)
			return why;
		put_ids(items, span_of(option + 4));
	}
	return NULL;
}

static void read_vfio(struct collector *collector, struct wordlist *words)
{
	struct text_file text;
	FILE *file = text_file_open(&text);
	const char *why = file ? read_module_options(words, file) : NULL;
	_cleanup_free_ char *items = text_file_close(&text);

	if (!items)
		collector->error = -ENOMEM;
	else if (why)
		collector_note_line(collector, FACT_UNCLEAR, why);
	else
		collector_add(collector, items[0] ? FACT_REQUEST : FACT_SUPPORT, NULL,
			      items);
	collector->facts->loads |= legacy_find_list(words->items[0]);
}

/* Whether it cannot be the name of a module, such as vfio-mdev. */
static bool is_no_module(const char *word)
{
	return is_command(word) || strpbrk(word, ".=");
}

void read_modules(struct collector *collector, const char *line)
{
	struct wordlist words;

	if (!split(collector, line, &words))
		return;
	if (words.count && legacy_is_module(span_of(words.items[0])))
		read_vfio(collector, &words);
	else if (words.count && legacy_is_mentioned(line) && is_no_module(words.items[0]))
		note_ineffective(collector, line, "there is no such module");
	wordlist_free(&words);
}

/* -- driverctl(8) -------------------------------------------------------------------- */

static const struct device *find_device(const struct collector *collector,
					struct span text)
{
	struct address_pattern pattern;
	const char *why;
	size_t at;

	if (address_parse(text.at, text.length, &pattern, &why, &at) < 0 ||
	    pattern.any_function || pattern.step_count)
		return NULL;
	return machine_find(collector->machine, &pattern.address);
}

/* An override is a file with the driver's name; its own name is the device's address. */
void read_driverctl(struct collector *collector, const char *line)
{
	struct span address = span_of(beneath_name(collector->file->change.path));
	const struct device *device;
	char items[64];

	/* Nothing else may be in it. */
	if (collector->number > 0 || strcmp(line, "vfio-pci") != 0 ||
	    strlen(collector->file->change.old) > strlen("vfio-pci\n"))
		return;
	span_skip_prefix(&address, "pci-");
	device = find_device(collector, address);
	if (!device) {
		collector_note(
			collector, FACT_CHECK,
			"/%s names a device that is not present and was left unchanged",
			collector->file->change.path);
		return;
	}
	snprintf(items, sizeof(items), "%04x:%04x@%s", (unsigned)device->pci->id.vendor,
		 (unsigned)device->pci->id.device, device->address);
	collector_add(collector, FACT_REQUEST, NULL, items);
}
