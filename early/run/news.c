/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the reports of earlier stages and events have, and what is news. */
#include <string.h>

#include "base/base.h"
#include "run/internal.h"

const struct plan_entry *run_find_earlier(const struct run_result *earlier,
					  const struct plan_entry *entry)
{
	const struct pci_device *device = entry->device;
	const struct plan_entry *before =
		earlier ? run_result_find(earlier, &device->address) : NULL;

	return before && pci_is_same_model(&before->device->id, &device->id) ? before
									     : NULL;
}

bool run_was_claimed(const struct run_result *earlier, const struct plan_entry *entry)
{
	const struct plan_entry *before = run_find_earlier(earlier, entry);

	return before && before->verdict == VERDICT_CLAIMED;
}

/* What is known already of the card of an event. */
struct known {
	const struct run *run;
	const struct run_result *report;
};

/*
 * What another event has reported is no news, except of the device of this one; nor if
 * the other has claimed that as well, or has just ended. What this one has claimed is:
 * the report may be of the same card before it was pulled.
 */
static bool is_news(const void *data, const struct plan_entry *entry)
{
	const struct known *known = data;
	const struct plan_entry *before = run_find_earlier(known->report, entry);

	if (!before || before->verdict != entry->verdict)
		return true;
	if (entry->verdict == VERDICT_DEFERRED || known->run->has_waited ||
	    entry->reason == REASON_GIVES_VFS)
		return false;
	return entry->verdict == VERDICT_CLAIMED
		       ? !text_equals_name(entry->was, entry->wanted)
		       : address_compare(&entry->device->address,
					 &known->run->request->device) == 0;
}

/* Whether the report does not say that already. */
static bool is_pf_news(const struct pfs *known, const struct pf *pf)
{
	const struct pf *before = pfs_find_at(known, &pf->address);

	return !before || before->verdict != pf->verdict ||
	       before->reason != pf->reason || before->made != pf->made ||
	       before->autoprobe != pf->autoprobe;
}

static void drop_known_pfs(const struct run *run)
{
	struct pfs *pfs = &run->result->pfs;
	size_t kept = 0;

	for (size_t i = 0; i < pfs->count; i++) {
		struct pf *pf = &pfs->items[i];

		pf->is_news = !run->request->earlier ||
			      is_pf_news(&run->request->earlier->pfs, pf);
		if (run_has_pf(run, pf) && pf->is_news)
			pfs->items[kept++] = *pf;
	}
	pfs->count = kept;
}

static void drop_known_devices(const struct run *run)
{
	const struct run_request *request = run->request;
	struct known known = { run, request->earlier };
	struct run_result again = { 0 };

	if (run->stage != STAGE_DEVICE)
		return;
	if (run->has_waited && request->report &&
	    report_read_outcome(request->report_fd, request->report, &again) == 0)
		known.report = &again;
	plan_limit(&run->result->plan, is_news, &known);
	run_result_free(&again);
}

void run_drop_known(const struct run *run)
{
	drop_known_devices(run);
	drop_known_pfs(run);
}
