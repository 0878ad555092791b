/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "lib/lib.h"
#include "machine/machine.h"
#include "migrate/internal.h"
#include "view/view.h"

struct proof {
	const struct migration *migration;
	char *configuration; /* with the changes */
	bool is_done;
	char *loss;
};

/* -- what a boot had ----------------------------------------------------------------- */

/* As parameters: what applies to every boot, and what is on this command line. */
static char *make_request(const struct proof *proof, const struct legacy_line *rewritten,
			  const char *cmdline)
{
	const struct facts *facts = &proof->migration->facts;
	struct text_file text;
	FILE *file = text_file_open(&text);

	if (!file)
		return NULL;
	for (size_t i = 0; i < facts->count; i++)
		if (fact_needs_configuration(&facts->items[i]))
			fprintf(file, "passthru.ids=%s ", facts->items[i].items);
	if (rewritten->items[0])
		fprintf(file, "passthru.ids=%s ", rewritten->items);
	if (proof->is_done)
		fputs(cmdline, file);
	return text_file_close(&text);
}

/* -- what it will have --------------------------------------------------------------- */

/* Nothing is claimed if nothing is requested: then *ret is empty. */
static int run_boot(struct proof *proof, struct params *params, struct run_result *ret)
{
	*ret = (struct run_result){ 0 };
	if (!params->wanted.count || params->off)
		return 0;
	return run_stage(proof->migration->host, params, RUN_PREVIEW, ret);
}

/* Whether that boot has the device with its driver: bound then, or already. */
static bool is_claimed(const struct run_result *result, const struct device *device)
{
	const struct plan_entry *entry = run_result_find(result, &device->pci->address);

	return entry && entry->verdict == VERDICT_CLAIMED;
}

static int note_loss(struct proof *proof, const struct device *device,
		     const struct boot_source *boot)
{
	if (asprintf(
		    &proof->loss,
		    "%s is on vfio-pci now, but would not be after a boot with /%s%s%s%s",
		    device->address, boot->path, boot->entry[0] ? " (\"" : "",
		    boot->entry, boot->entry[0] ? "\")" : "") < 0) {
		proof->loss = NULL;
		return -ENOMEM;
	}
	return -ESRCH;
}

static int compare(struct proof *proof, const struct boot_source *boot,
		   const struct params *before, const struct run_result *result)
{
	for (size_t i = 0; i < proof->migration->machine->count; i++) {
		const struct device *device = &proof->migration->machine->devices[i];

		if (device->is_claimed && device_is_requested(device, before) &&
		    !is_claimed(result, device))
			return note_loss(proof, device, boot);
	}
	return 0;
}

/* -- boots --------------------------------------------------------------------------- */

static int check_whole(struct proof *proof, const struct boot_source *boot,
		       const struct legacy_line *rewritten,
		       const struct whole_cmdline *whole)
{
	_cleanup_free_ char *request = make_request(proof, rewritten, boot->cmdline);
	struct params before = { 0 }, after = { 0 };
	struct run_result result = { 0 };
	int r = request ? params_parse(request, &before) : -ENOMEM;

	if (r == 0 && before.wanted.count) {
		r = params_parse(whole->text, &after);
		if (r == 0)
			r = run_boot(proof, &after, &result);
		if (r == 0)
			r = compare(proof, boot, &before, &result);
	}
	run_result_free(&result);
	params_free(&after);
	params_free(&before);
	return r;
}

static int check_boot(struct proof *proof, const struct boot_source *boot)
{
	struct whole_cmdline whole = { 0 };
	struct legacy_line rewritten;
	int r = legacy_rewrite_cmdline(span_of(boot->cmdline), &rewritten);

	if (r == 0)
		r = whole_cmdline_make(proof->configuration,
				       proof->is_done ? boot->cmdline : rewritten.text,
				       &whole);
	if (r == 0 && !cmdline_is_rescue(boot->cmdline))
		r = check_whole(proof, boot, &rewritten, &whole);
	whole_cmdline_free(&whole);
	legacy_line_free(&rewritten);
	return r;
}

/* Without entries that can be read, the next boot is known from what they are made of. */
static int check_next(struct proof *proof)
{
	int root_fd = proof->migration->host->root_fd;
	const struct boot_source *next = NULL;
	struct boot_sources sources;
	int r = boot_read(root_fd, &sources);

	if (r == 0)
		next = boot_next(&sources);
	if (r == 0 && (next || boot_sources_add_running(&sources, root_fd, &next) == 0))
		r = check_boot(proof, next);
	boot_sources_free(&sources);
	return r;
}

static int check_boots(struct proof *proof)
{
	struct boot_sources boots;
	int r = boot_read_all(proof->migration->host->root_fd, &boots);

	for (size_t i = 0; r == 0 && i < boots.count; i++)
		r = check_boot(proof, &boots.items[i]);
	if (r == 0 && !boots.count)
		r = check_next(proof);
	boot_sources_free(&boots);
	return r;
}

int proof_run(const struct migration *migration, bool is_done, char **ret_loss)
{
	struct proof proof = { .migration = migration, .is_done = is_done };
	int r = configuration_read(migration->host->root_fd,
				   is_done ? NULL : migration_configuration(migration),
				   &proof.configuration);

	if (r == 0)
		r = check_boots(&proof);
	free(proof.configuration);
	*ret_loss = proof.loss;
	return r;
}
