/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru enable --adopt: has the lists of vfio-pci itself count. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "ui/ui.h"

static const char lines[] =
	"passthru.adopt # vfio-pci.ids=, or options vfio-pci ids= in modprobe.d\n";

/* What a guard would keep, if the driver were a module; or NULL. */
static const struct plan_entry *find_kept(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->entries[i].source == SOURCE_CMDLINE &&
		    reason_is_guard(plan->entries[i].reason))
			return &plan->entries[i];
	return NULL;
}

/* The kernel will not ask the guards. Returns whether they agree; says why not. */
static bool allow_kept(const struct boot_source *next, const struct plan_entry *kept)
{
	char address[ADDRESS_SIZE], phrase[PHRASE_SIZE];

	if (!kept)
		return true;
	address_format(&kept->device->address, address);
	phrase_reason(kept, phrase);
	warn("nothing was changed: vfio-pci is built into %s%s, which gives it %s before any guard can apply, since vfio-pci.ids= in /%s names it; but %s. Name what you want with passthru enable, and take that list away",
	     next->kernel[0] ? "kernel " : "the kernel", next->kernel, address,
	     next->path, phrase);
	return false;
}

static bool allow_built_in(const struct host *host, struct preview *preview)
{
	struct selectors *wanted = &preview->params.wanted;
	struct run_result result = { 0 };
	bool any = false, good = true;

	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->items[i].source == SOURCE_BUILTIN) {
			wanted->items[i].source = SOURCE_CMDLINE;
			any = true;
		}
	if (!any)
		return true;
	if (run_stage(host, &preview->params, RUN_PREVIEW, &result) == 0)
		good = allow_kept(preview->source, find_kept(&result.plan));
	run_result_free(&result);
	return good;
}

static void show_items(const struct params *params)
{
	const struct selector *first = adopt_find_first(params);

	if (!first) {
		info("There is no list yet: neither vfio-pci.ids= on the kernel command line of the next boot, nor options vfio-pci ids= in modprobe.d");
		return;
	}
	for (size_t i = 0; i < params->wanted.count; i++) {
		const struct selector *item = &params->wanted.items[i];

		if (item->source)
			info("Adopts %.*s, from %s", (int)item->text.length,
			     item->text.at, item_source_word(item->source));
	}
}

/* Shows what it adopts. Returns whether it may be written; says why not. */
static bool is_allowed(struct work *work)
{
	struct preview *preview =
		preview_new(work->host, &work->machine,
			    &(struct plan_changes){ .configuration = &work->change });
	bool good =
		preview && (preview->error < 0 || allow_built_in(work->host, preview));

	if (!preview)
		warn_error(-ENOMEM, "nothing was changed");
	else if (good && preview->error == 0)
		show_items(&preview->params);
	preview_free(preview);
	return good;
}

int enable_adopt(struct work *work)
{
	_cleanup_free_ char *configuration = NULL;
	struct request request = { 0 };
	int r;

	if (!choice_open(work->host, &work->machine) || !configure_open(work))
		return STATUS_NOT_GOOD;
	/* The groups of what is enabled stay as they were. */
	configure_set(&work->groups, work->groups.old ? strdup(work->groups.old) : NULL);
	work->takes_devices = true;
	work->parameter = strdup(PARAMETER_PREFIX "adopt");
	r = configuration_read(work->host->root_fd, NULL, &configuration);
	if (r == 0)
		r = configure_parse(configuration, &request);
	if (r == 0)
		r = configuration_append(&work->change,
					 request.params.adopt ? "" : lines);
	configure_free_request(&request);
	if (r < 0) {
		warn_error(r, "nothing was changed");
		return STATUS_NOT_GOOD;
	}
	if (!is_allowed(work))
		return STATUS_NOT_GOOD;
	r = trial_change(work);
	if (r != STATUS_GOOD)
		return r;
	return configure_finish(work, configure_source(work),
				"has passthru.adopt already");
}
