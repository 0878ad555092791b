/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "migrate/legacy_words.h"

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

enum fate {
	FATE_KEPT,
	FATE_REMOVED,
	FATE_REPLACED, /* by the parameter */
	FATE_ABSENT,   /* kept: it names a device that is not present */
	FATE_UNCLEAR,  /* kept: it may name devices */
};

static enum fate judge_parameter(struct scan *scan, const char *name, const char *value)
{
	if (text_equals_name(name, "vfio_pci.ids") ||
	    text_equals_name(name, "pci_stub.ids"))
		return scan_add_ids(scan, value) ? FATE_REPLACED : FATE_UNCLEAR;
	if (text_equals_name(name, "xen_pciback.hide") ||
	    text_equals_name(name, "rd.qubes.hide_pci"))
		return scan_add_addresses(scan, value) ? FATE_REPLACED : FATE_ABSENT;
	if (strcmp(name, "video") == 0)
		return is_framebuffer_off(value) ? FATE_REMOVED : FATE_KEPT;
	return FATE_KEPT;
}

static enum fate judge_word(struct scan *scan, const char *word)
{
	char *name = strdup(word + (*word == '"'));
	char *equals = name ? strchr(name, '=') : NULL;
	enum fate fate = FATE_KEPT;

	if (equals) {
		*equals = '\0';
		fate = judge_parameter(scan, name, wordlist_unquote(equals + 1));
	}
	free(name);
	return fate;
}

bool legacy_words_collect_word(struct scan *scan, const char *word)
{
	return judge_word(scan, word) == FATE_REPLACED;
}

bool legacy_words_mentioned(const char *text)
{
	static const char *const words[] = { "vfio-pci",       "vfio_pci", "pciback",
					     "qubes.hide_pci", "fb:off",   "pci-stub",
					     "pci_stub" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

/* -- lists of modules ---------------------------------------------------------------- */

static bool has_vfio(const char *list)
{
	struct span rest = span_of(list), item;
	char name[64];

	while (span_next_item(&rest, &item)) {
		snprintf(name, sizeof(name), "%.*s", (int)item.length, item.at);
		if (scan_is_vfio(name))
			return true;
	}
	return false;
}

/*
 * Removes VFIO's modules from "rd.driver.pre=nvme,vfio-pci", in place. Returns whether
 * there were any; the word is "" if no module is left.
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
	if (!is_list || !has_vfio(at))
		return false;
	for (char *item = strtok_r(at, ",", &rest); item;
	     item = strtok_r(NULL, ",", &rest)) {
		size_t length = strlen(item);

		if (scan_is_vfio(item))
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

/* -- command lines ------------------------------------------------------------------- */

static void strip_words(struct scan *scan, struct target *target)
{
	struct wordlist *words = &target->words;

	for (size_t i = 0; i < words->count; i++) {
		enum fate fate = judge_word(scan, words->items[i]);

		if (strip_modules(words->items[i])) {
			target->is_changed = true;
			if (!words->items[i][0])
				wordlist_remove(words, i--);
			continue;
		}
		if (fate == FATE_UNCLEAR)
			scan_note_unclear(scan, "not understood; left unchanged");
		if (fate == FATE_ABSENT)
			scan_note_line(
				scan,
				"names a device that is not present; left unchanged");
		if (fate != FATE_REMOVED && fate != FATE_REPLACED)
			continue;
		if (fate == FATE_REPLACED && target->replaced == SIZE_MAX &&
		    !scan->is_overridden)
			target->replaced = i;
		target->is_changed = true;
		wordlist_remove(words, i--);
	}
}

struct target *legacy_words_collect(struct scan *scan, const char *before,
				    const char *cmdline, const char *after)
{
	size_t start = strspn(cmdline, " \t"), end = strlen(cmdline);
	struct target *target = scan_add_target(scan);

	if (!target)
		return NULL;
	while (end > start && strchr(" \t", cmdline[end - 1]))
		end--;
	if (asprintf(&target->before, "%s%.*s", before, (int)start, cmdline) < 0)
		target->before = NULL;
	if (asprintf(&target->after, "%s%s", cmdline + end, after) < 0)
		target->after = NULL;
	if (!target->before || !target->after ||
	    wordlist_split(cmdline, &target->words) < 0) {
		scan->error = -ENOMEM;
		return NULL;
	}
	target->is_effective = scan_is_effective(scan, cmdline);
	strip_words(scan, target);
	return target;
}
