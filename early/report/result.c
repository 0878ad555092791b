/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "report/internal.h"

const char *stage_word(enum stage stage)
{
	static const char *const words[] = { "early", "late", "device" };

	return words[stage];
}

const char *pf_word(const struct pf *pf)
{
	return pf->verdict == VERDICT_CLAIMED ? "made" : verdict_word(pf->verdict, false);
}

void run_result_free(struct run_result *result)
{
	plan_free(&result->plan);
	pci_list_free(&result->devices);
	free(result->settings.items);
	free(result->pfs.items);
	free(result->problems);
	free(result->text);
	*result = (struct run_result){ 0 };
}

static struct problem unmatched(const struct plan_match *match, enum item_source source)
{
	struct problem problem = { .kind = PROBLEM_UNMATCHED,
				   .parameter = span_of(item_source_word(source)),
				   .text = match->text };

	if (match->other) {
		problem.kind = PROBLEM_ELSEWHERE;
		problem.found = match->other->id;
		problem.found_at = match->other->address;
	}
	return problem;
}

static bool is_any_matched(const struct pci_list *list, const struct selector *selector)
{
	for (size_t i = 0; i < list->count; i++)
		if (selector_matches(selector, &list->devices[i]))
			return true;
	return false;
}

static int add_problem(struct run_result *result, const struct problem *problem)
{
	struct problem *added = array_append(result->problems, result->problem_count);

	if (!added)
		return -ENOMEM;
	*added = *problem;
	return 0;
}

/* Whether it is for a device that is not claimed. */
static bool is_idle(const struct setting *setting, const struct plan *plan)
{
	for (size_t i = 0; i < plan->total; i++)
		if (selector_matches(&setting->device, plan->entries[i].device))
			return false;
	return setting->has_device;
}

static int add_idle_settings(struct run_result *result, const struct params *params)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < params->setting_count; i++) {
		const struct setting *setting = &params->settings[i];

		if (is_idle(setting, &result->plan))
			r = add_problem(result,
					&(struct problem){
						.kind = PROBLEM_NO_EFFECT,
						.parameter = setting->parameter,
						.text = setting->text,
						.item = setting->item,
						.why = "no requested device matches" });
	}
	return r;
}

static int add_unmatched(struct run_result *result, const struct params *params)
{
	const struct plan *plan = &result->plan;
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->match_count; i++) {
		const struct selector *selector = &params->wanted.items[i];
		const struct problem problem =
			unmatched(&plan->matches[i], selector->source);

		if (!plan->matches[i].matched &&
		    !pfs_foretell(&result->pfs, &result->devices, selector))
			r = add_problem(result, &problem);
	}
	for (size_t i = 0; r == 0 && i < params->vfs.count; i++) {
		const struct selector *selector = &params->vfs.items[i];

		if (!is_any_matched(&result->devices, selector))
			r = add_problem(result,
					&(struct problem){ .kind = PROBLEM_UNMATCHED,
							   .text = selector->text });
	}
	return r;
}

int run_result_add_problems(struct run_result *result, const struct params *params)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < params->problem_count; i++)
		r = add_problem(result, &params->problems[i]);
	if (r == 0 && !result->plan.is_partial)
		r = add_unmatched(result, params);
	if (r == 0 && result->stage == STAGE_EARLY)
		r = add_idle_settings(result, params);
	return r;
}

bool run_result_is_complete(const struct run_result *result)
{
	const char *profile = result->cmdline ? result->cmdline->profile_verdict : NULL;

	if (profile && strcmp(profile, "used") != 0)
		return false;
	for (size_t i = 0; i < result->problem_count; i++)
		if (result->problems[i].kind != PROBLEM_NO_EFFECT)
			return false;
	for (size_t i = 0; i < result->pfs.count; i++)
		if (result->pfs.items[i].verdict != VERDICT_CLAIMED &&
		    result->pfs.items[i].verdict != VERDICT_DEFERRED)
			return false;
	return result->trial.verdict != TRIAL_IGNORED && plan_is_complete(&result->plan);
}

const struct plan_entry *run_result_find(const struct run_result *result,
					 const struct pci_address *address)
{
	return plan_find_at(&result->plan, address);
}

bool run_result_defers(const struct run_result *result, const struct pci_address *address)
{
	const struct plan_entry *entry;

	if (!address)
		return plan_count(&result->plan, VERDICT_DEFERRED) > 0;
	entry = run_result_find(result, address);
	return entry && entry->verdict == VERDICT_DEFERRED;
}
