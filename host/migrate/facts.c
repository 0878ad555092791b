/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/base.h"
#include "migrate/internal.h"

struct fact *facts_add(struct facts *facts, enum fact_kind kind, size_t file, size_t line)
{
	struct fact *fact = array_append(facts->items, facts->count);

	if (!fact)
		return NULL;
	*fact = (struct fact){ .kind = kind, .file = file, .line = line };
	return fact;
}

struct fact *facts_add_note(struct facts *facts, enum fact_kind kind, char *note)
{
	struct fact *fact = note ? facts_add(facts, kind, NO_FILE, 0) : NULL;

	if (!fact) {
		free(note);
		return NULL;
	}
	fact->note = note;
	return fact;
}

void facts_free(struct facts *facts)
{
	for (size_t i = 0; i < facts->file_count; i++)
		edit_free(&facts->files[i].edit);
	for (size_t i = 0; i < facts->count; i++) {
		free(facts->items[i].replacement);
		free(facts->items[i].items);
		free(facts->items[i].note);
	}
	free(facts->files);
	free(facts->items);
	*facts = (struct facts){ 0 };
}

bool fact_is_requested(const struct fact *fact)
{
	return fact->kind == FACT_REQUEST && fact->is_used;
}
