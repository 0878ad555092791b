/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_REPORT_VIEW_H
#define PASSTHRU_MACHINE_REPORT_VIEW_H

#include "cmdline/params.h"
#include "machine/machine.h"
#include "report/phrase.h"
#include "report/reader.h"
#include "ui/json.h"

/* A report, of a boot or of a dry run, seen with the machine as it is now. */
struct report_view {
	const struct host *host;
	const struct machine *machine;
	const char *report;
	const struct params *params; /* that the report was made with, or NULL */
	bool is_plan;		     /* the report is a dry run's: what a boot will do */
	bool is_live; /* the report is passthru claim's: no initramfs, no kernel log */
	bool iommu_pending; /* in a plan: the IOMMU is off now and will be on */
};

/* One device of it. */
struct report_view_device {
	struct report_device report;
	const struct device *device; /* NULL if it is gone */
	bool is_planned;	     /* it will be claimed */
	bool is_ok;		     /* it is, or will be, as requested */
	bool by_address;	     /* an item of the parameters has its address */
	char text[PHRASE_SIZE + 64]; /* what happened to it and what to do next */
};

/* Calls back for each device of the report. Returns whether all are ok. */
bool report_view_devices(const struct report_view *report_view,
			 void (*each)(void *data,
				      const struct report_view_device *device),
			 void *data);

/* One problem with the command line, with the report's words; see passthru-report(5). */
struct report_view_problem {
	char selector[128]; /* "" if it is about a parameter */
	char parameter[64]; /* "" if it is about a device that does not exist */
	char verdict[16];
	char text[384]; /* what is wrong and what to do next */
};

/* Calls back for each, unless each is NULL. Returns whether there is none. */
bool report_view_problems(const struct report_view *report_view,
			  void (*each)(void *data,
				       const struct report_view_problem *problem),
			  void *data);

/*
 * Calls back, unless each is NULL, for each group with a claimed device: whether it can
 * be given to a guest, and if not why. Returns whether all can.
 */
bool report_view_groups(const struct report_view *report_view,
			void (*each)(void *data, int group, bool usable,
				     const char *text),
			void *data);

/* Print all of that, or add it to the object. Return whether everything is ok. */
bool report_view_print(const struct report_view *report_view);
bool report_view_add(const struct report_view *report_view, struct json_object *object);

#endif
