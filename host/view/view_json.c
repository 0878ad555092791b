/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passthru status, plan and claim print of a run as JSON, one object a device. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/view.h"

/* Where an array of JSON gets its objects from. */
struct adding {
	const struct view *view;
	struct json_object *array;
	struct json_object *object; /* that gets the array once it is not empty */
};

static void add_setting(void *data, const struct setting_result *setting,
			const char *text)
{
	struct adding *adding = data;
	struct json_object *object;

	if (!adding->array)
		adding->array = json_add_array(adding->object, "settings");
	object = json_append(adding->array);
	json_add_text(object, "setting", setting_name(setting->kind));
	json_add_text(object, "wanted", setting->wanted);
	json_add_text(object, "was", setting->was);
	json_add_text(object, "got", setting->got);
	json_add_text(
		object, "verdict",
		setting_verdict_word(setting->verdict, adding->view->result->is_dry));
	json_add_text(object, "text", text);
}

/* Of the present: the next boot may make others. */
static void add_nodes(const struct view *view, const struct view_device *device,
		      struct json_object *object)
{
	struct vfio_nodes nodes = { 0 };

	if (view->result->is_dry)
		return;
	if (device->device)
		device_read_nodes(view->host, device->device, &nodes);
	json_add_text(object, "group_node", nodes.group);
	json_add_text(object, "device_node", nodes.device);
}

static void add_device(void *data, const struct view_device *device)
{
	const struct adding *adding = data;
	struct json_object *object = json_append(adding->array);
	const struct plan_entry *entry = device->entry;
	struct adding settings = { .view = adding->view, .object = object };

	json_add_text(object, "address", device->address);
	json_add_text(object, "path", device->device ? device->device->path : NULL);
	json_add_text(object, "id", device->id);
	json_add_group(object, device->device ? device->device->pci->group : NO_GROUP);
	json_add_text(object, "verdict", view_verdict(adding->view, device));
	json_add_text(object, "reason",
		      entry->verdict == VERDICT_CLAIMED ? NULL
							: reason_word(entry->reason));
	if (entry->source)
		json_add_text(object, "source", item_source_word(entry->source));
	json_add_bool(object, "ok", device->is_ok);
	json_add_text(object, "driver",
		      device->device ? device->device->pci->driver : NULL);
	add_nodes(adding->view, device, object);
	json_add_text(object, "text", device->text);
	json_add_text(object, "physical_function",
		      device->device && device->device->physical
			      ? device->device->physical->address
			      : NULL);
	view_settings(adding->view, device, add_setting, &settings);
}

/* Where they are or, before a boot, will be as far as that is known. */
static void add_addresses(const struct view *view, const struct view_pf *pf,
			  struct json_object *array)
{
	unsigned count = pf->pf->wanted ? pf->pf->wanted : pf->pf->total;
	struct pci_address address;
	char name[ADDRESS_SIZE];

	if (view->result->is_dry) {
		for (unsigned i = 0; i < count && pf_foretell(pf->pf, i, &address); i++) {
			address_format(&address, name);
			json_append_text(array, name);
		}
		return;
	}
	for (size_t i = 0; pf->device && i < view->machine->count; i++)
		if (view->machine->devices[i].physical == pf->device)
			json_append_text(array, view->machine->devices[i].address);
}

static void add_pf(void *data, const struct view_pf *pf)
{
	const struct adding *adding = data;
	struct json_object *object = json_append(adding->array);
	char id[sizeof("ffff:ffff")];

	json_add_text(object, "address", pf->address);
	snprintf(id, sizeof(id), "%04x:%04x", (unsigned)pf->pf->id.vendor & 0xffff,
		 (unsigned)pf->pf->id.device & 0xffff);
	json_add_text(object, "id", id);
	json_add_text(object, "verdict", view_pf_verdict(adding->view, pf));
	json_add_text(object, "reason",
		      pf->pf->reason ? reason_word(pf->pf->reason) : NULL);
	json_add_bool(object, "ok", pf->is_ok);
	json_add_number(object, "wanted", pf->pf->wanted);
	json_add_number(object, "total", pf->pf->total);
	json_add_number(object, "virtual_functions", (int64_t)pf->vfs.count);
	json_add_number(object, "virtual_functions_claimed", (int64_t)pf->vfs.claimed);
	add_addresses(adding->view, pf, json_add_array(object, "vfs"));
	json_add_text(object, "text", pf->text);
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
	struct adding devices = { .view = view,
				  .array = json_add_array(object, "devices") };
	bool ok = view_devices(view, add_device, &devices);
	struct adding pfs = { .view = view,
			      .array = json_add_array(object, "physical_functions") };

	view_pfs(view, add_pf, &pfs);
	ok &= view_groups(view, add_group, json_add_array(object, "groups"));
	ok &= view_problems(view, add_problem, json_add_array(object, "problems"));
	return ok;
}
