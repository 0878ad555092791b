/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru enable --vfs: lines of passthru.vfs in the configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "ui/ui.h"

/* -- what is named ------------------------------------------------------------------- */

bool vfs_parse_count(const char *text, unsigned *ret_count)
{
	char *end;
	unsigned long count = strtoul(text, &end, 10);

	*ret_count = (unsigned)count;
	if (strcmp(text, "any") == 0)
		return true;
	if (text[0] >= '0' && text[0] <= '9' && !*end && count >= 1 && count <= 65535)
		return true;
	warn("--vfs takes a number from 1 on, or \"any\" if something else makes the virtual functions");
	return false;
}

/* Returns whether the device can have so many; says why not. */
static bool check_physical(const struct host *host, const struct device *device,
			   unsigned count)
{
	char total[16];

	if (device->physical)
		warn("%s is a virtual function; name its physical function, %s",
		     device->address, device->physical->address);
	else if (!device->pf.total &&
		 device_read(host, device, "sriov_totalvfs", total, sizeof(total)))
		warn("the driver of %s allows no virtual functions; see its options, such as xe.max_vfs or i915.enable_guc",
		     device->address);
	else if (!device->pf.total)
		warn("%s has no virtual functions; if it could have some, switch on SR-IOV in the firmware",
		     device->address);
	else if (count > device->pf.total)
		warn("%s can have at most %u virtual functions", device->address,
		     device->pf.total);
	else
		return true;
	return false;
}

int vfs_choose(const struct host *host, unsigned count, struct machine *ret)
{
	int status = choice_make_named(host, ret);

	for (size_t i = 0; status == STATUS_GOOD && i < ret->count; i++)
		if (ret->devices[i].is_named &&
		    !check_physical(host, &ret->devices[i], count))
			status = STATUS_NOT_GOOD;
	return status;
}

/* -- the file ------------------------------------------------------------------------ */

/* What is being added. */
struct addition {
	struct work *work;
	unsigned count;
};

/* The last item counts. */
static bool is_requested(const struct addition *addition, const struct device *device,
			 const struct params *params)
{
	bool is = false;

	for (size_t i = 0; i < params->vfs.count; i++)
		if (selector_matches(&params->vfs.items[i], device->pci))
			is = params->vfs.items[i].vf_count == addition->count;
	return is;
}

/* The ID and the place: a number of another card must never be changed. */
static void put_item(const struct addition *addition, const struct device *device,
		     FILE *file)
{
	if (addition->count)
		fprintf(file, "%u@", addition->count);
	fprintf(file, "%04x:%04x@%s", (unsigned)device->pci->id.vendor,
		(unsigned)device->pci->id.device,
		device_lasting_address(&addition->work->machine, device));
}

static char *make_lines(const struct addition *addition, const struct params *params)
{
	const struct machine *machine = &addition->work->machine;
	struct text_file text;
	FILE *file = text_file_open(&text);

	for (size_t i = 0; file && i < machine->count; i++) {
		const struct device *device = &machine->devices[i];
		char name[FULL_NAME_SIZE];

		if (!device->is_named || is_requested(addition, device, params))
			continue;
		device_full_name(device, name);
		fputs("passthru.vfs=", file);
		put_item(addition, device, file);
		fprintf(file, " # %s %s\n", device->address, name);
	}
	return text_file_close(&text);
}

/* "passthru.vfs=…" with all items; NULL without memory. */
static char *make_parameter(const struct addition *addition)
{
	const struct machine *machine = &addition->work->machine;
	const char *separator = "passthru.vfs=";
	struct text_file text;
	FILE *file = text_file_open(&text);

	for (size_t i = 0; file && i < machine->count; i++)
		if (machine->devices[i].is_named) {
			fputs(separator, file);
			put_item(addition, &machine->devices[i], file);
			separator = ",";
		}
	return text_file_close(&text);
}

/* The item for a device that gets another number. */
static bool is_replaced(void *data, const struct configuration_item *item)
{
	const struct addition *addition = data;
	const struct machine *machine = &addition->work->machine;

	if (!item->is_vfs || !item->selector ||
	    item->selector->vf_count == addition->count)
		return false;
	for (size_t i = 0; i < machine->count; i++)
		if (selector_matches(item->selector, machine->devices[i].pci) &&
		    !machine->devices[i].is_named && !machine->devices[i].physical)
			return false;
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].is_named &&
		    selector_matches(item->selector, machine->devices[i].pci))
			return true;
	return false;
}

static int add_lines(struct addition *addition, const struct params *params)
{
	struct change *change = &addition->work->change;
	_cleanup_free_ char *lines = make_lines(addition, params);
	char *text = NULL;
	int r = lines ? 0 : -ENOMEM;

	if (r < 0 || !lines[0])
		return r;
	if (change->old)
		r = configuration_remove(change->old, is_replaced, addition, &text);
	if (text)
		configure_set(change, text);
	return r < 0 ? r : configuration_append(change, lines);
}

/* Whoever takes the physical function has no virtual ones. Returns false; says so. */
static bool check_taken(const struct work *work, const struct params *params)
{
	for (size_t i = 0; i < work->machine.count; i++) {
		const struct device *device = &work->machine.devices[i];

		for (size_t j = 0; device->is_named && j < params->wanted.count; j++) {
			const struct selector *item = &params->wanted.items[j];

			if (!item->has_address || selector_is_wildcard(item) ||
			    !selector_matches(item, device->pci))
				continue;
			warn("nothing was changed: the configuration claims %s itself, with %.*s, and then it has no virtual functions; run passthru disable %s first",
			     device->address, (int)item->text.length, item->text.at,
			     device->address);
			return false;
		}
	}
	return true;
}

/* Returns whether that worked; says why not. */
static bool change_file(struct addition *addition)
{
	struct work *work = addition->work;
	_cleanup_free_ char *configuration = NULL;
	struct request request = { 0 };
	bool good = true;
	int r = configuration_read(work->host->root_fd, NULL, &configuration);

	if (r < 0) {
		warn_error(r, "nothing was changed: cannot read /%s",
			   CONFIGURATION_DIRECTORY);
		return false;
	}
	work->parameter = make_parameter(addition);
	r = work->parameter ? configure_parse(configuration, &request) : -ENOMEM;
	if (r == 0)
		good = check_taken(work, &request.params);
	if (r == 0 && good)
		r = add_lines(addition, &request.params);
	configure_free_request(&request);
	if (r < 0)
		warn_error(r, "nothing was changed");
	return r == 0 && good;
}

int enable_vfs(struct work *work)
{
	struct addition addition = { .work = work };
	int status;

	if (!vfs_parse_count(work->host->arguments->vfs, &addition.count))
		return STATUS_USAGE;
	status = vfs_choose(work->host, addition.count, &work->machine);
	if (status != STATUS_GOOD)
		return status;
	work->takes_devices = true;
	if (!configure_open(work) || !change_file(&addition))
		return STATUS_NOT_GOOD;
	/* Their groups are not there yet. */
	configure_set(&work->groups, work->groups.old ? strdup(work->groups.old) : NULL);
	status = enable_trial(work);
	if (status != STATUS_GOOD)
		return status;
	return configure_finish(work, "/" CONFIGURATION_DIRECTORY
				      " has these virtual functions already");
}
