/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru args: prints the parameter that requests the devices at some addresses. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands/internal.h"
#include "lib/lib.h"
#include "machine/machine.h"
#include "ui/ui.h"

/* "passthru.ids=…", freed by the caller; NULL without memory. */
static char *make_parameter(const struct choice *choice)
{
	const char *separator = "passthru.ids=";
	struct text_file parameter;
	FILE *file = text_file_open(&parameter);

	if (!file)
		return NULL;
	for (size_t i = 0; i < choice->machine.count; i++) {
		if (!choice_has_item(choice, i))
			continue;
		fputs(separator, file);
		choice_put_item(choice, i, file);
		separator = ",";
	}
	return text_file_close(&parameter);
}

static void add_caveat(void *data, const char *text)
{
	json_append_text(data, text);
}

static int print_json(const struct choice *choice, const char *parameter)
{
	struct json_object *top = json_begin("args");
	struct json_object *named, *members;

	json_add_text(top, "parameter", parameter);
	named = json_add_array(top, "named");
	members = json_add_array(top, "group_members");
	for (size_t i = 0; i < choice->machine.count; i++)
		if (choice->chosen[i])
			json_append_text(choice->named[i] ? named : members,
					 choice->machine.devices[i].address);
	caveats_each(choice, add_caveat, json_add_array(top, "warnings"));
	return json_end(top);
}

static int print(const struct host *host, const struct choice *choice)
{
	_cleanup_free_ char *parameter = make_parameter(choice);

	if (!parameter)
		return -ENOMEM;
	if (host->arguments->json)
		return print_json(choice, parameter);
	caveats_warn(choice);
	return puts(parameter) < 0 ? -EIO : 0;
}

int args_run(struct host *host)
{
	struct choice choice;
	int status = choice_make(host, &choice);

	if (status == STATUS_GOOD && print(host, &choice) < 0)
		status = STATUS_NOT_GOOD;
	choice_free(&choice);
	return status;
}
