/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report/phrase.h"

/* What the disk backs, or what has not been found and may be on one behind the device. */
static void describe_disk(const struct plan_entry *entry, char text[static PHRASE_SIZE])
{
	const char *disk = entry->disk, *backs = entry->backs;

	if (entry->reason == REASON_UNREADABLE && disk[0])
		snprintf(text, PHRASE_SIZE,
			 "%s could not be read and may be the root disk", disk);
	else if (entry->reason == REASON_NOT_FOUND && backs[0])
		snprintf(text, PHRASE_SIZE, "%s was not found and may be behind it",
			 backs);
	else if ((entry->reason == REASON_ROOT_NETWORK ||
		  entry->reason == REASON_CONSOLE) &&
		 backs[0])
		snprintf(text, PHRASE_SIZE, "%s (%s)", reason_phrase(entry->reason),
			 backs);
	else if (entry->reason == REASON_UNCLEAR && disk[0])
		snprintf(text, PHRASE_SIZE,
			 "the contents of %s are unclear and may belong to the system",
			 disk);
	else if (entry->reason == REASON_ROOT_DISK && backs[0])
		snprintf(text, PHRASE_SIZE, "%s backs %s", disk, backs);
	else if (entry->reason == REASON_IN_USE && strcmp(backs, "swap") == 0)
		snprintf(text, PHRASE_SIZE, "%s is in use as swap", disk);
	else if (entry->reason == REASON_IN_USE && backs[0])
		snprintf(text, PHRASE_SIZE, "%s is mounted on %s", disk, backs);
}

static void describe_driver(const struct plan_entry *entry, char text[static PHRASE_SIZE])
{
	const char *driver = entry->driver[0] ? entry->driver : "the driver";

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
	case REASON_DRYRUN:
		if (entry->driver[0])
			snprintf(text, PHRASE_SIZE, "%s; %s would claim it", phrase,
				 entry->driver);
		break;
	case REASON_CONSOLE:
	case REASON_ROOT_DISK:
	case REASON_IN_USE:
	case REASON_ROOT_NETWORK:
	case REASON_UNREADABLE:
	case REASON_UNCLEAR:
	case REASON_NOT_FOUND:
		describe_disk(entry, text);
		break;
	case REASON_NO_DRIVER:
		if (entry->error)
			describe_driver(entry, text);
		break;
	case REASON_OVERRIDE:
	case REASON_UNBIND:
	case REASON_PROBE:
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
	switch (entry->reason) {
	case REASON_NO_IOMMU:
		return iommu_advice;
	case REASON_NO_DRIVER: /* it is there, but does not load */
		return entry->error && entry->error != -ENOENT
			       ? NULL
			       : reason_next(entry->reason);
	case REASON_UNCLEAR:
		return entry->disk[0] ? "see wipefs(8)" : NULL;
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
