/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_VIEW_H
#define PASSTHRU_VIEW_H

#include "cmdline/cmdline.h"
#include "machine/machine.h"
#include "report/report.h"
#include "ui/ui.h"

/* What a run did, or would do at the next boot, seen with the machine as it is now. */
struct view {
	const struct host *host;
	const struct machine *machine;
	const struct run_result *result;
	const struct params *params;	 /* that it was made with, or NULL */
	const struct selectors *skipped; /* what passthru.skip names, or NULL */
	bool is_live; /* it is passthru claim's: no initramfs, no kernel log */
};

/* One device of it. */
struct view_device {
	const struct plan_entry *entry;
	const struct device *device; /* NULL if it is not there any more */
	char address[ADDRESS_SIZE];
	char id[sizeof("ffff:ffff")];
	bool is_ok;		     /* it is, or will be, as requested */
	bool is_gone;		     /* it has been removed, which is no failure */
	bool by_address;	     /* an item of the parameters has its address */
	char text[PHRASE_SIZE + 64]; /* what happened to it and what to do next */
};

/* "claimed", "planned", and so on, see passthru-report(5); or "gone". */
const char *view_verdict(const struct view *view, const struct view_device *device);

/*
 * Calls back for each device, unless each is NULL. Returns whether all are ok, physical
 * functions that give virtual ones away included.
 */
bool view_devices(const struct view *view,
		  void (*each)(void *data, const struct view_device *device), void *data);

/* A physical function whose virtual functions are given away. */
struct view_pf {
	const struct pf *pf;
	const struct device *device; /* NULL if it is gone */
	char address[ADDRESS_SIZE];
	struct vf_summary vfs; /* those that are there now */
	bool is_ok;	       /* they are, or will be, as requested */
	char text[PHRASE_SIZE + 64];
};

/* "made", "planned" and so on: see passthru-report(5). */
const char *view_pf_verdict(const struct view *view, const struct view_pf *pf);

/* Calls back for each, unless each is NULL. Returns whether all are ok. */
bool view_pfs(const struct view *view, void (*each)(void *data, const struct view_pf *pf),
	      void *data);

/* Calls back for each problem with the request. Returns whether there is none. */
bool view_problems(const struct view *view,
		   void (*each)(void *data, const struct problem *problem), void *data);

/* Calls back for each setting of the device, with a sentence about it. */
void view_settings(const struct view *view, const struct view_device *device,
		   void (*each)(void *data, const struct setting_result *setting,
				const char *text),
		   void *data);

/*
 * Calls back, unless each is NULL, for each group with a claimed device: whether it can
 * be given to a guest together with the rest of its cards, and if not why. The reason is
 * better if machine_read_needs() has run. Returns whether all can.
 */
bool view_groups(const struct view *view,
		 void (*each)(void *data, int group, bool usable, const char *text),
		 void *data);

/* As many devices in a row that differ in their addresses only are printed as one. */
#define VIEW_FOLD_MIN 4

/* Print all of that, or add it to the object. Return whether everything is ok. */
bool view_print(const struct view *view);
bool view_add(const struct view *view, struct json_object *object);

/* Prints a line with the numbers of devices and groups, after that text. */
void view_print_summary(const struct view *view, enum style style, const char *before);

/* -- run stage ----------------------------------------------------------------------- */

enum run_mode {
	RUN_NOW,		/* claims the devices */
	RUN_PREVIEW,		/* what the next boot would do; changes nothing */
	RUN_PREVIEW_WITH_IOMMU, /* if the IOMMU, which is off now, is on then */
};

/*
 * Runs the early stage of passthru-early on a machine that is up: the use of its disks is
 * known. Returns 0 or a negative errno. Release *ret with run_result_free() in either
 * case; it points into the text of the parameters.
 */
int run_stage(const struct host *host, struct params *params, enum run_mode mode,
	      struct run_result *ret);

#endif
