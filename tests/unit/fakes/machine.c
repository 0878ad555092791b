/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "unit.h"

/* "under=PATH": the bridge above the function. */
static void read_path(const char *more, struct pci_device *ret)
{
	const char *word = strstr(more, "under="), *why;
	char path[64];
	size_t at;

	if (!word)
		return;
	snprintf(path, sizeof(path), "%.*s/%x.%x",
		 (int)strcspn(word + strlen("under="), " "), word + strlen("under="),
		 ret->address.slot, ret->address.function);
	ck_assert_int_eq(address_parse(path, strlen(path), &ret->path, &why, &at), 0);
}

/* "of=PHYSICAL": it is a virtual function. */
static void read_physical(const char *more, struct pci_device *ret)
{
	const char *word = strstr(more, "of=");

	ret->is_virtual = word || strstr(more, "virtual");
	if (word)
		ret->physical = address_of(word + strlen("of="));
}

static void read_function(const char *text, struct pci_device *ret)
{
	char address[32], id[64], group[16], driver[DRIVER_NAME_SIZE], more[64] = "";
	struct selector_error error;
	struct selector selector;
	char line[256];
	unsigned class;
	int fields;

	snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
	fields = sscanf(line, "%31s %63s %x %15s %63s %63[^\n]", address, id, &class,
			group, driver, more);
	ck_assert_msg(fields >= 5, "malformed function: %s", line);
	ck_assert_int_eq(selector_parse_id(span_of(id), &selector, &error), 0);
	*ret = (struct pci_device){ .address = address_of(address), .id = selector.id };
	ret->id.class = class;
	ret->group = strcmp(group, "-") == 0 ? NO_GROUP : atoi(group);
	if (strcmp(driver, "-") != 0)
		strcpy(ret->driver, driver);
	ret->is_bridge = strstr(more, "bridge");
	ret->has_vfs = strstr(more, "vfs");
	ret->is_gone = strstr(more, "gone");
	ret->is_boot_display = strstr(more, "boot");
	read_physical(more, ret);
	read_path(more, ret);
}

void functions_read(const char *text, struct pci_list *ret)
{
	*ret = (struct pci_list){ 0 };
	ret->devices = calloc(32, sizeof(ret->devices[0]));
	while (*text) {
		ck_assert_uint_lt(ret->count, 32);
		read_function(text, &ret->devices[ret->count++]);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

static void add_problems(struct situation *situation)
{
	struct run_result *result = &situation->result;

	free(result->problems);
	result->problems = NULL;
	result->problem_count = 0;
	ck_assert_int_eq(run_result_add_problems(result, &situation->params), 0);
}

void situation_make(const char *machine, const char *cmdline, struct situation *ret)
{
	struct params *params = &ret->params;
	struct pci_list *devices = &ret->result.devices;
	struct plan *plan = &ret->result.plan;

	ck_assert_int_eq(params_parse(cmdline, params), 0);
	ret->result = (struct run_result){ .is_dry = params->dryrun,
					   .is_forced = params->force,
					   .timeout = params->timeout };
	for (int i = 0; i < STAGES; i++)
		ret->result.times[i] = (struct stage_time){ true, 12345, 2345 };
	functions_read(machine, devices);
	ck_assert_int_eq(plan_select(params, devices, plan), 0);
	plan->groups_come = strstr(machine, " later");
	ck_assert_int_eq(plan_add_groups(params, devices, plan), 0);
	for (size_t i = 0; i < plan->count; i++)
		strcpy(plan->entries[i].wanted, params->driver);
	plan_judge((struct plan_prospect){ 0 }, plan);
	if (params->dryrun)
		plan_apply_dry_run(plan);
	add_problems(ret);
}

void situation_set_partial(struct situation *situation)
{
	situation->result.plan.is_partial = true;
	add_problems(situation);
}

void situation_claim(struct situation *situation)
{
	for (size_t i = 0; i < situation->result.plan.count; i++)
		if (situation->result.plan.entries[i].verdict == VERDICT_PENDING)
			situation->result.plan.entries[i].verdict = VERDICT_CLAIMED;
}

void situation_free(struct situation *situation)
{
	run_result_free(&situation->result);
	params_free(&situation->params);
}

struct plan_entry *situation_entry(struct situation *situation, const char *address)
{
	struct pci_address wanted = address_of(address);

	for (size_t i = 0; i < situation->result.plan.count; i++) {
		struct plan_entry *entry = &situation->result.plan.entries[i];

		if (address_compare(&entry->device->address, &wanted) == 0)
			return entry;
	}
	ck_abort_msg("%s is not in the plan", address);
	return NULL;
}
