/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modprobe.d(5): options, softdeps, and commands in place of modules. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/lib.h"
#include "migrate/internal.h"

static bool is_comment(const char *word)
{
	return word[0] == '#';
}

/* The number of words before a comment. libkmod knows none, but people write them. */
static size_t count_real(const struct wordlist *words)
{
	size_t count = 0;

	while (count < words->count && !is_comment(words->items[count]))
		count++;
	return count;
}

/* The line becomes these words; it is removed if only the command and the module are
 * left.
 */
static void set_words(struct collector *collector, enum fact_kind kind,
		      struct wordlist *words, const char *items)
{
	if (wordlist_join(words, 0) < 0)
		collector->error = -ENOMEM;
	else
		collect_setting(collector, kind,
				count_real(words) > 2 ? words->joined : NULL, items);
	if (kind == FACT_REQUEST && collector->is_foreign)
		collect_path(
			collector, FACT_CHECK,
			"/%s requests devices and was left unchanged; to override it, create a file with its name in /etc/modprobe.d",
			collector->edit->path);
}

/* A word without "=" must be a name: a blank in a list of IDs ends the list. */
static const char *check_option(const char *option)
{
	const char *list = strstr(option, "ids=");

	if (list == option)
		return legacy_check_ids(span_of(option + 4));
	if (list)
		return "a list of IDs is in quotes";
	return strchr(option, '=') || !strchr(option, ':')
		       ? NULL
		       : "a list of IDs has a blank in it";
}

/* "options vfio-pci ids=… disable_vga=1": the IDs are removed. */
static void read_options(struct collector *collector, struct wordlist *words)
{
	char *items = NULL;
	size_t size;
	FILE *file;

	if (words->count < 3 || !text_equals_name(words->items[1], "vfio_pci"))
		return;
	for (size_t i = 2; i < count_real(words); i++) {
		const char *why = check_option(words->items[i]);

		if (why) {
			collect_line(collector, FACT_UNCLEAR, why);
			return;
		}
	}
	file = open_memstream(&items, &size);
	for (size_t i = 2; file && i < count_real(words); i++) {
		if (strncmp(words->items[i], "ids=", 4) != 0)
			continue;
		fprintf(file, "%s%s", ftell(file) ? "," : "", words->items[i] + 4);
		wordlist_remove(words, i--);
	}
	if (!file || fclose(file) != 0)
		collector->error = -ENOMEM;
	else if (items[0])
		set_words(collector, FACT_REQUEST, words, items);
	free(items);
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
		if (!legacy_is_vfio(span_of(words->items[i])))
			continue;
		any = true;
		wordlist_remove(words, i--);
	}
	if (!any)
		return;
	drop_empty_labels(words);
	set_words(collector, FACT_SUPPORT, words, NULL);
}

static bool is_command(const struct wordlist *words)
{
	const char *command = words->items[0];

	return strcmp(command, "install") == 0 || strcmp(command, "alias") == 0 ||
	       strcmp(command, "remove") == 0;
}

static bool mentions_vfio(const char *line)
{
	return strstr(line, "vfio") || strstr(line, "driver_override");
}

void read_modprobe(struct collector *collector, const char *line)
{
	struct wordlist words;

	if (wordlist_split(line, &words) < 0) {
		collector->error = -ENOMEM;
		return;
	}
	if (words.count < 2 || is_comment(words.items[0]))
		;
	else if (mentions_vfio(line) && line[strlen(line) - 1] == '\\')
		collect_line(collector, FACT_UNCLEAR, "it continues on the next line");
	else if (strcmp(words.items[0], "options") == 0)
		read_options(collector, &words);
	else if (strcmp(words.items[0], "softdep") == 0)
		read_softdep(collector, &words);
	else if (is_command(&words) && mentions_vfio(line))
		collect_line(collector, FACT_UNCLEAR,
			     "only its author knows what it does");
	wordlist_free(&words);
}
