/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "guard/guard.h"
#include "report/report.h"

/* What the disk backs, or what has not been found and may be on one behind the device. */
static void describe_disk(const struct plan_entry *entry, char text[static PHRASE_SIZE])
{
	const char *disk = entry->disk, *note = entry->note;

	if (entry->reason == REASON_NOT_FOUND && disk[0])
		snprintf(
			text, PHRASE_SIZE,
			"%s was not found and may be behind it, or on %s, which could not be read",
			note, disk);
	else if (entry->reason == REASON_UNREADABLE && disk[0])
		snprintf(text, PHRASE_SIZE,
			 "%s could not be read and may be the root disk", disk);
	else if (entry->reason == REASON_NOT_FOUND && note[0])
		snprintf(text, PHRASE_SIZE, "%s was not found and may be behind it",
			 note);
	else if ((entry->reason == REASON_ROOT_NETWORK ||
		  entry->reason == REASON_CONSOLE) &&
		 note[0])
		snprintf(text, PHRASE_SIZE, "%s (%s)", reason_phrase(entry->reason),
			 note);
	else if (entry->reason == REASON_UNCLEAR && disk[0])
		snprintf(text, PHRASE_SIZE,
			 "the contents of %s are unclear and may belong to the system",
			 disk);
	else if (entry->reason == REASON_ROOT_DISK && note[0])
		snprintf(text, PHRASE_SIZE, "%s backs %s", disk[0] ? disk : "it", note);
	else if (entry->reason == REASON_IN_USE && strcmp(note, "swap") == 0)
		snprintf(text, PHRASE_SIZE, "%s is in use as swap", disk);
	else if (entry->reason == REASON_IN_USE && disk[0] && note[0])
		snprintf(text, PHRASE_SIZE, "%s is mounted on %s", disk, note);
	else if (entry->reason == REASON_IN_USE && note[0])
		snprintf(text, PHRASE_SIZE, "it is in use for %s", note);
}

static void describe_driver(const struct plan_entry *entry, char text[static PHRASE_SIZE])
{
	const char *driver = entry->wanted[0] ? entry->wanted : "the driver";

	if (entry->error == -ENOENT)
		snprintf(text, PHRASE_SIZE, "%s was not found", driver);
	else
		snprintf(text, PHRASE_SIZE, "%s could not be loaded: %s", driver,
			 strerror(-entry->error));
}

void phrase_reason(const struct plan_entry *entry, char text[static PHRASE_SIZE])
{
	const char *phrase = reason_phrase(entry->reason);

	snprintf(text, PHRASE_SIZE, "%s", phrase);
	switch (entry->reason) {
	case REASON_CONSOLE:
	case REASON_ROOT_DISK:
	case REASON_IN_USE:
	case REASON_ROOT_NETWORK:
	case REASON_UNREADABLE:
	case REASON_UNCLEAR:
	case REASON_NOT_FOUND:
		describe_disk(entry, text);
		break;
	case REASON_VFS_IN_USE:
		snprintf(text, PHRASE_SIZE, "%s is in use, so its virtual functions stay",
			 entry->note);
		break;
	case REASON_NO_DRIVER:
		if (entry->error)
			describe_driver(entry, text);
		break;
	case REASON_OVERRIDE:
	case REASON_UNBIND:
	case REASON_PROBE:
	case REASON_NOT_MADE:
		if (entry->error)
			snprintf(text, PHRASE_SIZE, "%s: %s", phrase,
				 strerror(-entry->error));
		break;
	case REASON_TIMEOUT:
		snprintf(text, PHRASE_SIZE, "%s did not return in time",
			 step_phrase(entry->step));
		break;
	case REASON_INTERNAL:
		snprintf(text, PHRASE_SIZE, "%s during %s", phrase,
			 step_phrase(entry->step));
		break;
	default: /* the table says it all */
		break;
	}
}

static const char *find_next(const struct plan_entry *entry, const char *iommu_advice)
{
	if (strstr(entry->note, DEVSPEC_OF_IMAGE))
		return "rebuild the initramfs if its copy of that table is outdated";
	switch (entry->reason) {
	case REASON_NO_IOMMU:
		return iommu_advice;
	case REASON_NO_DRIVER: /* it is there, but does not load */
		return entry->error && entry->error != -ENOENT
			       ? NULL
			       : reason_next(entry->reason);
	case REASON_PROBE:
		return entry->error == -EINVAL && pci_is_denylisted(&entry->device->id)
			       ? "vfio-pci has it in its denylist: boot with vfio-pci.disable_denylist=1"
			       : NULL;
	case REASON_UNCLEAR:
		return entry->disk[0] ? "see wipefs(8)" : NULL;
	case REASON_NOT_FOUND: /* it may be on the disk that could not be read */
		return entry->disk[0] ? NULL : reason_next(entry->reason);
	default:
		return reason_next(entry->reason);
	}
}

void phrase_describe(const struct plan_entry *entry, const char *iommu_advice,
		     char text[static PHRASE_SIZE])
{
	const char *next = find_next(entry, iommu_advice);
	size_t length;

	phrase_reason(entry, text);
	length = strlen(text);
	snprintf(text + length, PHRASE_SIZE - length, "%s%s%s", next ? "; " : "",
		 next ? next : "",
		 reason_is_guard(entry->reason)
			 ? "; \"!\" after its ID or address overrides this"
			 : "");
}

void phrase_describe_pf(const struct pf *pf, char text[static PHRASE_SIZE])
{
	struct pci_device device = { .address = pf->address, .id = pf->id };
	struct plan_entry entry = { .device = &device,
				    .verdict = pf->verdict,
				    .reason = pf->reason,
				    .step = STEP_VFS,
				    .error = pf->error };

	strcpy(entry.note, pf->note);
	phrase_describe(&entry, NULL, text);
}

void phrase_trial(const struct trial *trial, char text[static PHRASE_SIZE])
{
	char limit[sizeof(
		"; without that this machine restarts 4294967295 minutes after its start")] =
		"";

	switch (trial->verdict) {
	case TRIAL_NONE:
		text[0] = '\0';
		break;
	case TRIAL_TRIED:
		if (trial->minutes)
			snprintf(
				limit, sizeof(limit),
				"; without that this machine restarts %u minute%s after its start",
				trial->minutes, trial->minutes == 1 ? "" : "s");
		snprintf(
			text, PHRASE_SIZE,
			"the new configuration counts for this boot only; passthru confirm keeps it%s",
			limit);
		break;
	case TRIAL_CONFIRMED:
		snprintf(text, PHRASE_SIZE,
			 "the new configuration counts: it was confirmed");
		break;
	case TRIAL_PLANNED:
		snprintf(text, PHRASE_SIZE, "a dry run does not use it up");
		break;
	case TRIAL_IGNORED:
		snprintf(text, PHRASE_SIZE, "%s%s%s, so %s; %s",
			 trial_reason_phrase(trial->reason), trial->error ? ": " : "",
			 trial->error ? strerror(-trial->error) : "",
			 trial->has_before ? "the configuration from before counts"
					   : "none counts, as before",
			 trial_reason_next(trial->reason));
		break;
	}
}

/* A span as the arguments of "%.*s"; a long one must not fill the line. */
#define SPAN(span) (int)((span).length < 64 ? (span).length : 64), (span).at

void phrase_problem(const struct problem *problem, char text[static PHRASE_SIZE])
{
	char address[ADDRESS_SIZE];

	switch (problem->kind) {
	case PROBLEM_ITEM:
		if (problem->meant)
			snprintf(text, PHRASE_SIZE,
				 "%.*s, item %u: \"%.*s\" is %s: %s=%.*s",
				 SPAN(problem->parameter), problem->item,
				 SPAN(problem->text), problem->why, problem->meant,
				 SPAN(problem->text));
		else
			snprintf(text, PHRASE_SIZE,
				 "%.*s, item %u: \"%.*s\" is invalid at character %u: %s",
				 SPAN(problem->parameter), problem->item,
				 SPAN(problem->text), problem->column, problem->why);
		break;
	case PROBLEM_STRAY:
		snprintf(text, PHRASE_SIZE, "%.*s: \"%.*s\" is ignored: %s",
			 SPAN(problem->parameter), SPAN(problem->text), problem->why);
		break;
	case PROBLEM_VALUE:
		snprintf(text, PHRASE_SIZE, "%.*s: \"%.*s\" is invalid: %s",
			 SPAN(problem->parameter), SPAN(problem->text), problem->why);
		break;
	case PROBLEM_UNKNOWN:
		if (problem->why[0])
			snprintf(text, PHRASE_SIZE,
				 "unknown parameter %.*s; did you mean %s?",
				 SPAN(problem->parameter), problem->why);
		else
			snprintf(text, PHRASE_SIZE,
				 "unknown parameter %.*s; passthru-cmdline(7) lists them",
				 SPAN(problem->parameter));
		break;
	case PROBLEM_NO_EFFECT:
		snprintf(text, PHRASE_SIZE, "%.*s, item %u: \"%.*s\": %s",
			 SPAN(problem->parameter), problem->item, SPAN(problem->text),
			 problem->why);
		break;
	case PROBLEM_UNMATCHED:
		snprintf(text, PHRASE_SIZE,
			 "%.*s%s%.*s: this machine has no such device; see lspci -nn",
			 SPAN(problem->parameter), problem->parameter.length ? ": " : "",
			 SPAN(problem->text));
		break;
	case PROBLEM_ELSEWHERE:
		address_format(&problem->found_at, address);
		snprintf(
			text, PHRASE_SIZE,
			"%.*s: found %s %04x:%04x at that address instead, which is left alone; see lspci -nn for the new address",
			SPAN(problem->text), address, (unsigned)problem->found.vendor,
			(unsigned)problem->found.device);
		break;
	}
}

void phrase_blocker(const struct blocker *blocker, char text[static PHRASE_SIZE])
{
	const struct pci_device *device = blocker->device;
	const struct plan_entry *entry = blocker->entry;
	const char *driver = blocker->driver[0] ? blocker->driver : "no driver yet";
	char address[ADDRESS_SIZE], virtual[ADDRESS_SIZE];

	address_format(&device->address, address);
	if (blocker->virtual) {
		address_format(&blocker->virtual->address, virtual);
		snprintf(
			text, PHRASE_SIZE,
			"%s: its physical function, %s (%s), is in the group; the board does not separate them (ACS)",
			virtual, address, driver);
	} else if (entry && plan_entry_is_taken(entry))
		snprintf(text, PHRASE_SIZE, "%s has %s, which is no driver of VFIO",
			 address, driver);
	else if (entry)
		snprintf(text, PHRASE_SIZE, "%s (%s) is in it but not claimed", address,
			 driver);
	else
		snprintf(
			text, PHRASE_SIZE,
			"%s (%s) is in it and stays with the host; name it too (%04x:%04x), or use passthru.group=claim",
			address, driver, (unsigned)device->id.vendor & 0xffff,
			(unsigned)device->id.device & 0xffff);
}
