/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "migrate/settings.h"

void settings_free(struct legacy_settings *settings)
{
	for (size_t i = 0; i < settings->edit_count; i++)
		edit_free(&settings->edits[i]);
	for (size_t i = 0; i < settings->change_count; i++)
		change_free(&settings->changes[i]);
	for (size_t i = 0; i < settings->item_count; i++)
		free(settings->items[i]);
	for (size_t i = 0; i < settings->note_count; i++)
		free(settings->notes[i]);
	free(settings->edits);
	free(settings->changes);
	free(settings->items);
	free(settings->notes);
	*settings = (struct legacy_settings){ 0 };
}

static int append(char ***list, size_t *count, const char *text)
{
	char *copy = strdup(text);
	char **end = copy ? array_append(*list, *count) : NULL;

	if (!end) {
		free(copy);
		return -ENOMEM;
	}
	*end = copy;
	return 0;
}

int settings_add_item(struct legacy_settings *settings, const char *item)
{
	for (size_t i = 0; i < settings->item_count; i++)
		if (strcasecmp(settings->items[i], item) == 0)
			return 0;
	return append(&settings->items, &settings->item_count, item);
}

int settings_add_note(struct legacy_settings *settings, const char *text)
{
	return append(&settings->notes, &settings->note_count, text);
}

static bool is_requested(const struct wordlist *words, const char *item)
{
	for (size_t i = 0; i < words->count; i++) {
		struct span list, requested;

		if (strncmp(words->items[i], "passthru.ids=", 13) != 0)
			continue;
		list = span_of(words->items[i] + 13);
		while (span_next_item(&list, &requested))
			if (span_equals(requested, item))
				return true;
	}
	return false;
}

char *settings_parameter(const struct legacy_settings *settings,
			 const struct wordlist *words)
{
	const char *separator = "passthru.ids=";
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	for (size_t i = 0; i < settings->item_count; i++) {
		if (is_requested(words, settings->items[i]))
			continue;
		fprintf(file, "%s%s", separator, settings->items[i]);
		separator = ",";
	}
	if (fclose(file) != 0 || !text[0]) {
		free(text);
		return NULL;
	}
	return text;
}
