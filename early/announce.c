/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "announce.h"
#include "iommu.h"
#include "log.h"
#include "group.h"
#include "text.h"
#include "util.h"

#define NAME_SIZE   (ADDRESS_SIZE + sizeof(" 10de:13c2"))
#define PHRASE_SIZE 320

/* A span as the arguments of "%.*s"; a long one is not to fill the line. */
#define SPAN(span) (int)((span).length < 64 ? (span).length : 64), (span).at

static void announce_problem(const struct problem *problem)
{
	switch (problem->kind) {
	case PROBLEM_ITEM:
		log_line(LOG_LEVEL_ERROR,
			 "%.*s, item %u: \"%.*s\" is refused at character %u: %s",
			 SPAN(problem->parameter), problem->item, SPAN(problem->text),
			 problem->column, problem->why);
		break;
	case PROBLEM_STRAY:
		log_line(LOG_LEVEL_ERROR, "%.*s: \"%.*s\" is not taken: %s",
			 SPAN(problem->parameter), SPAN(problem->text), problem->why);
		break;
	case PROBLEM_VALUE:
		log_line(LOG_LEVEL_ERROR, "%.*s: \"%.*s\" is refused: %s",
			 SPAN(problem->parameter), SPAN(problem->text), problem->why);
		break;
	case PROBLEM_UNKNOWN:
		log_line(LOG_LEVEL_ERROR,
			 "%.*s: there is no such parameter, the nearest "
			 "is %s",
			 SPAN(problem->parameter), problem->why);
		break;
	case PROBLEM_NO_EFFECT:
		log_line(LOG_LEVEL_WARNING, "%.*s, item %u: \"%.*s\": %s",
			 SPAN(problem->parameter), problem->item, SPAN(problem->text),
			 problem->why);
		break;
	}
}

static void name_device(const struct pci_device *device, char name[static NAME_SIZE])
{
	char address[ADDRESS_SIZE];

	address_format(&device->address, address);
	snprintf(name, NAME_SIZE, "%s %04x:%04x", address,
		 (unsigned)device->id.vendor & 0xffff,
		 (unsigned)device->id.device & 0xffff);
}

static void announce_unmatched(const struct selector *selector,
			       const struct plan_match *match)
{
	char name[NAME_SIZE];

	if (match->matched)
		return;
	if (match->other) {
		name_device(match->other, name);
		log_line(
			LOG_LEVEL_ERROR,
			"%.*s is not there: at that address is %s; nothing is taken, see "
			"lspci -nn for where the device is now",
			SPAN(selector->text), name);
		return;
	}
	log_line(LOG_LEVEL_ERROR, "%.*s: this machine has no such device, see lspci -nn",
		 SPAN(selector->text));
}

/* What became of the boot display, to be put behind the rest. */
static const char *describe_display(const struct plan_entry *entry)
{
	switch (entry->display) {
	case DISPLAY_KERNEL:
	case DISPLAY_PASSTHRU:
		return "; display released, use ssh or the serial console";
	case DISPLAY_HELD:
		return "; but the boot framebuffer still lies over it, so that no guest "
		       "can map it: boot with initcall_blacklist=sysfb_init";
	case DISPLAY_NONE:
		break;
	}
	/* In text mode, say: nothing changes any more of what is shown on it. */
	if (entry->device->is_boot_display)
		return "; it was the boot display: use another one, ssh or the serial "
		       "console";
	return "";
}

static void announce_claimed(const struct plan_entry *entry, const char *name)
{
	const char *display = describe_display(entry);
	const char *driver = entry->driver;
	enum log_level level =
		entry->display == DISPLAY_HELD ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO;

	if (!entry->was[0])
		log_line(level, "%s claimed by %s%s", name, driver, display);
	else if (text_equals_name(entry->was, driver))
		log_line(level, "%s claimed by %s, which had it before%s", name, driver,
			 display);
	else
		log_line(level, "%s claimed by %s, taken from %s%s", name, driver,
			 entry->was, display);
}

static void describe_use(const struct plan_entry *entry, char phrase[static PHRASE_SIZE])
{
	if (strcmp(entry->need, "swap") == 0)
		snprintf(phrase, PHRASE_SIZE, "%s is in use as swap", entry->block);
	else if (entry->need[0])
		snprintf(phrase, PHRASE_SIZE, "%s is mounted on %s", entry->block,
			 entry->need);
	else
		snprintf(phrase, PHRASE_SIZE, "a disk behind it is in use");
}

/* What is not known, and what would settle it. */
static void describe_doubt(const struct plan_entry *entry,
			   char phrase[static PHRASE_SIZE])
{
	if (entry->need[0])
		snprintf(phrase, PHRASE_SIZE,
			 "%s has not been found and may be on it; correct or remove that "
			 "parameter",
			 entry->need);
	else if (entry->block[0])
		snprintf(phrase, PHRASE_SIZE,
			 "what is on %s is not clear, so it may belong to the system; "
			 "see wipefs(8)",
			 entry->block);
	else
		snprintf(phrase, PHRASE_SIZE,
			 "what the root file system stands on is not clear");
}

/* Why one of the guards keeps a device, and what would settle it. */
static void describe_guard(const struct plan_entry *entry,
			   char phrase[static PHRASE_SIZE])
{
	switch (entry->reason) {
	case REASON_BOOT_DISPLAY:
		snprintf(
			phrase, PHRASE_SIZE,
			"it is, or belongs to, the boot display, and the host would have "
			"no other; if it is meant, name its address in passthru.addrs");
		return;
	case REASON_ROOT_DISK:
		snprintf(phrase, PHRASE_SIZE, "%s carries %s", entry->block, entry->need);
		return;
	case REASON_IN_USE:
		describe_use(entry, phrase);
		return;
	case REASON_ROOT_NETWORK:
		snprintf(phrase, PHRASE_SIZE,
			 "the root file system comes over the network and it is up");
		return;
	case REASON_ROOT_UNKNOWN:
		snprintf(
			phrase, PHRASE_SIZE,
			"the root disk is not known, so it may be on it; have root= name "
			"one that is there");
		return;
	case REASON_UNREADABLE:
		snprintf(phrase, PHRASE_SIZE,
			 "%s could not be read, so it may be the root disk",
			 entry->block);
		return;
	default:
		describe_doubt(entry, phrase);
		return;
	}
}

static void announce_kept(const struct plan_entry *entry, const char *name)
{
	char phrase[PHRASE_SIZE];

	if (entry->reason == REASON_SKIPPED) {
		log_line(LOG_LEVEL_INFO, "%s kept: passthru.skip names it", name);
	} else if (entry->reason == REASON_DRYRUN) {
		log_line(LOG_LEVEL_INFO, "%s kept: a dry run; %s would claim it", name,
			 entry->driver);
	} else {
		describe_guard(entry, phrase);
		log_line(LOG_LEVEL_WARNING, "%s kept: %s; passthru.force lifts this",
			 name, phrase);
	}
}

static void announce_refused(int root_fd, const struct plan_entry *entry,
			     const char *name)
{
	if (entry->reason == REASON_BRIDGE)
		log_line(LOG_LEVEL_ERROR,
			 "%s refused: it is a bridge; name the devices behind it", name);
	else if (entry->reason == REASON_HAS_VFS)
		log_line(LOG_LEVEL_ERROR,
			 "%s refused: its virtual functions are on; name those, or write "
			 "0 "
			 "to its sriov_numvfs first",
			 name);
	else
		log_line(LOG_LEVEL_ERROR, "%s refused: it has no IOMMU group; %s", name,
			 iommu_advice(root_fd));
}

/* What went wrong and what to do about it. */
static void describe_failure(const struct outcome *outcome,
			     const struct plan_entry *entry,
			     char phrase[static PHRASE_SIZE])
{
	const char *driver = entry->driver;
	const char *error = entry->error ? strerror(-entry->error) : "no error given";

	switch (entry->reason) {
	case REASON_GONE:
		snprintf(phrase, PHRASE_SIZE, "it is gone");
		return;
	case REASON_NO_DRIVER:
		if (entry->error == -ENOENT)
			snprintf(phrase, PHRASE_SIZE,
				 "there is no driver %s here; build the boot image anew "
				 "with "
				 "its module",
				 driver);
		else
			snprintf(phrase, PHRASE_SIZE, "%s could not be loaded: %s",
				 driver, error);
		return;
	case REASON_TIMEOUT:
		snprintf(phrase, PHRASE_SIZE,
			 "%s did not return in time (passthru.timeout=%u)",
			 step_phrase(entry->step), outcome->request->timeout);
		return;
	case REASON_INTERNAL:
		snprintf(phrase, PHRASE_SIZE, "passthru-early broke off at %s",
			 step_phrase(entry->step));
		return;
	default:
		snprintf(phrase, PHRASE_SIZE, "%s: %s", step_phrase(entry->step), error);
		return;
	}
}

static void announce_failed(const struct outcome *outcome, const struct plan_entry *entry,
			    const char *name)
{
	char phrase[PHRASE_SIZE];

	describe_failure(outcome, entry, phrase);
	if (entry->reason == REASON_GONE)
		log_line(LOG_LEVEL_ERROR, "%s failed: %s", name, phrase);
	else if (!entry->undone)
		log_line(LOG_LEVEL_ERROR,
			 "%s failed: %s; it could not be undone, or not yet", name,
			 phrase);
	else
		log_line(LOG_LEVEL_ERROR, "%s failed: %s; undone, its driver is now %s",
			 name, phrase,
			 entry->now[0] ? entry->now : "the usual one, once loaded");
}

static void announce_entry(int root_fd, const struct outcome *outcome,
			   const struct plan_entry *entry)
{
	char name[NAME_SIZE];

	name_device(entry->device, name);
	switch (entry->verdict) {
	case VERDICT_CLAIMED:
		announce_claimed(entry, name);
		break;
	case VERDICT_KEPT:
		announce_kept(entry, name);
		break;
	case VERDICT_REFUSED:
		announce_refused(root_fd, entry, name);
		break;
	case VERDICT_FAILED:
		announce_failed(outcome, entry, name);
		break;
	case VERDICT_DEFERRED:
		log_line(LOG_LEVEL_INFO, "%s deferred until the root disk is known",
			 name);
		break;
	}
}

static void announce_group(const struct outcome *outcome, int group)
{
	const struct pci_device *blocker =
		group_find_blocker(outcome->devices, outcome->plan, group);
	char name[NAME_SIZE];

	if (!blocker)
		return;
	name_device(blocker, name);
	log_line(LOG_LEVEL_WARNING,
		 "group %d cannot be given to a guest: %s is not claimed%s%s; name it "
		 "too, or "
		 "use passthru.group=claim",
		 group, name, blocker->driver[0] ? ", its driver is " : "",
		 blocker->driver);
}

/* Whether all that is missing is what will be decided later. */
static bool is_only_deferred(const struct outcome *outcome)
{
	struct plan rest = *outcome->plan;

	if (plan_count(&rest, VERDICT_DEFERRED) == 0)
		return false;
	for (size_t i = 0; i < rest.count; i++)
		if (!rest.entries[i].skipped && !plan_entry_is_taken(&rest.entries[i]) &&
		    rest.entries[i].verdict != VERDICT_DEFERRED)
			return false;
	rest.count = 0;
	return plan_is_complete(outcome->request, &rest);
}

static void announce_summary(const struct outcome *outcome)
{
	const struct plan *plan = outcome->plan;
	enum log_level level = LOG_LEVEL_INFO;
	const char *rest = "";

	if (is_only_deferred(outcome)) {
		rest = "; the rest once the root disk is known";
	} else if (!plan_is_complete(outcome->request, plan)) {
		level = LOG_LEVEL_WARNING;
		rest = "; not all that was asked for, see above; passthru.off on the "
		       "kernel command line leaves everything as it is";
	}
	log_line(level,
		 "%u of %u devices claimed in %llu ms (%llu ms of it in the kernel)%s",
		 (unsigned)plan_count(plan, VERDICT_CLAIMED), (unsigned)plan->count,
		 (unsigned long long)outcome->total_us / 1000,
		 (unsigned long long)outcome->kernel_us / 1000, rest);
}

static void announce_request(const struct request *request, const struct plan *plan)
{
	for (size_t i = 0; i < request->problem_count; i++)
		announce_problem(&request->problems[i]);
	for (size_t i = 0; i < request->wanted.count; i++)
		announce_unmatched(&request->wanted.items[i], &plan->matches[i]);
	if (request->force)
		log_line(LOG_LEVEL_WARNING,
			 "passthru.force: the guards are lifted; the root disk and the "
			 "boot display are taken if they are named");
}

void announce(int root_fd, const struct outcome *outcome)
{
	const struct plan *plan = outcome->plan;

	/* The late pass has nothing new to say about the command line. */
	if (outcome->phase != PHASE_LATE)
		announce_request(outcome->request, plan);
	for (size_t i = 0; i < plan->count; i++)
		announce_entry(root_fd, outcome, &plan->entries[i]);
	for (int group = NO_GROUP; (group = group_next(plan, group)) != NO_GROUP;)
		announce_group(outcome, group);
	announce_summary(outcome);
}
