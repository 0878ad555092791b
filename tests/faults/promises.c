/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "promises.h"

#define VFIO "vfio-pci"

static bool is_claimed(const struct device *device)
{
	return strcmp(device->driver, VFIO) == 0;
}

static bool is_same_slot(const struct device *a, const struct device *b)
{
	size_t length = strcspn(a->address, ".");

	return strncmp(a->address, b->address, length + 1) == 0;
}

/* The value of " KEY=" in the device's record of the report; false if there is none. */
static bool find_record(const struct kernel *kernel, const char *address, const char *key,
			char *value)
{
	char path[512], line[1024], start[NAME_SIZE + 16], name[32];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/run/passthru/report", kernel->root);
	snprintf(start, sizeof(start), "device=%s ", address);
	snprintf(name, sizeof(name), " %s=", key);
	file = fopen(path, "re");
	while (file && !found && fgets(line, sizeof(line), file)) {
		const char *at = strstr(line, name);

		found = strncmp(line, start, strlen(start)) == 0 && at &&
			sscanf(at + strlen(name), "%63[^ \n]", value) == 1;
	}
	if (file)
		fclose(file);
	return found;
}

static bool is_in_report(const struct kernel *kernel, const struct device *device)
{
	char verdict[NAME_SIZE];

	return find_record(kernel, device->address, "verdict", verdict);
}

static bool is_untouched(const struct device *device, const struct device *had)
{
	return strcmp(device->driver, had->driver) == 0 && !device->override[0];
}

static const char *check_report(const struct kernel *kernel, const struct device *device,
				const struct device *had, enum reach reach, char *buffer,
				size_t size)
{
	const char *driver = device->driver[0] ? device->driver : "none";
	char verdict[NAME_SIZE], said[NAME_SIZE];
	bool claimed;

	if (!find_record(kernel, device->address, "verdict", verdict) ||
	    !find_record(kernel, device->address, "driver", said)) {
		snprintf(buffer, size, "the report lacks %s", device->address);
		/* What cannot be read is as if it were not there. */
		return reach == REACH_REPORT ||
				       (reach == REACH_PLAN && is_untouched(device, had))
			       ? NULL
			       : buffer;
	}
	claimed = strcmp(verdict, "claimed") == 0;
	if (claimed == is_claimed(device) &&
	    (strcmp(said, driver) == 0 ||
	     (reach == REACH_PLAN && !claimed && strcmp(said, "none") == 0)))
		return NULL;
	snprintf(buffer, size, "the report says verdict=%s driver=%s of %s, which has %s",
		 verdict, said, device->address, driver);
	return buffer;
}

/* A rollback that the kernel refused, and the report says so. */
static bool is_admitted(const struct kernel *kernel, const struct device *device)
{
	char undone[NAME_SIZE];

	return find_record(kernel, device->address, "undone", undone) &&
	       strcmp(undone, "no") == 0;
}

static const char *check_device(const struct kernel *kernel, const struct device *device,
				const struct device *had, char *buffer, size_t size)
{
	if (had->driver[0] && !device->driver[0])
		snprintf(buffer, size, "%s had %s and has no driver", device->address,
			 had->driver);
	else if (!is_claimed(device) && device->override[0])
		snprintf(buffer, size, "the override of %s is left", device->address);
	else if (is_claimed(device) && !device->override[0] &&
		 !is_admitted(kernel, device))
		snprintf(buffer, size, "%s is claimed without an override",
			 device->address);
	else
		return NULL;
	return buffer;
}

static const char *check_slots(const struct kernel *kernel, enum reach reach,
			       char *buffer, size_t size)
{
	for (unsigned i = 1; i < kernel->count; i++) {
		const struct device *a = &kernel->devices[i - 1],
				    *b = &kernel->devices[i];

		if (!is_same_slot(a, b) || is_claimed(a) == is_claimed(b) ||
		    is_admitted(kernel, a) || is_admitted(kernel, b) ||
		    (reach == REACH_PLAN &&
		     (!is_in_report(kernel, a) || !is_in_report(kernel, b))))
			continue;
		snprintf(buffer, size,
			 "half of the slot is claimed: %s has %s, %s has %s", a->address,
			 a->driver, b->address, b->driver);
		return buffer;
	}
	return NULL;
}

static bool are_all_claimed(const struct kernel *kernel)
{
	for (unsigned i = 0; i < kernel->count; i++)
		if (!is_claimed(&kernel->devices[i]))
			return false;
	return true;
}

static const char *check_status(const struct kernel *kernel, int status, enum reach reach,
				char *buffer, size_t size)
{
	int expected = are_all_claimed(kernel) ? 0 : 1;

	if (WIFEXITED(status) && WEXITSTATUS(status) == expected)
		return NULL;
	/* A report that cannot be written is a failure, too. */
	if (WIFEXITED(status) && reach == REACH_REPORT && WEXITSTATUS(status) == 1)
		return NULL;
	snprintf(buffer, size, "the status is %#x, not exit %d", (unsigned)status,
		 expected);
	return buffer;
}

/*
 * It could not learn which devices there are, or open the root (status 2): it says so and
 * changes nothing.
 */
static bool has_given_up(const struct kernel *kernel, const struct kernel *had,
			 int status)
{
	char path[512];
	FILE *log;
	int first;

	for (unsigned i = 0; i < kernel->count; i++)
		if (strcmp(kernel->devices[i].driver, had->devices[i].driver) != 0 ||
		    kernel->devices[i].override[0])
			return false;
	snprintf(path, sizeof(path), "%s/dev/kmsg", kernel->root);
	log = fopen(path, "re");
	first = log ? fgetc(log) : EOF;
	if (log)
		fclose(log);
	return WIFEXITED(status) &&
	       (WEXITSTATUS(status) == 2 || (WEXITSTATUS(status) == 1 && first == '<'));
}

const char *promises_after_run(const struct kernel *kernel, const struct kernel *had,
			       int status, enum reach reach, char *buffer, size_t size)
{
	const char *broken = NULL;

	if (reach == REACH_MAIN ||
	    (reach == REACH_PLAN && has_given_up(kernel, had, status)))
		return NULL;
	for (unsigned i = 0; !broken && i < kernel->count; i++)
		broken = check_device(kernel, &kernel->devices[i], &had->devices[i],
				      buffer, size);
	for (unsigned i = 0; !broken && i < kernel->count; i++)
		broken = check_report(kernel, &kernel->devices[i], &had->devices[i],
				      reach, buffer, size);
	if (!broken)
		broken = check_slots(kernel, reach, buffer, size);
	return broken ? broken : check_status(kernel, status, reach, buffer, size);
}

/* Whether a function of its slot refuses vfio-pci, so that none can be claimed. */
static bool is_refused(const struct kernel *kernel, const struct device *device)
{
	for (unsigned i = 0; i < kernel->count; i++)
		if (kernel->devices[i].refuses &&
		    is_same_slot(&kernel->devices[i], device))
			return true;
	return false;
}

/* A claim of the first run stays, even if the second one is refused its sibling. */
static bool may_be_half(const struct kernel *kernel, const struct kernel *first)
{
	for (unsigned i = 0; i < kernel->count; i++)
		if (is_refused(kernel, &kernel->devices[i]) &&
		    is_claimed(&first->devices[i]))
			return true;
	return false;
}

const char *promises_after_second(const struct kernel *kernel, const struct kernel *first,
				  const struct kernel *had, int status, char *buffer,
				  size_t size)
{
	if (may_be_half(kernel, first))
		return NULL;
	for (unsigned i = 0; i < kernel->count; i++) {
		const struct device *device = &kernel->devices[i];

		if (is_claimed(device) == !is_refused(kernel, device))
			continue;
		snprintf(buffer, size, "after a second run %s has %s", device->address,
			 device->driver[0] ? device->driver : "no driver");
		return buffer;
	}
	return promises_after_run(kernel, had, status, REACH_CLAIM, buffer, size);
}
