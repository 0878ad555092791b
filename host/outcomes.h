/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_OUTCOMES_H
#define PASSTHRU_OUTCOMES_H

#include "json.h"
#include "machine.h"
#include "record.h"

/* What a report says, of a boot or of a dry run, with the machine as it is now. */
struct outcomes {
	const struct host *host;
	const struct machine *machine;
	const char *report;
	/*
	 * It is a plan: a dry run's report, for a boot that is yet to come, and not what
	 * has been done.
	 */
	bool is_plan;
	/* In a plan: the IOMMU is off now, and will be on. */
	bool iommu_comes;
};

/* One device of it. The texts are those of the report. */
struct outcome_device {
	char address[ADDRESS_SIZE];
	char id[16];
	char verdict[16];
	char reason[24];
	char driver[DRIVER_NAME_SIZE]; /* that had it when the report was written */
	char was[DRIVER_NAME_SIZE];
	const struct device *device; /* NULL: it is not there now */
	bool is_planned;	     /* it is to be claimed */
	bool is_good;		     /* it is, or will be, as was asked for */
	char text[320];		     /* what became of it and what to do next */
};

/*
 * Calls back for each device of the report. Returns whether all that was asked for is so.
 */
bool outcomes_devices(const struct outcomes *outcomes,
		      void (*each)(void *data, const struct outcome_device *device),
		      void *data);

/* The same for everything on the command line that is not in order, as a sentence. */
bool outcomes_problems(const struct outcomes *outcomes,
		       void (*each)(void *data, const char *text), void *data);

/* The same for the groups: whether they can be given to a guest, and why not. */
bool outcomes_groups(const struct outcomes *outcomes,
		     void (*each)(void *data, int group, bool usable, const char *text),
		     void *data);

/* Prints all three, or adds them to the object. Return whether all is good. */
bool outcomes_print(const struct outcomes *outcomes);
bool outcomes_add(const struct outcomes *outcomes, struct json_object *object);

#endif
