/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dry runs of all boots, as they are and as they would be: what is lost, what is gained.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "machine/machine.h"
#include "migrate/internal.h"
#include "view/view.h"

/* What becomes of a device in a boot. */
struct fate {
	bool had; /* the boot gives it to vfio-pci with the settings as they are */
	bool has; /* passthru would claim it with the changes */
	bool is_requested;  /* the changes request it */
	enum reason reason; /* why it would not be claimed then */
};

/* A boot, and the fates of all devices in it. */
struct rehearsal {
	const struct boot_source *boot;
	struct legacy_line line; /* its command line */
	struct fate *fates;
};

struct prover {
	const struct migration *migration;
	const struct machine *machine;
	struct boots boots;
	struct rehearsal *trials;
	size_t count;
	struct configuration before, after; /* the configuration of passthru */
	bool is_done;
	bool any_loads; /* some boot loads vfio-pci because of its command line */
	struct proof *proof;
};

/* -- what a boot has without the changes --------------------------------------------- */

/*
 * Whether the boot loads vfio-pci, so that the list in modprobe.d(5) counts. If nothing
 * loads it in any boot, the list is meant all the same.
 */
static bool loads(const struct prover *prover, const struct rehearsal *rehearsal)
{
	return prover->migration->facts.loads || rehearsal->line.loads ||
	       rehearsal->line.lists || !prover->any_loads;
}

static bool counts(const struct prover *prover, const struct rehearsal *rehearsal,
		   const struct fact *fact)
{
	if (!fact_needs_configuration(fact))
		return false;
	if (fact->list == LIST_NONE)
		return true;
	return !(rehearsal->line.lists & 1U << fact->list) && loads(prover, rehearsal);
}

/* As parameters; freed by the caller, NULL without memory. */
static char *make_request(const struct prover *prover, const struct rehearsal *rehearsal)
{
	const struct facts *facts = &prover->migration->facts;
	struct text_file text;
	FILE *file = text_file_open(&text);

	if (!file)
		return NULL;
	for (size_t i = 0; i < facts->count; i++)
		if (counts(prover, rehearsal, &facts->items[i]))
			fprintf(file, "passthru.%s=%s ",
				facts->items[i].is_vfs ? "vfs" : "ids",
				facts->items[i].items);
	if (rehearsal->line.items[0])
		fprintf(file, "passthru.ids=%s ", rehearsal->line.items);
	/* Once done, what was on the command line is there as a parameter. */
	if (prover->is_done)
		fputs(rehearsal->boot->cmdline, file);
	return text_file_close(&text);
}

static int note_legacy(const struct prover *prover, struct rehearsal *rehearsal)
{
	_cleanup_free_ char *request = make_request(prover, rehearsal);
	struct params params = { 0 };
	int r = request ? params_parse(request, &params) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < prover->machine->count; i++)
		rehearsal->fates[i].had |=
			device_is_requested(&prover->machine->devices[i], &params);
	params_free(&params);
	return r;
}

/* -- dry runs ------------------------------------------------------------------------ */

/* The verdict about each device, unless nothing is requested. */
static int run_whole(const struct prover *prover, const char *text,
		     void (*each)(struct fate *fate, const struct plan_entry *entry),
		     struct fate *fates)
{
	const struct machine *machine = prover->machine;
	struct run_result result = { 0 };
	struct params params = { 0 };
	int r = params_parse(text, &params);

	if (r == 0 && (params.wanted.count || params.vfs.count) && !params.off)
		r = run_stage(prover->migration->host, &params,
			      machine->has_groups ? RUN_PREVIEW : RUN_PREVIEW_WITH_IOMMU,
			      &result);
	for (size_t i = 0; r == 0 && i < machine->count; i++) {
		const struct plan_entry *entry =
			run_result_find(&result, &machine->devices[i].pci->address);

		if (entry)
			each(&fates[i], entry);
	}
	run_result_free(&result);
	params_free(&params);
	return r;
}

static int run_boot(const struct prover *prover,
		    const struct configuration *configuration, const char *cmdline,
		    void (*each)(struct fate *fate, const struct plan_entry *entry),
		    struct fate *fates)
{
	struct whole_cmdline whole;
	int r = whole_cmdline_make(configuration, cmdline, &whole);

	if (r == 0)
		r = run_whole(prover, whole.text, each, fates);
	whole_cmdline_free(&whole);
	return r;
}

static void note_before(struct fate *fate, const struct plan_entry *entry)
{
	fate->had |= entry->verdict == VERDICT_CLAIMED;
}

static void note_after(struct fate *fate, const struct plan_entry *entry)
{
	fate->is_requested = true;
	fate->has = entry->verdict == VERDICT_CLAIMED;
	fate->reason = entry->reason;
}

/*
 * The command line with the changes; freed by the caller, NULL without memory. A list
 * that the last one overrides counts if it is in another file, which is changed by
 * itself.
 */
static char *make_cmdline(const struct prover *prover, const struct rehearsal *rehearsal)
{
	const struct facts *facts = &prover->migration->facts;
	struct span item, rest = span_of(rehearsal->line.overridden);
	struct text_file text;
	FILE *file = text_file_open(&text);

	if (!file)
		return NULL;
	fputs(prover->is_done ? rehearsal->boot->cmdline : rehearsal->line.text, file);
	while (!prover->is_done && span_next_item(&rest, &item)) {
		char id[128];

		snprintf(id, sizeof(id), "%.*s", (int)item.length, item.at);
		for (size_t i = 0; i < facts->count; i++)
			if (facts->items[i].scope == SCOPE_CMDLINE &&
			    facts->items[i].items && id[0] &&
			    legacy_has_all_ids(facts->items[i].items, id)) {
				fprintf(file, " passthru.ids=%s", id);
				break;
			}
	}
	return text_file_close(&text);
}

static int run_trial(const struct prover *prover, struct rehearsal *rehearsal)
{
	_cleanup_free_ char *cmdline = make_cmdline(prover, rehearsal);
	int r = cmdline ? note_legacy(prover, rehearsal) : -ENOMEM;

	if (r == 0)
		r = run_boot(prover, &prover->before, rehearsal->boot->cmdline,
			     note_before, rehearsal->fates);
	if (r == 0)
		r = run_boot(prover, &prover->after, cmdline, note_after,
			     rehearsal->fates);
	return r;
}

/* -- losses -------------------------------------------------------------------------- */

static int set_loss(struct prover *prover, const struct boot_source *boot,
		    const struct device *device, const char *how, const char *but,
		    const char *why)
{
	bool has_entry = boot->entry[0];

	if (asprintf(&prover->proof->loss, "%s %s, but %s a boot with /%s%s%s%s%s%s",
		     device->address, how, but, boot->path, has_entry ? " (\"" : "",
		     boot->entry, has_entry ? "\")" : "", why[0] ? ": " : "", why) >= 0)
		return 0;
	prover->proof->loss = NULL;
	return -ENOMEM;
}

/*
 * Whether passthru would not claim what the old settings name, although vfio-pci takes
 * it. A device that is not there now is judged by that: what the system needs, or
 * vfio-pci refuses, the old settings did not get either.
 */
static bool is_lost(const struct fate *fate, const struct device *device)
{
	if (!fate->had || fate->has)
		return false;
	return device->is_claimed || !fate->is_requested ||
	       fate->reason == REASON_SKIPPED || fate->reason == REASON_BOOT_DISPLAY ||
	       fate->reason == REASON_CONSOLE;
}

static int find_loss(struct prover *prover, const struct rehearsal *rehearsal)
{
	const struct machine *machine = prover->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];
		const struct fate *fate = &rehearsal->fates[i];

		if (!is_lost(fate, device))
			continue;
		return set_loss(prover, rehearsal->boot, device,
				device->is_claimed ? "is on vfio-pci now"
						   : "is given to vfio-pci",
				"would not be after", reason_phrase(fate->reason));
	}
	return 0;
}

static bool has_anywhere(const struct prover *prover, size_t index)
{
	for (size_t i = 0; i < prover->count; i++)
		if (prover->trials[i].fates[index].had)
			return true;
	return false;
}

/* What is on vfio-pci now, and no setting that was read names it, in any boot. */
static int find_unexplained(struct prover *prover, const struct rehearsal *rehearsal)
{
	const struct machine *machine = prover->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (device->is_claimed && !device->is_reported &&
		    !rehearsal->fates[i].has && !has_anywhere(prover, i))
			return set_loss(
				prover, rehearsal->boot, device,
				"is on vfio-pci now, by something other than the settings that were read",
				"would perhaps not be after",
				"run passthru enable with its address, or give it back to its usual driver");
	}
	return 0;
}

/* -- gains --------------------------------------------------------------------------- */

/* Whether without the configuration the boot would have just what it had. */
static int would_be_free(const struct prover *prover, const struct rehearsal *rehearsal,
			 bool *ret)
{
	_cleanup_free_ char *cmdline = make_cmdline(prover, rehearsal);
	struct fate *fates = calloc(prover->machine->count + 1, sizeof(fates[0]));
	int r = cmdline && fates ? run_boot(prover, &(struct configuration){ 0 }, cmdline,
					    note_after, fates)
				 : -ENOMEM;

	*ret = true;
	for (size_t i = 0; r == 0 && i < prover->machine->count; i++)
		if (fates[i].has != rehearsal->fates[i].had)
			*ret = false;
	free(fates);
	return r;
}

static int find_gain(struct prover *prover, const struct rehearsal *rehearsal)
{
	struct proof *proof = prover->proof;
	struct gain gain = { 0 }, *added;
	int r;

	for (size_t i = 0; i < prover->machine->count; i++)
		if (rehearsal->fates[i].has && !rehearsal->fates[i].had &&
		    gain.count++ == 0)
			gain.device = &prover->machine->devices[i];
	if (!gain.count)
		return 0;
	snprintf(gain.path, sizeof(gain.path), "%s", rehearsal->boot->path);
	snprintf(gain.entry, sizeof(gain.entry), "%s", rehearsal->boot->entry);
	gain.is_uki = rehearsal->boot->is_uki;
	r = would_be_free(prover, rehearsal, &gain.is_by_configuration);
	if (r < 0)
		return r;
	added = array_append(proof->gains, proof->gain_count);
	if (!added)
		return -ENOMEM;
	*added = gain;
	return 0;
}

/* -- boots --------------------------------------------------------------------------- */

static int add_trial(struct prover *prover, const struct boot_source *boot)
{
	struct rehearsal *rehearsal = array_append(prover->trials, prover->count);

	if (!rehearsal)
		return -ENOMEM;
	*rehearsal = (struct rehearsal){ .boot = boot };
	rehearsal->fates =
		calloc(prover->machine->count + 1, sizeof(rehearsal->fates[0]));
	if (!rehearsal->fates ||
	    legacy_rewrite_cmdline(span_of(boot->cmdline), &rehearsal->line) < 0)
		return -ENOMEM;
	prover->any_loads |= rehearsal->line.loads || rehearsal->line.lists;
	return 0;
}

/* The entries of all kernels usually have the same command line, and so the same fates.
 */
static int run_or_copy(const struct prover *prover, size_t index)
{
	struct rehearsal *rehearsal = &prover->trials[index];

	for (size_t i = 0; i < index; i++)
		if (strcmp(prover->trials[i].boot->cmdline, rehearsal->boot->cmdline) ==
		    0) {
			memcpy(rehearsal->fates, prover->trials[i].fates,
			       prover->machine->count * sizeof(rehearsal->fates[0]));
			return 0;
		}
	return run_trial(prover, rehearsal);
}

static int run_trials(struct prover *prover)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < prover->boots.count; i++)
		if (boot_matters(&prover->boots.items[i]))
			r = add_trial(prover, &prover->boots.items[i]);
	for (size_t i = 0; r == 0 && i < prover->count; i++)
		r = run_or_copy(prover, i);
	return r;
}

static int judge(struct prover *prover)
{
	int r = 0;

	for (size_t i = 0; r == 0 && !prover->proof->loss && i < prover->count; i++)
		r = find_loss(prover, &prover->trials[i]);
	for (size_t i = 0; r == 0 && !prover->proof->loss && i < prover->count; i++)
		r = find_unexplained(prover, &prover->trials[i]);
	/* Once done, what the boots had is not known exactly. */
	for (size_t i = 0; r == 0 && !prover->is_done && i < prover->count; i++)
		r = find_gain(prover, &prover->trials[i]);
	return r;
}

static void free_prover(struct prover *prover)
{
	for (size_t i = 0; i < prover->count; i++) {
		legacy_line_free(&prover->trials[i].line);
		free(prover->trials[i].fates);
	}
	free(prover->trials);
	configuration_free(&prover->before);
	configuration_free(&prover->after);
	boots_free(&prover->boots);
}

int proof_run(const struct migration *migration, bool is_done, struct proof *ret)
{
	int root_fd = migration->host->root_fd;
	struct prover prover = { .migration = migration,
				 .machine = migration->machine,
				 .is_done = is_done,
				 .proof = ret };
	int r;

	*ret = (struct proof){ 0 };
	r = configuration_read_all(root_fd, NULL, &prover.before);
	if (r == 0)
		r = configuration_read_all(
			root_fd, is_done ? NULL : migration_configuration(migration),
			&prover.after);
	if (r == 0)
		r = boots_read(root_fd, &prover.boots);
	if (r == 0)
		r = run_trials(&prover);
	if (r == 0)
		r = judge(&prover);
	free_prover(&prover);
	return r;
}

void proof_free(struct proof *proof)
{
	free(proof->loss);
	free(proof->gains);
	*proof = (struct proof){ 0 };
}
