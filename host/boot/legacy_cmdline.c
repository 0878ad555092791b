/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "lib/lib.h"

bool legacy_is_vfio(struct span module)
{
	static const char *const names[] = { "vfio", "vfio_pci", "vfio_pci_core",
					     "vfio_iommu_type1", "vfio_virqfd" };

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

/* -- judging ------------------------------------------------------------------------- */

/* What a word is. */
enum kind {
	KIND_OTHER,
	KIND_REQUEST, /* names devices for vfio-pci */
	KIND_SUPPORT, /* names none, but helps: removed */
	KIND_MIXED,   /* a list of modules, VFIO's and others */
	KIND_XEN,     /* hides devices for Xen */
	KIND_UNCLEAR, /* may name devices */
};

struct judgement {
	enum kind kind;
	struct span name, value; /* of a parameter */
	const char *why;	 /* KIND_UNCLEAR: a phrase */
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
static enum kind judge_module_list(struct span list)
{
	bool any_vfio = false, any_other = false;
	struct span item;

	while (span_next_item(&list, &item))
		if (legacy_is_vfio(item))
			any_vfio = true;
		else
			any_other = true;
	if (!any_vfio)
		return KIND_OTHER;
	return any_other ? KIND_MIXED : KIND_SUPPORT;
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

	if (span_equals_name(name, "vfio_pci.ids") ||
	    span_equals_name(name, "pci_stub.ids"))
		judge_ids(ret);
	else if (span_equals_name(name, "rd.driver.pre") ||
		 span_equals_name(name, "modules_load") ||
		 span_equals_name(name, "rd.modules_load"))
		ret->kind = judge_module_list(ret->value);
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
	return (struct judgement){ .kind = legacy_is_vfio(word) ? KIND_SUPPORT
								: KIND_OTHER };
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
		if (legacy_is_vfio(item))
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
		break;
	case KIND_OTHER:
	case KIND_XEN:
	case KIND_UNCLEAR:
		put(text, word);
		break;
	}
}

static void note(const struct judgement *judgement, FILE *items, struct legacy_line *ret)
{
	if (judgement->kind == KIND_REQUEST) {
		fputs(ftell(items) ? "," : "", items);
		put(items, judgement->value);
	}
	ret->has_support |=
		judgement->kind == KIND_SUPPORT || judgement->kind == KIND_MIXED;
	ret->has_xen |= judgement->kind == KIND_XEN;
	if (!ret->unclear)
		ret->unclear = judgement->why;
}

/* "vfio-pci.ids=1:2, 3:4": the kernel ends the list at the blank, unlike its author. */
static bool continues(const struct judgement *last, struct span word)
{
	return last->kind == KIND_REQUEST && last->value.length &&
	       last->value.at[last->value.length - 1] == ',' && legacy_has_ids(word) &&
	       !legacy_check_ids(word);
}

/* A word goes with the blanks before it; the first one, with those after it. */
static void rewrite_line(struct span line, struct judgement (*judge)(struct span word),
			 FILE *text, FILE *items, struct legacy_line *ret)
{
	struct text_cursor rest = { line.at, line.at + line.length };
	struct span blanks = wordlist_next_blanks(&rest);
	struct judgement last = { 0 };
	bool any = false;

	put(text, blanks);
	blanks.length = 0;
	while (rest.at < rest.end) {
		struct span word = wordlist_next(&rest);
		struct judgement judgement = judge(word);

		if (continues(&last, word))
			judgement.why = "a list of IDs has a blank in it";
		last = judgement;
		note(&judgement, items, ret);
		if (judgement.kind != KIND_SUPPORT) {
			if (any)
				put(text, blanks);
			put_word(text, word, &judgement);
			any = true;
		}
		blanks = wordlist_next_blanks(&rest);
	}
	put(text, blanks);
}

static int rewrite(struct span line, struct judgement (*judge)(struct span word),
		   struct legacy_line *ret)
{
	struct text_file text, items;
	FILE *text_to = text_file_open(&text), *items_to = text_file_open(&items);

	*ret = (struct legacy_line){ 0 };
	if (text_to && items_to)
		rewrite_line(line, judge, text_to, items_to, ret);
	ret->text = text_file_close(&text);
	ret->items = text_file_close(&items);
	return ret->text && ret->items ? 0 : -ENOMEM;
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
	*line = (struct legacy_line){ 0 };
}
