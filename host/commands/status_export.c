/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "commands/internal.h"

static bool is_dry(const struct status *status)
{
	return status->view.result && status->view.result->is_dry;
}

bool status_counts(const struct status *status)
{
	return !is_dry(status) && !status->is_outdated &&
	       status->state != BOOT_TRIAL_IGNORED;
}

const char *status_word(const struct status *status, bool ok)
{
	switch (status->state) {
	case BOOT_AS_REPORTED:
		return ok ? "good" : "not-good";
	case BOOT_NOT_REQUESTED:
		return "not-requested";
	case BOOT_NOT_YET:
		return "not-booted";
	case BOOT_OUTDATED:
		return "outdated";
	case BOOT_NOT_RUN:
		return "not-run";
	case BOOT_DRY_RUN:
		return "dry-run";
	case BOOT_TRIAL_IGNORED:
		return "trial-ignored";
	case BOOT_UNREADABLE:
		return "unreadable";
	}
	return "not-good";
}

/* -- Prometheus ---------------------------------------------------------------------- */

static void print_head(const char *name, const char *help)
{
	printf("# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* Without labels. */
static void print_value(const char *name, const char *help, unsigned value)
{
	print_head(name, help);
	printf("%s %u\n", name, value);
}

static void print_label(const char *name, const char *value, const char *end)
{
	printf("%s=\"", name);
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			putchar('\\');
		if (*value == '\n')
			fputs("\\n", stdout);
		else
			putchar(*value);
	}
	printf("\"%s", end);
}

static void print_info(void *data, const struct view_device *device)
{
	const struct plan_entry *entry = device->entry;

	fputs("passthru_device_info{", stdout);
	print_label("address", device->address, ",");
	print_label("id", device->id, ",");
	print_label("verdict", view_verdict(data, device), ",");
	print_label("reason",
		    entry->verdict == VERDICT_CLAIMED ? "" : reason_word(entry->reason),
		    ",");
	print_label("driver", device->device ? device->device->pci->driver : "", "} 1\n");
}

static void print_ok(void *data, const struct view_device *device)
{
	(void)data;
	fputs("passthru_device_ok{", stdout);
	print_label("address", device->address, "} ");
	printf("%d\n", device->is_ok);
}

static void print_group(void *data, int group, bool usable, const char *text)
{
	(void)data, (void)text;
	printf("passthru_group_usable{group=\"%d\"} %d\n", group, usable);
}

static void print_vfs(const struct view_pf *pf, const char *state, size_t count)
{
	fputs("passthru_virtual_functions{", stdout);
	print_label("physical_function", pf->address, ",");
	print_label("state", state, "} ");
	printf("%zu\n", count);
}

static void print_pf(void *data, const struct view_pf *pf)
{
	(void)data;
	print_vfs(pf, "wanted", pf->pf->wanted);
	print_vfs(pf, "present", pf->vfs.count);
	print_vfs(pf, "claimed", pf->vfs.claimed);
}

static void print_pf_ok(void *data, const struct view_pf *pf)
{
	(void)data;
	fputs("passthru_physical_function_ok{", stdout);
	print_label("address", pf->address, "} ");
	printf("%d\n", pf->is_ok);
}

static void print_pfs(const struct view *view)
{
	if (!view->result->pfs.count)
		return;
	print_head(
		"passthru_virtual_functions",
		"Virtual functions of devices that give them away; wanted is 0 if others make them.");
	view_pfs(view, print_pf, NULL);
	print_head("passthru_physical_function_ok",
		   "Whether the device has its virtual functions as requested.");
	view_pfs(view, print_pf_ok, NULL);
}

static void count_problem(void *data, const struct problem *problem)
{
	unsigned *count = data;

	*count += problem->kind != PROBLEM_NO_EFFECT;
}

static void print_seconds(const char *stage, const char *part, uint64_t us)
{
	fputs("passthru_stage_seconds{", stdout);
	print_label("stage", stage, ",");
	print_label("part", part, "} ");
	printf("%llu.%06llu\n", (unsigned long long)(us / 1000000),
	       (unsigned long long)(us % 1000000));
}

static void print_stages(const struct run_result *result)
{
	print_head("passthru_stage_seconds",
		   "How long each stage took, in total and in the kernel.");
	for (int i = 0; i < STAGES; i++) {
		const struct stage_time *time = &result->times[i];

		if (!time->has_run)
			continue;
		print_seconds(stage_word((enum stage)i), "total", time->total_us);
		print_seconds(stage_word((enum stage)i), "kernel", time->kernel_us);
	}
}

/* All series of a name must follow each other. */
static bool print_report(const struct view *view)
{
	unsigned problems = 0;
	bool ok;

	print_head("passthru_device_info", "Each requested device, with its verdict.");
	view_devices(view, print_info, (void *)(uintptr_t)view);
	print_head("passthru_device_ok", "Whether the device is as requested.");
	ok = view_devices(view, print_ok, NULL);
	print_pfs(view);
	print_head("passthru_group_usable",
		   "Whether the IOMMU group can be given to a guest.");
	ok &= view_groups(view, print_group, NULL);
	ok &= view_problems(view, count_problem, &problems);
	print_value("passthru_problems",
		    "Items on the command line that are wrong or match no device.",
		    problems);
	print_stages(view->result);
	return ok;
}

bool status_export_prometheus(const struct status *status)
{
	bool ok = !status->is_requested;

	print_value("passthru_requested",
		    "Whether the command line or the configuration requests any device.",
		    status->is_requested);
	print_value("passthru_reported", "Whether passthru-early left a report.",
		    status->view.result != NULL);
	if (status->view.result)
		ok = print_report(&status->view) && status_counts(status);
	print_value("passthru_outdated",
		    "Whether the configuration changed after this boot.",
		    status->is_outdated);
	print_value("passthru_dryrun", "Whether this boot was a dry run.",
		    is_dry(status));
	print_head("passthru_state", "What decides about this boot.");
	fputs("passthru_state{", stdout);
	print_label("state", status_word(status, ok), "} 1\n");
	print_value(
		"passthru_ok",
		"Whether everything is as requested: the exit status of passthru status.",
		ok);
	return ok;
}

/* -- node-feature-discovery ---------------------------------------------------------- */

/* The devices in groups that can be given to a guest. */
struct ready {
	const struct view *view;
	int group; /* that is being looked at */
	struct ready_id {
		char id[sizeof(((struct view_device *)0)->id)];
		unsigned count;
	} * ids;
	size_t id_count;
	unsigned count;
	bool failed; /* no memory */
};

static void add_device(void *data, const struct view_device *device)
{
	struct ready *ready = data;
	struct ready_id *item;

	if (!device->device || !device->device->is_claimed ||
	    device->device->pci->group != ready->group)
		return;
	ready->count++;
	for (size_t i = 0; i < ready->id_count; i++)
		if (strcmp(ready->ids[i].id, device->id) == 0) {
			ready->ids[i].count++;
			return;
		}
	item = array_append(ready->ids, ready->id_count);
	if (!item) {
		ready->failed = true;
		return;
	}
	*item = (struct ready_id){ .count = 1 };
	strcpy(item->id, device->id);
}

static void add_group(void *data, int group, bool usable, const char *text)
{
	struct ready *ready = data;

	(void)text;
	ready->group = group;
	if (usable)
		view_devices(ready->view, add_device, ready);
}

/* A label has no colon. */
static void print_ids(const struct ready *ready)
{
	for (size_t i = 0; i < ready->id_count; i++)
		printf("passthru-%.4s_%.4s.count=%u\n", ready->ids[i].id,
		       ready->ids[i].id + 5, ready->ids[i].count);
}

bool status_export_nfd(const struct status *status)
{
	const struct view *view = &status->view;
	struct ready ready = { .view = view };
	bool ok = !status->is_requested;

	if (view->result) {
		ok = view_groups(view, add_group, &ready) && status_counts(status);
		ok &= view_devices(view, NULL, NULL);
		ok &= view_problems(view, NULL, NULL);
	}
	ok &= !ready.failed;
	printf("passthru.ok=%s\npassthru.count=%u\n", ok ? "true" : "false", ready.count);
	print_ids(&ready);
	free(ready.ids);
	return ok;
}
