/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lists of devices in modprobe.d(5). The parameter of the module has the last value
 * that it is given: those in the files, sorted by name, then that on the command line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "migrate/internal.h"

static const char *path_of(const struct facts *facts, const struct fact *fact)
{
	return facts->files[fact->file].change.path;
}

/* libkmod sorts the files of all directories by name, and the module gets all options. */
static bool comes_after(const struct facts *facts, const struct fact *a,
			const struct fact *b)
{
	int order =
		strcmp(beneath_name(path_of(facts, a)), beneath_name(path_of(facts, b)));

	return order > 0 || (order == 0 && a->line > b->line);
}

/* The list that counts, perhaps an empty one; facts->count if there is none. */
static size_t find_last(const struct facts *facts, enum legacy_list list)
{
	size_t last = facts->count;

	for (size_t i = 0; i < facts->count; i++)
		if (facts->items[i].list == list &&
		    (last == facts->count ||
		     comes_after(facts, &facts->items[i], &facts->items[last])))
			last = i;
	return last;
}

/* Whether vfio-pci has a device now that only the items list, for whatever reason. */
static bool is_in_effect(const struct machine *machine, const char *items,
			 const char *list)
{
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].is_claimed &&
		    collector_lists(span_of(items), &machine->devices[i]) &&
		    !collector_lists(span_of(list), &machine->devices[i]))
			return true;
	return false;
}

/* Whether the list that counts leaves devices of the other one out, and did so. */
static bool overrides(const struct collector *collector, const char *list,
		      const char *items)
{
	return !legacy_has_all_ids(list, items) &&
	       !is_in_effect(collector->machine, items, list);
}

/* The devices of the list are not requested by any boot. */
static void drop(struct collector *collector, size_t index, const char *by)
{
	struct facts *facts = collector->facts;
	struct fact *fact = &facts->items[index];
	_cleanup_free_ char *items = take_pointer(fact->items);

	fact->kind = FACT_SUPPORT;
	fact->items = strdup("");
	if (!fact->items)
		collector->error = -ENOMEM;
	collector_note(collector, FACT_NOTE,
		       "/%s, line %zu: ids=%s has no effect, since %s overrides it",
		       path_of(facts, fact), fact->line + 1, items, by);
}

/*
 * The list of a package's file would count once the line that overrides it is gone: an
 * empty list stays in its place.
 */
static void keep_empty(struct collector *collector, struct fact *fact)
{
	const char *old = fact->replacement ? fact->replacement : "options vfio-pci";
	struct text_cursor rest = { old, old + strlen(old) };
	char *text;

	if (!fact->items[0]) {
		fact->has_edit = false;
		return;
	}
	text_next_word(&rest);
	text_next_word(&rest);
	if (asprintf(&text, "%.*s ids=%s", (int)(rest.at - old), old, rest.at) < 0) {
		collector->error = -ENOMEM;
		return;
	}
	free(fact->replacement);
	fact->replacement = text;
}

static void drop_others(struct collector *collector, enum legacy_list list)
{
	struct facts *facts = collector->facts;
	size_t count = facts->count, last = find_last(facts, list);
	char by[CHANGE_PATH_SIZE + 64];

	if (last == count)
		return;
	snprintf(by, sizeof(by), "/%s, line %zu,", path_of(facts, &facts->items[last]),
		 facts->items[last].line + 1);
	for (size_t i = 0; i < count; i++) {
		struct fact *fact = &facts->items[i], *counts = &facts->items[last];

		if (fact->list != list || i == last ||
		    !overrides(collector, counts->items, fact->items))
			continue;
		if (!fact->has_edit && counts->has_edit)
			keep_empty(collector, counts);
		drop(collector, i, by);
	}
}

/* -- the command line ---------------------------------------------------------------- */

/*
 * Whether the command line has a list that leaves devices of the other one out; also if
 * that does not matter.
 */
static bool is_overriding(const struct collector *collector,
			  const struct boot_source *boot, const struct fact *fact)
{
	struct legacy_line line;
	bool does = true;

	if (!boot_matters(boot))
		return true;
	if (boot->is_unclear)
		return false;
	if (legacy_rewrite_cmdline(span_of(boot->cmdline), &line) == 0)
		does = (line.lists & 1U << fact->list) &&
		       overrides(collector, line.items, fact->items);
	legacy_line_free(&line);
	return does;
}

/* The first boot if all of them override the list; else NULL. */
static const struct boot_source *find_overriding(const struct collector *collector,
						 const struct fact *fact)
{
	const struct boots *boots = &collector->boots;

	for (size_t i = 0; i < boots->count; i++)
		if (!is_overriding(collector, &boots->items[i], fact))
			return NULL;
	for (size_t i = 0; i < boots->count; i++)
		if (boot_matters(&boots->items[i]))
			return &boots->items[i];
	return NULL;
}

/* A package's list stays: nothing would override it any more. */
static void drop_overridden(struct collector *collector)
{
	struct facts *facts = collector->facts;
	char by[sizeof(((struct boot_source *)0)->path) + 64];

	for (size_t i = 0, count = facts->count; i < count; i++) {
		const struct fact *fact = &facts->items[i];
		const struct boot_source *boot = NULL;

		if (fact->list && fact->kind == FACT_REQUEST && fact->has_edit)
			boot = find_overriding(collector, fact);
		if (!boot)
			continue;
		snprintf(by, sizeof(by), "the kernel command line, in /%s,", boot->path);
		drop(collector, i, by);
	}
}

static void note_packages(struct collector *collector)
{
	struct facts *facts = collector->facts;

	for (size_t i = 0, count = facts->count; i < count; i++) {
		const struct fact *fact = &facts->items[i];

		if (fact->list && fact->kind == FACT_REQUEST && !fact->has_edit)
			collector_note(
				collector, FACT_CHECK,
				"/%s requests devices and was left unchanged; to override it, create a file with its name in /etc/modprobe.d",
				path_of(facts, fact));
	}
}

void lists_settle(struct collector *collector)
{
	drop_others(collector, LIST_VFIO);
	drop_others(collector, LIST_STUB);
	drop_overridden(collector);
	note_packages(collector);
}
