/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passthru status and passthru plan print of a report, as text and as JSON. */
#include <stdio.h>
#include <string.h>

#include "machine/report_view.h"

static void print_device(void *data, const struct report_view_device *device)
{
	const struct report_view *report_view = data;
	const struct output *output = &report_view->host->output;
	char name[FULL_NAME_SIZE] = "not in this machine";

	if (device->device)
		device_full_name(device->device, name);
	output_styled(output, STYLE_TITLE, device->report.name);
	printf("%*s", 14 - (int)strlen(device->report.name), " ");
	output_wrapped(output, device->is_ok ? STYLE_GOOD : STYLE_BAD, 14, 14, "%s",
		       device->text);
	printf("%14s", "");
	output_wrapped(output, STYLE_PLAIN, 14, 14, "%s [%s]", name, device->report.id);
	if (!device->by_address || !device->device->path[0])
		return;
	printf("%14s", "");
	output_wrapped(output, STYLE_DIM, 14, 14, "path %s", device->device->path);
}

static void print_problem(void *data, const struct report_view_problem *problem)
{
	const struct report_view *report_view = data;

	output_wrapped(&report_view->host->output, STYLE_BAD, 0, 2, "%s", problem->text);
}

static void print_group(void *data, int group, bool usable, const char *text)
{
	const struct report_view *report_view = data;

	(void)group;
	output_wrapped(&report_view->host->output, usable ? STYLE_PLAIN : STYLE_BAD, 0, 2,
		       "%s", text);
}

bool report_view_print(const struct report_view *report_view)
{
	void *data = (void *)(uintptr_t)report_view;
	bool ok = report_view_devices(report_view, print_device, data);

	ok &= report_view_groups(report_view, print_group, data);
	ok &= report_view_problems(report_view, print_problem, data);
	return ok;
}

static void add_device(void *data, const struct report_view_device *device)
{
	struct json_object *object = json_append(data);

	json_add_text(object, "address", device->report.name);
	json_add_text(object, "path",
		      device->device && device->device->path[0] ? device->device->path
								: NULL);
	json_add_text(object, "id", device->report.id);
	json_add_group(object, device->device ? device->device->pci->group : NO_GROUP);
	json_add_text(object, "verdict",
		      device->is_planned ? "claimed" : device->report.verdict);
	json_add_text(object, "reason",
		      device->is_planned ? NULL : device->report.reason);
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

static const char *text_or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void add_problem(void *data, const struct report_view_problem *problem)
{
	struct json_object *object = json_append(data);

	json_add_text(object, "selector", text_or_null(problem->selector));
	json_add_text(object, "parameter", text_or_null(problem->parameter));
	json_add_text(object, "verdict", problem->verdict);
	json_add_text(object, "text", problem->text);
}

bool report_view_add(const struct report_view *report_view, struct json_object *object)
{
	bool ok = report_view_devices(report_view, add_device,
				      json_add_array(object, "devices"));

	ok &= report_view_groups(report_view, add_group,
				 json_add_array(object, "groups"));
	ok &= report_view_problems(report_view, add_problem,
				   json_add_array(object, "problems"));
	return ok;
}
