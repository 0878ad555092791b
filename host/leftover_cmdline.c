/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old settings on kernel command lines, and the parameter in their place. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"

static bool is_framebuffer_off(const char *value)
{
	static const char *const known[] = { "efifb:off", "vesafb:off", "simplefb:off",
					     "efifb:off,vesafb:off",
					     "vesafb:off,efifb:off" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(value, known[i]) == 0)
			return true;
	return false;
}

/* What becomes of one parameter. */
enum fate {
	FATE_STAYS,
	FATE_GOES,
	FATE_CARRIES, /* ours stands for it from now on */
	FATE_ABSENT,  /* it names a device that is not here, by itself: it stays */
	FATE_UNCLEAR, /* it may name devices */
};

static enum fate judge_parameter(struct search *search, const char *name,
				 const char *value)
{
	if (text_equals_name(name, "vfio_pci.ids") ||
	    text_equals_name(name, "pci_stub.ids"))
		return search_add_ids(search, value) ? FATE_CARRIES : FATE_UNCLEAR;
	if (text_equals_name(name, "xen_pciback.hide") ||
	    text_equals_name(name, "rd.qubes.hide_pci"))
		return search_add_addresses(search, value) ? FATE_CARRIES : FATE_ABSENT;
	if (strcmp(name, "video") == 0)
		return is_framebuffer_off(value) ? FATE_GOES : FATE_STAYS;
	return FATE_STAYS;
}

static enum fate judge_word(struct search *search, const char *word)
{
	char *name = strdup(word + (*word == '"'));
	char *equals = name ? strchr(name, '=') : NULL;
	enum fate fate = FATE_STAYS;

	if (equals) {
		*equals = '\0';
		fate = judge_parameter(search, name, words_unquote(equals + 1));
	}
	free(name);
	return fate;
}

bool leftover_carries(struct search *search, const char *word)
{
	return judge_word(search, word) == FATE_CARRIES;
}

static bool has_ours(const char *list)
{
	struct span rest = span_of(list), item;
	char name[64];

	while (span_next_item(&rest, &item)) {
		snprintf(name, sizeof(name), "%.*s", (int)item.length, item.at);
		if (search_is_vfio(name))
			return true;
	}
	return false;
}

/*
 * "rd.driver.pre=nvme,vfio-pci": only our modules go. Returns whether any did; the word
 * is shortened in place, and is "" where nothing is left.
 */
static bool strip_modules(char *word)
{
	static const char *const names[] = { "rd.driver.pre", "modules_load",
					     "rd.modules_load" };
	size_t name = strcspn(word, "=");
	char *at = word + name + 1, *to = at, *rest;
	bool is_list = false;

	for (size_t i = 0; word[name] && i < ARRAY_SIZE(names); i++)
		is_list |= span_equals_name((struct span){ word, name }, names[i]);
	if (!is_list || !has_ours(at))
		return false;
	for (char *item = strtok_r(at, ",", &rest); item;
	     item = strtok_r(NULL, ",", &rest)) {
		size_t length = strlen(item);

		if (search_is_vfio(item))
			continue;
		if (to != at)
			*to++ = ',';
		memmove(to, item, length);
		to += length;
	}
	*to = '\0';
	if (to == at)
		word[0] = '\0';
	return true;
}

/* Whether a passthru.ids on that command line has the item already. */
static bool is_asked(const struct words *words, const char *item)
{
	for (size_t i = 0; i < words->count; i++) {
		struct span list, found;

		if (strncmp(words->items[i], "passthru.ids=", 13) != 0)
			continue;
		list = span_of(words->items[i] + 13);
		while (span_next_item(&list, &found))
			if (span_equals(found, item))
				return true;
	}
	return false;
}

char *leftover_missing(const struct leftovers *found, const struct words *words)
{
	const char *separator = "passthru.ids=";
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	for (size_t i = 0; i < found->item_count; i++) {
		if (is_asked(words, found->items[i]))
			continue;
		fprintf(file, "%s%s", separator, found->items[i]);
		separator = ",";
	}
	if (fclose(file) != 0 || !text[0]) {
		free(text);
		return NULL;
	}
	return text;
}

static int insert_parameter(struct search *search, struct words *words, size_t at)
{
	char *parameter = leftover_missing(search->found, words);
	int r = 0;

	if (search_is_effective(search))
		search->found->has_home = true;
	else if (search->edit && search_is_part(search->edit->path)) {
		free(parameter);
		return 0;
	}
	if (parameter)
		r = words_insert(words, at, parameter);
	free(parameter);
	return r;
}

/* The words with the blanks that were around them; to be freed by the caller. */
static char *join_cmdline(struct words *words, const char *text)
{
	size_t before = strspn(text, " \t"), length = strlen(text), after = length;
	char *result = NULL;

	while (after > before && strchr(" \t", text[after - 1]))
		after--;
	if (words_join(words, 0) < 0 || asprintf(&result, "%.*s%s%s", (int)before, text,
						 words->joined, text + after) < 0)
		return NULL;
	return result;
}

char *leftover_edit_cmdline(struct search *search, const char *text, bool must_carry)
{
	struct words words;
	size_t carrier = SIZE_MAX;
	bool changed = false;
	char *result = NULL;

	if (words_split(text, &words) < 0)
		return NULL;
	for (size_t i = 0; i < words.count; i++) {
		enum fate fate = judge_word(search, words.items[i]);

		if (strip_modules(words.items[i])) {
			changed = true;
			if (!words.items[i][0])
				words_remove(&words, i--);
			continue;
		}
		if (fate == FATE_UNCLEAR)
			search_note_unclear(search, "not understood, so it is left");
		if (fate == FATE_ABSENT)
			search_note_line(search,
					 "a device in it is not here, so it is left");
		if (fate != FATE_GOES && fate != FATE_CARRIES)
			continue;
		if (fate == FATE_CARRIES && carrier == SIZE_MAX && !search->is_dead)
			carrier = i;
		words_remove(&words, i--);
		changed = true;
	}
	if (carrier != SIZE_MAX && search_is_effective(search))
		search->has_carrier = true;
	if (must_carry && carrier == SIZE_MAX)
		carrier = words.count;
	if (carrier != SIZE_MAX && search->is_second) {
		changed = true;
		if (insert_parameter(search, &words, carrier) < 0)
			search->error = -ENOMEM;
	}
	if (changed) {
		result = join_cmdline(&words, text);
		if (!result)
			search->error = -ENOMEM;
	}
	words_free(&words);
	return result;
}

/* A line of a file that is nothing but a command line. */
void leftover_read_cmdline(struct search *search, const char *line)
{
	bool home = search_is_home(search) && search->line == 0;
	char *edited = line[0] == '#' ? NULL : leftover_edit_cmdline(search, line, home);

	if (edited)
		search_set_line(search, edited[0] ? edited : NULL);
	free(edited);
}

/* The same in /etc/cmdline.d, for where the image is built from nothing else. */
void leftover_read_part(struct search *search, const char *line)
{
	bool home;
	char *edited;

	search->part = line;
	home = search_is_home(search) && !search->found->has_home;
	edited = line[0] == '#' ? NULL : leftover_edit_cmdline(search, line, home);
	if (edited)
		search_set_line(search, edited[0] ? edited : NULL);
	search->part = NULL;
	free(edited);
}

/* Where the parameters of an "options" line begin, or 0 where it is another one. */
static size_t find_options(const char *line)
{
	size_t start = strspn(line, " \t");

	if (strncmp(line + start, "options", 7) != 0 || !strchr(" \t", line[start + 7]))
		return 0;
	return start + 7 + strspn(line + start + 7, " \t");
}

/* An entry may have several: the parameter goes to the first one. */
void leftover_read_entry(struct search *search, const char *line)
{
	size_t length = find_options(line);
	bool is_first = true;
	char *edited, *text = NULL;

	if (length == 0)
		return;
	for (size_t i = 0; i < search->line; i++)
		is_first &= find_options(search->edit->lines[i].old) == 0;
	edited = leftover_edit_cmdline(search, line + length,
				       is_first && search_is_home(search));
	if (edited && asprintf(&text, "%.*s%s", (int)length, line, edited) >= 0)
		search_set_line(search, text);
	free(text);
	free(edited);
}
