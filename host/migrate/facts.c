/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "lib/lib.h"
#include "migrate/internal.h"

struct fact *facts_add(struct facts *facts, enum fact_kind kind, size_t file, size_t line)
{
	struct fact *fact = array_append(facts->items, facts->count);

	if (fact)
		*fact = (struct fact){
			.kind = kind, .file = file, .line = line, .line_count = 1
		};
	return fact;
}

void facts_free(struct facts *facts)
{
	for (size_t i = 0; i < facts->file_count; i++)
		change_free(&facts->files[i].change);
	for (size_t i = 0; i < facts->count; i++) {
		free(facts->items[i].replacement);
		free(facts->items[i].items);
		free(facts->items[i].note);
	}
	free(facts->files);
	free(facts->items);
	*facts = (struct facts){ 0 };
}

size_t facts_count(const struct facts *facts, enum fact_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < facts->count; i++)
		count += facts->items[i].kind == kind;
	return count;
}

/* -- the decision -------------------------------------------------------------------- */

/* Without devices, what helps to give them to vfio-pci may be for something else. */
bool fact_applies(const struct facts *facts, const struct conditions *conditions,
		  const struct fact *fact)
{
	if (!fact->has_edit)
		return false;
	return fact->kind == FACT_REQUEST ||
	       (fact->kind == FACT_SUPPORT &&
		(conditions->is_configured || facts_count(facts, FACT_REQUEST)));
}

bool fact_needs_configuration(const struct fact *fact)
{
	return fact->kind == FACT_REQUEST && fact->scope == SCOPE_EVERY_BOOT;
}

static bool is_of_grub(const struct facts *facts, const struct fact *fact)
{
	return fact->file != NO_FILE && facts->files[fact->file].format == FORMAT_GRUB;
}

enum decision facts_decide(const struct facts *facts, const struct conditions *conditions)
{
	bool any = false, any_of_grub = false;

	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];
		bool applies = fact_applies(facts, conditions, fact);

		if (fact->kind == FACT_UNCLEAR)
			return DECISION_UNCLEAR;
		any |= applies || fact_needs_configuration(fact);
		any_of_grub |= applies && is_of_grub(facts, fact);
	}
	if (!any)
		return DECISION_NOTHING;
	if (!conditions->has_generator)
		return DECISION_NO_GENERATOR;
	if (any_of_grub && !conditions->can_rebuild_grub)
		return DECISION_NO_GRUB;
	return DECISION_MIGRATE;
}

/* -- the changes --------------------------------------------------------------------- */

/* The fact that changes the line, or NULL. */
static const struct fact *find_change(const struct facts *facts,
				      const struct conditions *conditions, size_t file,
				      size_t line)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];

		if (fact->file == file && fact->line == line &&
		    fact_applies(facts, conditions, fact))
			return fact;
	}
	return NULL;
}

char *facts_rewrite(const struct facts *facts, const struct conditions *conditions,
		    size_t file)
{
	const char *rest = facts->files[file].change.old;
	struct text_file text;
	FILE *to = text_file_open(&text);
	struct text_cursor line;

	for (size_t i = 0; to && text_next_line(&rest, &line); i++) {
		const struct fact *fact = find_change(facts, conditions, file, i);

		if (!fact)
			fwrite(line.at, 1, (size_t)(rest - line.at), to);
		for (size_t j = 1; fact && j < fact->line_count; j++, i++)
			text_next_line(&rest, &line);
		if (fact && fact->replacement)
			fprintf(to, "%s%s", fact->replacement,
				rest > line.end ? "\n" : "");
	}
	return text_file_close(&text);
}
