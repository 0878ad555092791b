/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "migrate/target.h"

void target_free(struct target *target)
{
	wordlist_free(&target->words);
	free(target->before);
	free(target->after);
	free(target->obstacle);
}

/* -- deciding ------------------------------------------------------------------------ */

static bool is_replaced(const struct target *target)
{
	return target->replaced != SIZE_MAX;
}

bool target_any_replaced(const struct target *targets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (targets[i].is_effective && is_replaced(&targets[i]))
			return true;
	return false;
}

/*
 * Whether a target before this one makes it superfluous: GRUB's files make up one command
 * line, as do the fragments of an image. Each boot entry has its own.
 */
static bool is_superfluous(const struct target *targets, size_t index)
{
	enum target_loader loader = targets[index].loader;

	for (size_t i = 0; i < index; i++)
		if (targets[i].is_chosen && targets[i].is_effective &&
		    !targets[i].obstacle &&
		    (loader == LOADER_UKI ||
		     (loader == LOADER_GRUB && targets[i].loader == LOADER_GRUB)))
			return true;
	return false;
}

void target_decide(struct target *targets, size_t count, bool has_items)
{
	bool is_settled = !has_items || target_any_replaced(targets, count);

	for (size_t i = 0; i < count; i++) {
		struct target *target = &targets[i];

		if (is_replaced(target))
			target->is_chosen =
				target->is_effective || target->loader != LOADER_UKI;
		else
			target->is_chosen = !is_settled && target->is_candidate &&
					    target->is_effective &&
					    !is_superfluous(targets, i);
	}
}

/* -- editing ------------------------------------------------------------------------- */

static int insert_parameter(struct target *target, const struct legacy_settings *settings)
{
	_cleanup_free_ char *parameter = settings_parameter(settings, &target->words);
	size_t at = is_replaced(target) ? target->replaced : target->words.count;

	return parameter ? wordlist_insert(&target->words, at, parameter) : 0;
}

static int set_line(struct target *target, struct edit *edit)
{
	_cleanup_free_ char *text = NULL;
	const char *words;

	if (wordlist_join(&target->words, 0) < 0)
		return -ENOMEM;
	words = target->words.joined;
	if (asprintf(&text, "%s%s%s%s", target->before,
		     target->is_appended && words[0] ? " " : "", words,
		     target->after) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	/* A line that becomes empty is removed. */
	return edit_set(edit, target->line, text[0] ? text : NULL);
}

int target_edit(struct target *target, struct legacy_settings *settings)
{
	int r = 0;

	if (target->obstacle)
		return target->is_chosen ? settings_add_note(settings, target->obstacle)
					 : 0;
	if (target->is_chosen) {
		settings->has_target |= target->is_effective;
		r = insert_parameter(target, settings);
	}
	if (r == 0 && (target->is_chosen || target->is_changed))
		r = set_line(target, &settings->edits[target->edit]);
	return r;
}
