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
	read_path(more, ret);
}

void machine_read(const char *text, struct pci_list *ret)
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

void situation_make(const char *machine, const char *cmdline, struct situation *ret)
{
	*ret = (struct situation){ .result = { .params = &ret->params,
					       .devices = &ret->devices,
					       .plan = &ret->plan,
					       .total_us = 12345,
					       .kernel_us = 2345 } };
	machine_read(machine, &ret->devices);
	ck_assert_int_eq(params_parse(cmdline, &ret->params), 0);
	ck_assert_int_eq(plan_select(&ret->params, &ret->devices, &ret->plan), 0);
	ck_assert_int_eq(plan_add_groups(&ret->params, &ret->devices, &ret->plan), 0);
	for (size_t i = 0; i < ret->plan.count; i++)
		strcpy(ret->plan.entries[i].driver, ret->params.driver);
	plan_judge(false, &ret->plan);
	if (ret->params.dryrun)
		plan_apply_dry_run(&ret->plan);
}

void situation_claim(struct situation *situation)
{
	for (size_t i = 0; i < situation->plan.count; i++)
		if (situation->plan.entries[i].verdict == VERDICT_PENDING)
			situation->plan.entries[i].verdict = VERDICT_CLAIMED;
}

void situation_free(struct situation *situation)
{
	plan_free(&situation->plan);
	pci_list_free(&situation->devices);
	params_free(&situation->params);
}

struct plan_entry *situation_entry(struct situation *situation, const char *address)
{
	struct pci_address wanted = address_of(address);

	for (size_t i = 0; i < situation->plan.count; i++) {
		struct plan_entry *entry = &situation->plan.entries[i];

		if (address_compare(&entry->device->address, &wanted) == 0)
			return entry;
	}
	ck_abort_msg("%s is not in the plan", address);
	return NULL;
}
