/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "pci/pci.h"
#include "report/internal.h"

#define NAME_SIZE (ADDRESS_SIZE + sizeof(" 10de:13c2"))

static void name_device(const struct pci_device *device, char name[static NAME_SIZE])
{
	char address[ADDRESS_SIZE];

	address_format(&device->address, address);
	snprintf(name, NAME_SIZE, "%s %04x:%04x", address,
		 (unsigned)device->id.vendor & 0xffff,
		 (unsigned)device->id.device & 0xffff);
}

/* What happened to the boot display, to follow the rest. */
static const char *describe_display(const struct plan_entry *entry)
{
	switch (entry->fb_release) {
	case FB_RELEASE_KERNEL:
	case FB_RELEASE_PASSTHRU:
		return "; display released, use ssh or the serial console";
	case FB_RELEASE_HELD:
		return "; but the boot framebuffer still covers it, so no guest can map it; boot with initcall_blacklist=sysfb_init";
	case FB_RELEASE_NONE:
		break;
	}
	/* Without a framebuffer, in text mode for example, its screen freezes. */
	if (entry->device->is_boot_display)
		return "; this was the boot display; the console is now on another display, ssh or serial";
	return "";
}

static bool is_network_card(const struct pci_device *device)
{
	return pci_base_class(&device->id) == PCI_BASE_CLASS_NETWORK && !device->is_gone;
}

static bool host_keeps_network(const struct run_result *result)
{
	const struct pci_list *list = &result->devices;

	/* It is not known. */
	if (result->plan.is_partial)
		return true;
	for (size_t i = 0; i < list->count; i++) {
		const struct pci_device *device = &list->devices[i];
		const struct plan_entry *other = plan_find(&result->plan, device);

		if (is_network_card(device) && !(other && plan_entry_is_taken(other)) &&
		    !pci_driver_is_vfio(device->driver))
			return true;
	}
	return false;
}

static const char without_iommu[] =
	"; there is no IOMMU: for drivers in user space, not for virtual machines";

static void log_claimed(const struct plan_entry *entry, const char *name, bool is_dry,
			bool keeps_network)
{
	const char *display = is_dry ? "" : describe_display(entry);
	/* No guard keeps the last network card, but the user should know. */
	const char *network = keeps_network || !is_network_card(entry->device)
				      ? ""
				      : "; the host has no other PCI network card";
	const char *iommu = entry->is_noiommu ? without_iommu : "";
	const char *claimed = is_dry ? "would be claimed by" : "claimed by";
	const char *driver = entry->wanted;
	enum log_level level =
		entry->fb_release == FB_RELEASE_HELD ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO;

	if (!entry->was[0])
		log_line(level, "%s %s %s%s%s%s", name, claimed, driver, display, network,
			 iommu);
	else if (text_equals_name(entry->was, driver))
		log_line(level, "%s %s %s, which had it before%s%s", name, claimed,
			 driver, display, network);
	else
		log_line(level, "%s %s %s, taken from %s%s%s%s", name, claimed, driver,
			 entry->was, display, network, iommu);
}

static void log_kept(const struct plan_entry *entry, const char *name)
{
	char phrase[PHRASE_SIZE];

	phrase_describe(entry, NULL, phrase);
	log_line(reason_is_guard(entry->reason) ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
		 "%s kept: %s", name, phrase);
}

static void log_refused(int root_fd, const struct plan_entry *entry, const char *name)
{
	char phrase[PHRASE_SIZE];

	phrase_describe(entry, iommu_advice(root_fd, &entry->device->id), phrase);
	log_line(LOG_LEVEL_ERROR, "%s refused: %s", name, phrase);
}

static void log_failed(const struct run_result *result, const struct plan_entry *entry,
		       const char *name)
{
	const char *driver = entry->now;
	/* The kernel evicted the boot framebuffer when a BAR was resized. */
	bool is_dark = entry->fb_release == FB_RELEASE_KERNEL && !driver[0];
	char phrase[PHRASE_SIZE], limit[sizeof(" (passthru.timeout=4294967295)")] = "";

	phrase_describe(entry, NULL, phrase);
	if (entry->reason == REASON_TIMEOUT)
		snprintf(limit, sizeof(limit), " (passthru.timeout=%u)", result->timeout);
	if (entry->reason == REASON_GONE)
		log_line(LOG_LEVEL_INFO, "%s is gone", name);
	else if (!entry->undone)
		log_line(LOG_LEVEL_ERROR,
			 "%s failed: %s%s; the rollback failed or is still pending", name,
			 phrase, limit);
	else
		log_line(LOG_LEVEL_ERROR, "%s failed: %s%s; rolled back, %s%s%s", name,
			 phrase, limit, driver[0] ? "its driver is now " : "",
			 driver[0] ? driver : "its usual driver binds once loaded",
			 is_dark ? "; its console is dark until then" : "");
}

static void log_entry(int root_fd, const struct run_result *result,
		      const struct plan_entry *entry, bool keeps_network)
{
	char name[NAME_SIZE + 80];

	name_device(entry->device, name);
	if (entry->source)
		snprintf(name + strlen(name), sizeof(name) - strlen(name), " (%s%s)",
			 item_source_word(entry->source),
			 entry->source == SOURCE_BUILTIN ? "; no guard could apply" : "");
	switch (entry->verdict) {
	case VERDICT_PENDING: /* not after a run */
	case VERDICT_UNKNOWN: /* only in a report */
		break;
	case VERDICT_CLAIMED:
		log_claimed(entry, name, result->is_dry, keeps_network);
		break;
	case VERDICT_KEPT:
		log_kept(entry, name);
		break;
	case VERDICT_REFUSED:
		log_refused(root_fd, entry, name);
		break;
	case VERDICT_FAILED:
		log_failed(result, entry, name);
		break;
	case VERDICT_DEFERRED:
		log_line(LOG_LEVEL_INFO, "%s deferred until the root disk is known",
			 name);
		break;
	}
}

static void log_pf(const struct pf *pf)
{
	struct pci_device device = { .address = pf->address, .id = pf->id };
	char name[NAME_SIZE], phrase[PHRASE_SIZE];

	name_device(&device, name);
	phrase_describe_pf(pf, phrase);
	if (pf->verdict == VERDICT_CLAIMED)
		log_line(LOG_LEVEL_INFO, "%s has %u virtual functions", name, pf->made);
	else
		log_line(pf->verdict == VERDICT_DEFERRED ? LOG_LEVEL_INFO
							 : LOG_LEVEL_ERROR,
			 "%s %s: %s", name, pf_word(pf), phrase);
}

static void log_setting(const struct run_result *result,
			const struct setting_result *setting)
{
	char name[NAME_SIZE];

	if ((setting->verdict != SETTING_REFUSED && setting->verdict != SETTING_LOST) ||
	    !plan_find_at(&result->plan, &setting->device->address))
		return;
	name_device(setting->device, name);
	/* Not every function of a card has what is set of all. */
	log_line(setting->is_for_all && setting->error == -ENOENT ? LOG_LEVEL_INFO
								  : LOG_LEVEL_WARNING,
		 "%s: " PARAMETER_PREFIX "%s=%s refused: %s", name,
		 setting_name(setting->kind), setting->wanted, setting_phrase(setting));
}

static void log_group(const struct run_result *result, int group)
{
	struct blocker blocker = viability_find_blocker(&result->devices, &result->plan,
							group, VIABILITY_BOOT);
	char phrase[PHRASE_SIZE];

	if (!blocker.device)
		return;
	phrase_blocker(&blocker, phrase);
	log_line(LOG_LEVEL_WARNING, "group %d cannot be given to a guest: %s", group,
		 phrase);
}

static bool is_good_but_deferred(const struct plan_entry *entry)
{
	return entry->skipped || plan_entry_is_gone(entry) ||
	       plan_entry_is_taken(entry) || entry->verdict == VERDICT_DEFERRED;
}

/* Whether only deferred devices are missing. */
static bool is_only_deferred(const struct run_result *result)
{
	const struct plan *plan = &result->plan;

	for (size_t i = 0; i < result->problem_count; i++)
		if (result->problems[i].kind != PROBLEM_NO_EFFECT)
			return false;
	for (size_t i = 0; i < plan->count; i++)
		if (!is_good_but_deferred(&plan->entries[i]))
			return false;
	return plan_count(plan, VERDICT_DEFERRED) > 0;
}

static void log_summary(const struct run_result *result)
{
	const struct plan *plan = &result->plan;
	const struct stage_time *time = &result->times[result->stage];
	enum log_level level = LOG_LEVEL_INFO;
	const char *rest = "", *way_out = "";

	if (is_only_deferred(result)) {
		rest = "; the rest follows once the root disk is known";
	} else if (!run_result_is_complete(result)) {
		level = LOG_LEVEL_WARNING;
		rest = "; not all that was requested, see above";
		if (plan->count > 0)
			way_out = "; boot with passthru.off to change nothing";
	}
	log_line(level,
		 "%u of %u devices %s in %llu ms (%llu ms of it in the kernel)%s%s",
		 (unsigned)plan_count(plan, VERDICT_CLAIMED), (unsigned)plan->count,
		 result->is_dry ? "would be claimed (dry run)" : "claimed",
		 (unsigned long long)time->total_us / 1000,
		 (unsigned long long)time->kernel_us / 1000, rest, way_out);
}

static void log_problems(const struct run_result *result)
{
	char phrase[PHRASE_SIZE];

	for (size_t i = 0; i < result->problem_count; i++) {
		const struct problem *problem = &result->problems[i];

		phrase_problem(problem, phrase);
		log_line(problem->kind == PROBLEM_NO_EFFECT ? LOG_LEVEL_WARNING
							    : LOG_LEVEL_ERROR,
			 "%s", phrase);
	}
	if (result->is_forced)
		log_line(
			LOG_LEVEL_WARNING,
			"passthru.force: the guards are off; the root disk and the boot display are claimed if named");
}

void summary_log(int root_fd, const struct run_result *result)
{
	const struct plan *plan = &result->plan;
	bool keeps_network = host_keeps_network(result);

	/* The early stage has logged what is wrong with the command line. */
	if (result->stage != STAGE_LATE)
		log_problems(result);
	for (size_t i = 0; i < result->pfs.count; i++)
		if (result->pfs.items[i].is_news)
			log_pf(&result->pfs.items[i]);
	for (size_t i = 0; i < plan->count; i++)
		log_entry(root_fd, result, &plan->entries[i], keeps_network);
	for (size_t i = 0; i < result->settings.count; i++)
		log_setting(result, &result->settings.items[i]);
	for (int group = NO_GROUP;
	     (group = viability_next_group(plan, group)) != NO_GROUP;)
		log_group(result, group);
	log_summary(result);
}
