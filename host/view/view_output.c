/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passthru status and passthru plan print of a report, as text and as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/view.h"

static void print_device(void *data, const struct view_device *device)
{
	const struct view *view = data;
	const struct output *output = &view->host->output;
	char name[FULL_NAME_SIZE] = "not in this machine";

	if (device->device)
		device_full_name(device->device, name);
	output_styled(output, STYLE_TITLE, device->address);
	printf("%*s", 14 - (int)strlen(device->address), " ");
	output_wrapped(output, device->is_ok ? STYLE_GOOD : STYLE_BAD, 14, 14, "%s",
		       device->text);
	printf("%14s", "");
	output_wrapped(output, STYLE_PLAIN, 14, 14, "%s [%s]", name, device->id);
	if (!device->by_address || !device->device->path[0])
		return;
	printf("%14s", "");
	output_wrapped(output, STYLE_DIM, 14, 14, "path %s", device->device->path);
}

static void print_problem(void *data, const struct problem *problem)
{
	const struct view *view = data;
	bool is_note = problem->kind == PROBLEM_NO_EFFECT;
	char text[PHRASE_SIZE];

	phrase_problem(problem, text);
	output_wrapped(&view->host->output, is_note ? STYLE_NOTE : STYLE_BAD, 0, 2, "%s",
		       text);
}

static void print_group(void *data, int group, bool usable, const char *text)
{
	const struct view *view = data;

	(void)group;
	output_wrapped(&view->host->output, usable ? STYLE_PLAIN : STYLE_BAD, 0, 2, "%s",
		       text);
}

bool view_print(const struct view *view)
{
	void *data = (void *)(uintptr_t)view;
	bool ok = view_devices(view, print_device, data);

	ok &= view_groups(view, print_group, data);
	ok &= view_problems(view, print_problem, data);
	return ok;
}

/* Where an array of JSON gets its objects from. */
struct adding {
	const struct view *view;
	struct json_object *array;
};

static void add_device(void *data, const struct view_device *device)
{
	const struct adding *adding = data;
	struct json_object *object = json_append(adding->array);
	const struct plan_entry *entry = device->entry;

	json_add_text(object, "address", device->address);
	json_add_text(object, "path", device->device ? device->device->path : NULL);
	json_add_text(object, "id", device->id);
	json_add_group(object, device->device ? device->device->pci->group : NO_GROUP);
	json_add_text(object, "verdict", view_verdict(adding->view, device));
	json_add_text(object, "reason",
		      entry->verdict == VERDICT_CLAIMED ? NULL
							: reason_word(entry->reason));
	json_add_bool(object, "ok", device->is_ok);
	json_add_text(object, "driver",
		      device->device ? device->device->pci->driver : NULL);
	json_add_text(object, "text", device->text);
}

static void add_group(void *data, int group, bool usable, const char *text)
{
	struct json_object *object = json_append(data);

	json_add_number(object, "group", group);
	json_add_bool(object, "usable", usable);
	json_add_text(object, "text", text);
}

static void add_text(struct json_object *object, const char *key, struct span span)
{
	char *text = strndup(span.at ? span.at : "", span.length);

	json_add_text(object, key, text);
	free(text);
}

static void add_problem(void *data, const struct problem *problem)
{
	struct json_object *object = json_append(data);
	bool is_item = problem->kind != PROBLEM_VALUE && problem->kind != PROBLEM_UNKNOWN;
	char text[PHRASE_SIZE];

	phrase_problem(problem, text);
	add_text(object, "selector", is_item ? problem->text : (struct span){ 0 });
	add_text(object, "parameter", problem->parameter);
	json_add_text(object, "verdict", problem_word(problem->kind));
	json_add_text(object, "text", text);
}

bool view_add(const struct view *view, struct json_object *object)
{
	struct adding devices = { view, json_add_array(object, "devices") };
	bool ok = view_devices(view, add_device, &devices);

	ok &= view_groups(view, add_group, json_add_array(object, "groups"));
	ok &= view_problems(view, add_problem, json_add_array(object, "problems"));
	return ok;
}
