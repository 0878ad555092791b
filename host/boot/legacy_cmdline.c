/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "lib/lib.h"

bool legacy_is_module(struct span module)
{
	static const char *const names[] = { "vfio",	      "vfio_pci",
					     "vfio_pci_core", "vfio_iommu_type1",
					     "vfio_virqfd",   "pci_stub" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_equals_name(module, names[i]))
			return true;
	return false;
}

static bool has_any(struct span text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (memmem(text.at, text.length, words[i], strlen(words[i])))
			return true;
	return false;
}

bool legacy_is_mentioned(const char *text)
{
	static const char *const words[] = { "vfio-pci",       "vfio_pci", "pciback",
					     "qubes.hide_pci", "fb:off",   "pci-stub",
					     "pci_stub" };

	return has_any(span_of(text), words, ARRAY_SIZE(words));
}

static bool mentions_list(struct span text)
{
	static const char *const words[] = { "vfio-pci.ids", "vfio_pci.ids",
					     "pci-stub.ids", "pci_stub.ids" };

	return has_any(text, words, ARRAY_SIZE(words));
}

bool legacy_list_is_mentioned(const char *text)
{
	return mentions_list(span_of(text));
}

const char *legacy_check_ids(struct span list)
{
	struct span item;

	while (span_next_item(&list, &item)) {
		struct selector_error error;
		struct selector selector;

		if (!item.length)
			continue;
		if (selector_parse_id(item, &selector, &error) < 0 ||
		    selector.has_address || selector.is_forced)
			return "an ID is malformed";
	}
	return NULL;
}

bool legacy_has_ids(struct span list)
{
	struct span item;

	while (span_next_item(&list, &item))
		if (item.length)
			return true;
	return false;
}

static bool has_id(struct span list, struct span item)
{
	struct span other;

	while (span_next_item(&list, &other))
		if (item.length == other.length &&
		    strncasecmp(item.at, other.at, item.length) == 0)
			return true;
	return false;
}

bool legacy_has_all_ids(const char *list, const char *items)
{
	struct span item, rest = span_of(items);

	while (span_next_item(&rest, &item))
		if (item.length && !has_id(span_of(list), item))
			return false;
	return true;
}

enum legacy_list legacy_find_list(const char *module)
{
	if (text_equals_name(module, "vfio_pci"))
		return LIST_VFIO;
	return text_equals_name(module, "pci_stub") ? LIST_STUB : LIST_NONE;
}

/* -- judging ------------------------------------------------------------------------- */

/* What a word is. */
enum kind {
	KIND_OTHER,
	KIND_REQUEST,	 /* names devices for vfio-pci */
	KIND_SUPPORT,	 /* names none, but helps: removed */
	KIND_OVERRIDDEN, /* a list that a later one replaces: removed */
	KIND_MIXED,	 /* a list of modules, VFIO's and others */
	KIND_XEN,	 /* hides devices for Xen */
	KIND_UNCLEAR,	 /* may name devices */
};

struct judgement {
	enum kind kind;
	struct span name, value; /* of a parameter */
	enum legacy_list list;
	bool loads;
	const char *why; /* KIND_UNCLEAR: a phrase */
};

/* The list may have quotes or, in a shell's file, a variable: those are no IDs. */
static void judge_ids(struct judgement *ret)
{
	ret->why = legacy_check_ids(ret->value);
	ret->kind = ret->why			 ? KIND_UNCLEAR
		    : legacy_has_ids(ret->value) ? KIND_REQUEST
						 : KIND_SUPPORT;
}

/* "rd.driver.pre=nvme,vfio-pci" */
static void judge_module_list(struct judgement *ret)
{
	bool any_vfio = false, any_other = false;
	struct span item, list = ret->value;

	while (span_next_item(&list, &item)) {
		any_vfio |= legacy_is_module(item);
		any_other |= !legacy_is_module(item);
		ret->loads |= span_equals_name(item, "vfio_pci") ||
			      span_equals_name(item, "pci_stub");
	}
	if (any_vfio)
		ret->kind = any_other ? KIND_MIXED : KIND_SUPPORT;
}

/* "video=efifb:off,vesafb:off" */
static enum kind judge_video(struct span list)
{
	static const char *const known[] = { "efifb:off", "vesafb:off", "simplefb:off" };
	struct span item;

	while (span_next_item(&list, &item))
		if (!span_is_one_of(item, known, ARRAY_SIZE(known)))
			return KIND_OTHER;
	return KIND_SUPPORT;
}

static void judge_parameter(struct judgement *ret)
{
	struct span name = ret->name;

	if (span_equals_name(name, "vfio_pci.ids"))
		ret->list = LIST_VFIO;
	else if (span_equals_name(name, "pci_stub.ids"))
		ret->list = LIST_STUB;
	if (ret->list)
		judge_ids(ret);
	else if (span_equals_name(name, "rd.driver.pre") ||
		 span_equals_name(name, "modules_load") ||
		 span_equals_name(name, "rd.modules_load"))
		judge_module_list(ret);
	else if (span_equals(name, "video"))
		ret->kind = judge_video(ret->value);
	else if (span_equals_name(name, "xen_pciback.hide") ||
		 span_equals_name(name, "rd.qubes.hide_pci"))
		ret->kind = KIND_XEN;
}

static struct judgement judge_word(struct span word)
{
	struct judgement judgement = { .name = span_until(word, '=') };
	size_t length = judgement.name.length;

	if (length < word.length) {
		judgement.value =
			(struct span){ word.at + length + 1, word.length - length - 1 };
		judge_parameter(&judgement);
	}
	/* In quotes, after a variable or in whatever other form. */
	if (judgement.kind == KIND_OTHER && mentions_list(word)) {
		judgement.kind = KIND_UNCLEAR;
		judgement.why = "a list of IDs is not understood";
	}
	return judgement;
}

static struct judgement judge_module(struct span word)
{
	bool is_driver =
		span_equals_name(word, "vfio_pci") || span_equals_name(word, "pci_stub");

	return (struct judgement){
		.kind = legacy_is_module(word) ? KIND_SUPPORT : KIND_OTHER,
		.loads = is_driver,
	};
}

/* -- rewriting ----------------------------------------------------------------------- */

static void put(FILE *file, struct span span)
{
	fwrite(span.at, 1, span.length, file);
}

/* The other modules stay. */
static void put_mixed(FILE *text, const struct judgement *judgement)
{
	struct span item, list = judgement->value;
	char separator = '=';

	put(text, judgement->name);
	while (span_next_item(&list, &item)) {
		if (legacy_is_module(item))
			continue;
		putc(separator, text);
		put(text, item);
		separator = ',';
	}
}

static void put_word(FILE *text, struct span word, const struct judgement *judgement)
{
	switch (judgement->kind) {
	case KIND_REQUEST:
		fputs("passthru.ids=", text);
		put(text, judgement->value);
		break;
	case KIND_MIXED:
		put_mixed(text, judgement);
		break;
	case KIND_SUPPORT:
	case KIND_OVERRIDDEN:
		break;
	case KIND_OTHER:
	case KIND_XEN:
	case KIND_UNCLEAR:
		put(text, word);
		break;
	}
}

static void put_items(FILE *file, struct span items)
{
	fputs(ftell(file) ? "," : "", file);
	put(file, items);
}

/* A rewritten line while it is written. */
struct rewriting {
	struct judgement (*judge)(struct span word);
	size_t last[LIST_STUB + 1]; /* the words with the lists that count */
	FILE *text, *items, *overridden;
	struct legacy_line *line;
};

static void note(const struct rewriting *rewriting, const struct judgement *judgement)
{
	struct legacy_line *line = rewriting->line;

	if (judgement->kind == KIND_REQUEST)
		put_items(rewriting->items, judgement->value);
	if (judgement->kind == KIND_OVERRIDDEN && legacy_has_ids(judgement->value))
		put_items(rewriting->overridden, judgement->value);
	if (judgement->list)
		line->lists |= 1U << judgement->list;
	line->loads |= judgement->loads;
	line->has_support |= judgement->kind == KIND_SUPPORT ||
			     judgement->kind == KIND_OVERRIDDEN ||
			     judgement->kind == KIND_MIXED;
	line->has_xen |= judgement->kind == KIND_XEN;
	if (!line->unclear)
		line->unclear = judgement->why;
}

/* "vfio-pci.ids=1:2, 3:4": the kernel ends the list at the blank, unlike its author. */
static bool continues(const struct judgement *last, struct span word)
{
	return last->kind == KIND_REQUEST && last->value.length &&
	       last->value.at[last->value.length - 1] == ',' && legacy_has_ids(word) &&
	       !legacy_check_ids(word);
}

/* The kernel keeps the last value of a parameter. */
static void find_last(struct rewriting *rewriting, struct span line)
{
	struct text_cursor rest = { line.at, line.at + line.length };

	wordlist_next_blanks(&rest);
	for (size_t i = 0; rest.at < rest.end; i++) {
		rewriting->last[rewriting->judge(wordlist_next(&rest)).list] = i;
		wordlist_next_blanks(&rest);
	}
}

static bool is_removed(const struct judgement *judgement)
{
	return judgement->kind == KIND_SUPPORT || judgement->kind == KIND_OVERRIDDEN;
}

/* A word goes with the blanks before it; the first one, with those after it. */
static void rewrite_line(const struct rewriting *rewriting, struct span line)
{
	struct text_cursor rest = { line.at, line.at + line.length };
	struct span blanks = wordlist_next_blanks(&rest);
	struct judgement last = { 0 };
	bool any = false;

	put(rewriting->text, blanks);
	blanks.length = 0;
	for (size_t i = 0; rest.at < rest.end; i++) {
		struct span word = wordlist_next(&rest);
		struct judgement judgement = rewriting->judge(word);

		if (continues(&last, word))
			judgement.why = "a list of IDs has a blank in it";
		last = judgement;
		if (judgement.list && judgement.kind != KIND_UNCLEAR &&
		    i != rewriting->last[judgement.list])
			judgement.kind = KIND_OVERRIDDEN;
		note(rewriting, &judgement);
		if (!is_removed(&judgement)) {
			if (any)
				put(rewriting->text, blanks);
			put_word(rewriting->text, word, &judgement);
			any = true;
		}
		blanks = wordlist_next_blanks(&rest);
	}
	put(rewriting->text, blanks);
}

static int rewrite(struct span line, struct judgement (*judge)(struct span word),
		   struct legacy_line *ret)
{
	struct text_file text, items, overridden;
	struct rewriting rewriting = { .judge = judge,
				       .text = text_file_open(&text),
				       .items = text_file_open(&items),
				       .overridden = text_file_open(&overridden),
				       .line = ret };

	*ret = (struct legacy_line){ 0 };
	if (rewriting.text && rewriting.items && rewriting.overridden) {
		find_last(&rewriting, line);
		rewrite_line(&rewriting, line);
	}
	ret->text = text_file_close(&text);
	ret->items = text_file_close(&items);
	ret->overridden = text_file_close(&overridden);
	return ret->text && ret->items && ret->overridden ? 0 : -ENOMEM;
}

int legacy_rewrite_cmdline(struct span line, struct legacy_line *ret)
{
	return rewrite(line, judge_word, ret);
}

int legacy_rewrite_modules(struct span line, struct legacy_line *ret)
{
	return rewrite(line, judge_module, ret);
}

void legacy_line_free(struct legacy_line *line)
{
	free(line->text);
	free(line->items);
	free(line->overridden);
	*line = (struct legacy_line){ 0 };
}
