/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The next boot, as passthru plan and others show it: dry-run with the code that will
 * run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "commands/internal.h"
#include "guard/guard.h"
#include "lib/lib.h"
#include "machine/machine.h"
#include "outlook/outlook.h"
#include "ui/ui.h"
#include "view/view.h"

/* -- the command line ---------------------------------------------------------------- */

/* The entry of the next boot or, if it does not choose the profile, the first that does.
 */
static int find_entry_of(struct preview *preview, const char *profile)
{
	const struct boot_sources *entries = &preview->entries;
	int r = boot_read_all(preview->view.host->root_fd, &preview->entries);

	if (r < 0 || profile_is_chosen(preview->source->cmdline, profile))
		return r;
	preview->title = "Another boot entry";
	for (size_t i = 0; i < entries->count; i++)
		if (!entries->items[i].is_foreign &&
		    profile_is_chosen(entries->items[i].cmdline, profile)) {
			preview->source = &entries->items[i];
			return 0;
		}
	preview->title = "A boot that chooses the profile";
	preview->is_assumed = true;
	if (asprintf(&preview->rewritten, "%s " PROFILE_PARAMETER "=%s",
		     preview->source->cmdline, profile) < 0) {
		preview->rewritten = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int find_next(struct preview *preview)
{
	const struct host *host = preview->view.host;
	int r = boot_read(host->root_fd, &preview->sources);

	if (r < 0)
		return r;
	preview->given = (struct boot_source){ .path = "--cmdline",
					       .cmdline = host->arguments->cmdline };
	preview->source = &preview->given;
	if (!preview->given.cmdline) {
		preview->unread = boot_find_unreadable(host->root_fd, &preview->sources);
		if (preview->unread)
			return -EACCES;
		preview->source = boot_next(&preview->sources);
	}
	if (!preview->source)
		r = boot_sources_add_running(&preview->sources, host->root_fd,
					     &preview->source);
	if (r < 0)
		preview->unread = "proc/cmdline";
	return r;
}

static int find_cmdline(struct preview *preview, const struct plan_changes *changes)
{
	int r = 0;

	preview->title = changes->entry ? "Another boot entry" : "Next boot";
	preview->source = changes->entry;
	if (!changes->entry)
		r = find_next(preview);
	if (r == 0 && changes->profile)
		r = find_entry_of(preview, changes->profile);
	if (r == 0)
		preview->cmdline = preview->rewritten ? preview->rewritten
						      : preview->source->cmdline;
	return r;
}

/* Whether migrate keeps the configuration from the boot entry in that file. */
static bool is_spared(const struct plan_changes *changes, const char *path)
{
	for (size_t i = 0; i < changes->change_count; i++)
		if (strcmp(changes->changes[i].path, path) == 0)
			return changes->changes[i].new &&strstr(changes->changes[i].new,
								"passthru.config=off");
	return false;
}

/* As it will be without its legacy settings. */
static int rewrite_cmdline(struct preview *preview, const struct plan_changes *changes)
{
	bool spared = is_spared(changes, preview->source->path);
	struct legacy_line rewritten;
	int r = legacy_rewrite_cmdline(span_of(preview->cmdline), &rewritten);

	if (r == 0 && asprintf(&preview->rewritten, "%s%s", rewritten.text,
			       spared ? " passthru.config=off" : "") < 0) {
		preview->rewritten = NULL;
		r = -ENOMEM;
	}
	if (r == 0)
		preview->cmdline = preview->rewritten;
	legacy_line_free(&rewritten);
	return r;
}

static int add_word(struct preview *preview, const char *word)
{
	char *text;

	if (asprintf(&text, "%s %s", preview->cmdline, word) < 0)
		return -ENOMEM;
	free(preview->rewritten);
	preview->cmdline = preview->rewritten = text;
	return 0;
}

/* A profile has no trial; a change has none before the images are built. */
static int make_whole(struct preview *preview, const struct configuration *configuration,
		      bool may_try)
{
	struct configuration counting = *configuration;
	const char *cmdline = preview->cmdline;

	if (may_try && counting.text && !cmdline_is_rescue(cmdline) &&
	    profile_is_chosen(cmdline, NULL)) {
		counting.text = (char *)preview_try_configuration(preview, counting.text);
		if (!counting.text)
			return -ENOMEM;
	}
	return whole_cmdline_make(&counting, cmdline, &preview->whole);
}

static int add_configuration(struct preview *preview, const struct change *change)
{
	struct configuration configuration;
	int r = configuration_read_all(preview->view.host->root_fd, change,
				       &configuration);

	if (r < 0)
		preview->unread = CONFIGURATION_DIRECTORY;
	else
		r = make_whole(preview,
			       preview_choose_configuration(preview, &configuration),
			       !change);
	configuration_free(&configuration);
	return r;
}

/* The image counts if what starts has its configuration. */
static int adopt(struct preview *preview)
{
	struct initramfs *initramfs = &preview->initramfs;
	bool is_of_image =
		preview->has_image && !initramfs->error && initramfs_starts(initramfs);

	return adopt_for_boot(preview->view.host->root_fd, preview->source->kernel,
			      is_of_image ? &initramfs->image : NULL, &preview->params);
}

/* -- the dry run ------------------------------------------------------------------- */

static const char quiet_text[] =
	"no devices are requested; passthru enable ADDRESS requests one.";
static const char off_text[] = "passthru.off is set, so nothing will be claimed.";

/* Why there is nothing to show, or NULL. */
static const char *find_empty(const struct params *params)
{
	if (params->off)
		return off_text;
	return params_are_empty(params) ? quiet_text : NULL;
}

static bool is_denied(const struct preview *preview, const struct plan_entry *entry)
{
	return text_equals_name(entry->wanted, "vfio-pci") &&
	       denylist_has(&entry->device->id) &&
	       !denylist_is_off(preview->view.host, preview->cmdline);
}

/* Whether its physical function is claimed, and then has no virtual ones. */
static bool will_be_gone(const struct preview *preview, const struct plan_entry *entry)
{
	const struct device *device =
		machine_find(preview->view.machine, &entry->device->address);
	const struct plan_entry *physical = NULL;

	if (device && device->physical)
		physical = run_result_find(&preview->result,
					   &device->physical->pci->address);
	return physical && plan_entry_is_taken(physical);
}

/* What the engine only learns from the kernel: it does not know how modules are loaded.
 */
static void foresee(struct preview *preview)
{
	struct plan *plan = &preview->result.plan;

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];
		enum reason reason = REASON_NONE;

		if (!plan_entry_is_taken(entry))
			continue;
		if (preview->view.machine->lacks_iommu)
			reason = REASON_NO_IOMMU;
		else if (is_denied(preview, entry))
			reason = REASON_PROBE;
		else if (will_be_gone(preview, entry))
			reason = REASON_GONE;
		if (reason == REASON_NONE)
			continue;
		entry->verdict = VERDICT_REFUSED;
		entry->reason = reason;
	}
}

/* -- what the host would miss -------------------------------------------------------- */

/* How long reading the disks may take. */
#define DISKS_MS 5000

static bool may_hide_disks(const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		if (device_may_hide_disk(&machine->devices[i]))
			return true;
	return false;
}

static void add_missing(void *data, const struct devspec *devspec)
{
	struct preview *preview = data;
	struct devspec *added = array_append(preview->missing, preview->missing_count);

	if (added)
		*added = *devspec;
}

/* Reads the disks only if there are others that cannot be. */
static int find_missing(struct preview *preview)
{
	struct cmdline cmdline = { 0 };
	int r;

	if (!may_hide_disks(preview->view.machine))
		return 0;
	r = cmdline_split(preview->cmdline, &cmdline);
	if (r == 0)
		r = guard_each_missing(preview->view.host->root_fd, &cmdline,
				       clock_ms() + DISKS_MS, add_missing, preview);
	cmdline_free(&cmdline);
	return r == -ENOMEM ? r : 0;
}

static bool has_companions(const struct preview *preview, const char *driver)
{
	for (size_t i = 0; i < preview->companions_count; i++)
		if (strcmp(preview->companions[i].driver, driver) == 0)
			return true;
	return false;
}

/* Of each driver once; vfio-pci itself, which most get, has none. */
static int find_companions(struct preview *preview)
{
	const struct plan *plan = &preview->result.plan;

	for (size_t i = 0; i < plan->count; i++) {
		const char *driver = plan->entries[i].wanted;
		struct companions *added;

		if (text_equals_name(driver, "vfio-pci") ||
		    has_companions(preview, driver))
			continue;
		added = array_append(preview->companions, preview->companions_count);
		if (!added)
			return -ENOMEM;
		companions_find(preview->view.host, driver, added);
	}
	return 0;
}

static int look_ahead(struct preview *preview, bool with_new_images)
{
	int r = find_missing(preview);

	if (r == 0 && with_new_images &&
	    luks_read(preview->view.host, &preview->unlockings,
		      &preview->unlocking_count) == -ENOMEM)
		r = -ENOMEM;
	if (r == 0)
		r = find_companions(preview);
	if (r < 0)
		return r;
	return outlook_make(
		&(struct outlook_input){ .machine = preview->view.machine,
					 .plan = &preview->result.plan,
					 .settings = &preview->result.settings,
					 .reset_module = preview_find_reset(preview),
					 .companions = preview->companions,
					 .companions_count = preview->companions_count,
					 .wanted = &preview->params.wanted,
					 .missing = preview->missing,
					 .missing_count = preview->missing_count,
					 .unlockings = preview->unlockings,
					 .unlocking_count = preview->unlocking_count },
		&preview->outlook);
}

/* -- all of it ------------------------------------------------------------------------
 */

/* Returns 0 or a negative errno. */
static int preview_make(const struct host *host, struct machine *machine,
			const struct plan_changes *changes, struct preview *ret)
{
	bool with_new_images = changes->configuration || changes->is_migrated;
	int r;

	*ret = (struct preview){ .view = { .host = host,
					   .machine = machine,
					   .result = &ret->result,
					   .params = &ret->params,
					   .skipped = &ret->params.skipped } };
	r = find_cmdline(ret, changes);
	if (r == 0)
		r = preview_read_image(ret, changes);
	if (r == 0 && changes->is_migrated)
		r = rewrite_cmdline(ret, changes);
	if (r == 0 && changes->word)
		r = add_word(ret, changes->word);
	if (r == 0)
		r = add_configuration(ret, changes->configuration);
	if (r == 0)
		r = params_parse(ret->whole.text, &ret->params);
	if (r == 0)
		r = adopt(ret);
	if (r < 0)
		return r;
	ret->is_dry = ret->params.dryrun;
	ret->iommu_pending = preview_is_iommu_pending(ret);
	ret->empty = find_empty(&ret->params);
	if (ret->empty)
		return with_new_images ? look_ahead(ret, true) : 0;
	preview_find_absence(ret);
	if (!ret->absence[0])
		preview_find_conflict(ret);
	r = run_stage(host, &ret->params,
		      ret->iommu_pending ? RUN_PREVIEW_WITH_IOMMU : RUN_PREVIEW,
		      &ret->result);
	foresee(ret);
	/* Reading the disks again only helps to say why. */
	if (r == 0 && !view_groups(&ret->view, NULL, NULL))
		machine_read_needs(host, machine);
	if (r == 0 && !ret->absence[0])
		r = look_ahead(ret, with_new_images);
	return r;
}

struct preview *preview_new(const struct host *host, struct machine *machine,
			    const struct plan_changes *changes)
{
	struct preview *preview = calloc(1, sizeof(*preview));

	if (preview)
		preview->error = preview_make(host, machine, changes, preview);
	return preview;
}

void preview_free(struct preview *preview)
{
	if (!preview)
		return;
	outlook_free(&preview->outlook);
	initramfs_free(&preview->initramfs);
	free(preview->missing);
	free(preview->companions);
	free(preview->unlockings);
	run_result_free(&preview->result);
	params_free(&preview->params);
	boot_sources_free(&preview->sources);
	boot_sources_free(&preview->entries);
	whole_cmdline_free(&preview->whole);
	free(preview->rewritten);
	free(preview->before_trial);
	free(preview);
}
