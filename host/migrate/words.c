/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "cmdline/cmdline.h"
#include "migrate/internal.h"

/* -- words by themselves ------------------------------------------------------------- */

bool words_is_vfio(struct span module)
{
	static const char *const names[] = { "vfio", "vfio_pci", "vfio_pci_core",
					     "vfio_iommu_type1", "vfio_virqfd" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_equals_name(module, names[i]))
			return true;
	return false;
}

static bool has_any(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

bool words_mention(const char *text)
{
	static const char *const words[] = { "vfio-pci",       "vfio_pci", "pciback",
					     "qubes.hide_pci", "fb:off",   "pci-stub",
					     "pci_stub" };

	return has_any(text, words, ARRAY_SIZE(words));
}

bool words_mention_devices(const char *text)
{
	static const char *const words[] = { "vfio-pci.ids", "vfio_pci.ids",
					     "pci-stub.ids", "pci_stub.ids" };

	return has_any(text, words, ARRAY_SIZE(words));
}

const char *words_check_ids(struct span list)
{
	struct span item;
	bool any = false;

	while (span_next_item(&list, &item)) {
		struct selector_error error;
		struct selector selector;

		if (!item.length)
			return "a list of IDs has an empty item";
		if (selector_parse_id(item, &selector, &error) < 0 ||
		    selector.has_address || selector.is_forced)
			return "an ID is malformed";
		any = true;
	}
	return any ? NULL : "a list of IDs is empty";
}

/* -- judging ------------------------------------------------------------------------- */

/* One line that is being rewritten. */
struct rewriting {
	struct words *words;
	FILE *text;
	FILE *items;
	struct span blanks; /* before the current word */
	bool any;	    /* a word is in the text */
};

enum fate {
	FATE_KEPT,
	FATE_REMOVED,
	FATE_WRITTEN, /* the replacement is in the text already */
};

static void put(FILE *file, struct span span)
{
	fwrite(span.at, 1, span.length, file);
}

/* A word goes with the blanks before it; the first one, with those after it. */
static void begin_word(struct rewriting *rewriting)
{
	if (rewriting->any)
		put(rewriting->text, rewriting->blanks);
	rewriting->any = true;
}

static bool is_request(struct span name)
{
	return span_equals_name(name, "vfio_pci.ids") ||
	       span_equals_name(name, "pci_stub.ids");
}

/* The list may have quotes or, in a shell's file, a variable: those are no IDs. */
static enum fate judge_ids(struct rewriting *rewriting, struct span list)
{
	const char *why = words_check_ids(list);

	if (why) {
		rewriting->words->unclear = why;
		return FATE_KEPT;
	}
	fprintf(rewriting->items, "%s%.*s", ftell(rewriting->items) ? "," : "",
		(int)list.length, list.at);
	begin_word(rewriting);
	fprintf(rewriting->text, "passthru.ids=%.*s", (int)list.length, list.at);
	return FATE_WRITTEN;
}

/* "video=efifb:off,vesafb:off" */
static bool is_framebuffer_off(struct span value)
{
	static const char *const known[] = { "efifb:off", "vesafb:off", "simplefb:off" };
	struct span item;

	while (span_next_item(&value, &item))
		if (!span_is_one_of(item, known, ARRAY_SIZE(known)))
			return false;
	return true;
}

static bool has_vfio(struct span list)
{
	struct span item;

	while (span_next_item(&list, &item))
		if (words_is_vfio(item))
			return true;
	return false;
}

/* "rd.driver.pre=nvme,vfio-pci": the other modules stay. */
static enum fate judge_modules(struct rewriting *rewriting, struct span name,
			       struct span list)
{
	struct span item;
	bool any = false;

	if (!has_vfio(list))
		return FATE_KEPT;
	rewriting->words->has_support = true;
	while (span_next_item(&list, &item)) {
		if (words_is_vfio(item))
			continue;
		if (!any) {
			begin_word(rewriting);
			put(rewriting->text, name);
		}
		fprintf(rewriting->text, "%c%.*s", any ? ',' : '=', (int)item.length,
			item.at);
		any = true;
	}
	return any ? FATE_WRITTEN : FATE_REMOVED;
}

static bool is_module_list(struct span name)
{
	return span_equals_name(name, "rd.driver.pre") ||
	       span_equals_name(name, "modules_load") ||
	       span_equals_name(name, "rd.modules_load");
}

static enum fate judge_parameter(struct rewriting *rewriting, struct span word)
{
	struct span name = span_until(word, '=');
	struct span value = { name.at + name.length + 1, word.length - name.length - 1 };

	if (name.length == word.length)
		return FATE_KEPT;
	if (is_request(name))
		return judge_ids(rewriting, value);
	if (is_module_list(name))
		return judge_modules(rewriting, name, value);
	if (span_equals_name(name, "xen_pciback.hide") ||
	    span_equals_name(name, "rd.qubes.hide_pci"))
		rewriting->words->has_xen = true;
	if (!span_equals(name, "video") || !is_framebuffer_off(value))
		return FATE_KEPT;
	rewriting->words->has_support = true;
	return FATE_REMOVED;
}

static enum fate judge_cmdline(struct rewriting *rewriting, struct span word)
{
	enum fate fate = judge_parameter(rewriting, word);
	_cleanup_free_ char *text =
		fate == FATE_KEPT ? strndup(word.at, word.length) : NULL;

	/* In quotes, after a variable or in whatever other form. */
	if (text && words_mention_devices(text) && !rewriting->words->unclear)
		rewriting->words->unclear = "a list of IDs is not understood";
	return fate;
}

static enum fate judge_module(struct rewriting *rewriting, struct span word)
{
	if (!words_is_vfio(word))
		return FATE_KEPT;
	rewriting->words->has_support = true;
	return FATE_REMOVED;
}

/* -- lines --------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Double quotes protect blanks, as in the kernel's parser. */
static struct span next_word(const char *at, const char *end)
{
	const char *start = at;
	bool quoted = false;

	for (; at < end && (quoted || !is_blank(*at)); at++)
		if (*at == '"')
			quoted = !quoted;
	return (struct span){ start, (size_t)(at - start) };
}

static struct span next_blanks(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && is_blank(*at))
		at++;
	return (struct span){ start, (size_t)(at - start) };
}

static void rewrite(struct rewriting *rewriting, struct span line,
		    enum fate (*judge)(struct rewriting *rewriting, struct span word))
{
	const char *at = line.at, *end = line.at + line.length;

	rewriting->blanks = next_blanks(at, end);
	put(rewriting->text, rewriting->blanks);
	at += rewriting->blanks.length;
	rewriting->blanks.length = 0;
	while (at < end) {
		struct span word = next_word(at, end);

		if (judge(rewriting, word) == FATE_KEPT) {
			begin_word(rewriting);
			put(rewriting->text, word);
		}
		at += word.length;
		rewriting->blanks = next_blanks(at, end);
		at += rewriting->blanks.length;
	}
	put(rewriting->text, rewriting->blanks);
}

static int run(struct span line, struct words *ret,
	       enum fate (*judge)(struct rewriting *rewriting, struct span word))
{
	size_t text_size, items_size;
	struct rewriting rewriting = { .words = ret };
	int r = -ENOMEM;

	*ret = (struct words){ 0 };
	rewriting.text = open_memstream(&ret->text, &text_size);
	rewriting.items = open_memstream(&ret->items, &items_size);
	if (rewriting.text && rewriting.items) {
		rewrite(&rewriting, line, judge);
		r = 0;
	}
	if (rewriting.text && fclose(rewriting.text) != 0)
		r = -ENOMEM;
	if (rewriting.items && fclose(rewriting.items) != 0)
		r = -ENOMEM;
	return r;
}

int words_rewrite_cmdline(struct span line, struct words *ret)
{
	return run(line, ret, judge_cmdline);
}

int words_rewrite_modules(struct span line, struct words *ret)
{
	return run(line, ret, judge_module);
}

void words_free(struct words *words)
{
	free(words->text);
	free(words->items);
	*words = (struct words){ 0 };
}
