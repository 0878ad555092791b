/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru args: prints the parameter that requests the devices at some addresses. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands/internal.h"
#include "lib/lib.h"
#include "machine/machine.h"
#include "ui/ui.h"

static void add_caveat(void *data, const char *text)
{
	json_append_text(data, text);
}

static int print_json(const struct host *host, const struct machine *machine,
		      const char *parameter, const struct outlook *outlook)
{
	struct json_object *top = json_begin("args");
	struct json_object *named, *card, *group;

	json_add_text(top, "parameter", parameter);
	named = json_add_array(top, "named");
	card = json_add_array(top, "card_members");
	group = json_add_array(top, "group_members");
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];
		struct json_object *members =
			choice_is_by_card(machine, device) ? card : group;

		if (device->is_chosen)
			json_append_text(device->is_named ? named : members,
					 device->address);
	}
	caveats_each(host, machine, add_caveat, json_add_array(top, "warnings"));
	remarks_add(outlook, top);
	return json_end(top);
}

static int print(const struct host *host, const struct machine *machine,
		 const struct outlook *outlook)
{
	_cleanup_free_ char *parameter = choice_make_parameter(machine);
	struct output output;

	if (!parameter)
		return -ENOMEM;
	if (host->arguments->json)
		return print_json(host, machine, parameter, outlook);
	caveats_warn(host, machine);
	output_open(stderr, &output);
	remarks_print(&output, outlook);
	return puts(parameter) < 0 ? -EIO : 0;
}

int args_run(struct host *host)
{
	struct machine machine;
	struct outlook outlook = { 0 };
	int status = choice_make(host, &machine);

	if (status == STATUS_GOOD &&
	    (outlook_make(&(struct outlook_input){ .machine = &machine }, &outlook) < 0 ||
	     print(host, &machine, &outlook) < 0))
		status = STATUS_NOT_GOOD;
	outlook_free(&outlook);
	machine_free(&machine);
	return status;
}
