/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru enable --bar0 and so on: lines with settings in the configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "settings/settings.h"
#include "ui/ui.h"

bool settings_are_valid(const struct arguments *arguments)
{
	for (int kind = 0; kind < SETTINGS; kind++) {
		const char *value = arguments->settings[kind];
		const char *name = setting_name((enum setting_kind)kind);
		struct selector_error error;
		struct setting setting;

		if (!value)
			continue;
		if (strpbrk(value, ",@")) {
			warn("--%s takes one value; the devices are the arguments", name);
			return false;
		}
		if (setting_parse((enum setting_kind)kind, span_of(value), &setting,
				  &error) < 0) {
			warn("--%s %s: %s", name, value, error.why);
			return false;
		}
	}
	return true;
}

static bool is_of_all(enum setting_kind kind)
{
	return kind == SETTING_D3COLD || kind == SETTING_POWER;
}

/* Whether the user can have meant the device. */
static bool is_meant(const struct device *device, enum setting_kind kind)
{
	return is_of_all(kind) ? device->is_chosen && !device->pci->is_bridge
			       : device->is_named;
}

static bool has_file(const struct host *host, const struct device *device,
		     enum setting_kind kind)
{
	char text[SETTING_TEXT_SIZE];

	return device_read(host, device, setting_file(kind), text, sizeof(text));
}

/*
 * What the devices of a card sleep and wake up together; a size and a reset are for what
 * is named. A slot may be: then those of its functions count that can be set at all.
 */
static bool is_set(const struct work *work, const struct device *device,
		   enum setting_kind kind)
{
	const struct machine *machine = &work->machine;

	if (!is_meant(device, kind))
		return false;
	if (has_file(work->host, device, kind))
		return true;
	for (size_t i = 0; i < machine->count; i++)
		if (is_meant(&machine->devices[i], kind) &&
		    has_file(work->host, &machine->devices[i], kind))
			return false;
	return true;
}

/* An item in the file for one of these devices, and for no other. */
static bool is_replaced(void *data, const struct configuration_item *item)
{
	const struct work *work = data;
	const struct machine *machine = &work->machine;
	const char *value;
	bool found = false;

	if (!item->setting || !item->selector)
		return false;
	value = work->host->arguments->settings[item->setting->kind];
	if (!value || strcmp(value, item->setting->value) == 0)
		return false;
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (!selector_matches(item->selector, device->pci))
			continue;
		if (!is_set(work, device, item->setting->kind))
			return false;
		found = true;
	}
	return found;
}

/* Whether that is configured already. */
static bool has_value(const struct params *params, enum setting_kind kind,
		      const struct device *device, const char *value)
{
	const struct setting *found = setting_find(params, kind, device->pci);
	struct selector_error error;
	struct setting wanted;

	return found && setting_parse(kind, span_of(value), &wanted, &error) == 0 &&
	       strcmp(found->value, wanted.value) == 0;
}

/* Whether that device has to get the value. */
static bool lacks_value(const struct work *work, const struct params *params,
			enum setting_kind kind, const struct device *device)
{
	return is_set(work, device, kind) &&
	       !has_value(params, kind, device, work->host->arguments->settings[kind]);
}

/* Whether the line of a device before it is for it, too. */
static bool has_line(const struct work *work, const struct params *params,
		     enum setting_kind kind, const struct device *device)
{
	const struct machine *machine = &work->machine;

	for (const struct device *at = machine->devices; at < device; at++)
		if (choice_shares_item(machine, at, device) &&
		    lacks_value(work, params, kind, at))
			return true;
	return false;
}

static void put_lines(const struct work *work, const struct params *params,
		      enum setting_kind kind, FILE *file)
{
	const char *value = work->host->arguments->settings[kind];
	const struct machine *machine = &work->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (!lacks_value(work, params, kind, device) ||
		    has_line(work, params, kind, device))
			continue;
		fprintf(file, "passthru.%s=%s@", setting_name(kind), value);
		choice_put_item(machine, NULL, device, file);
		fprintf(file, " # %s\n", device->address);
	}
}

static char *make_lines(const struct work *work, const struct params *params)
{
	struct text_file text;
	FILE *file = text_file_open(&text);

	for (int kind = 0; file && kind < SETTINGS; kind++)
		if (work->host->arguments->settings[kind])
			put_lines(work, params, (enum setting_kind)kind, file);
	return text_file_close(&text);
}

int enable_settings(struct work *work, const struct params *params)
{
	struct change *change = &work->change;
	_cleanup_free_ char *lines = make_lines(work, params);
	_cleanup_free_ char *kept = NULL;
	const char *text = change->new ? change->new : change->old;
	char *both;
	int r;

	if (!lines)
		return -ENOMEM;
	if (!lines[0])
		return 0;
	r = configuration_remove(text ? text : "", is_replaced, work, &kept);
	if (r < 0)
		return r;
	if (asprintf(&both, "%s%s%s", kept,
		     kept[0] && kept[strlen(kept) - 1] != '\n' ? "\n" : "", lines) < 0)
		return -ENOMEM;
	configure_set(change, both);
	return 0;
}
