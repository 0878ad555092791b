/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical functions: what became, or will become, of their virtual ones. */
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"
#include "view/view.h"

#define RANGE_SIZE (2 * ADDRESS_SIZE + 64)

/* Where virtual functions will be: "0000:00:02.1 to 0000:00:02.7 [8086:a7a0]". */
static void foretell(const struct pf *pf, unsigned count, char text[static RANGE_SIZE])
{
	struct pci_address first, last;
	char from[ADDRESS_SIZE], to[ADDRESS_SIZE];

	if (!pf_foretell(pf, 0, &first) || !pf_foretell(pf, count - 1, &last)) {
		snprintf(text, RANGE_SIZE,
			 "[%04x:%04x], at addresses that are not known before",
			 (unsigned)pf->id.vendor, pf->vf_device);
		return;
	}
	address_format(&first, from);
	address_format(&last, to);
	snprintf(text, RANGE_SIZE, "%s%s%s [%04x:%04x]", from, count > 1 ? " to " : "",
		 count > 1 ? to : "", (unsigned)pf->id.vendor, pf->vf_device);
}

static bool is_refused(const struct pf *pf)
{
	return pf->verdict == VERDICT_REFUSED || pf->verdict == VERDICT_FAILED ||
	       pf->verdict == VERDICT_KEPT;
}

static void describe_refused(const struct view *view, struct view_pf *ret)
{
	char phrase[PHRASE_SIZE];

	phrase_describe_pf(ret->pf, phrase);
	ret->is_ok = false;
	snprintf(ret->text, sizeof(ret->text), "%s%s: %s",
		 view->result->is_dry ? "will be " : "",
		 verdict_word(ret->pf->verdict, false), phrase);
}

/* The next boot begins without any. */
static void describe_planned(struct view_pf *ret)
{
	const struct pf *pf = ret->pf;
	unsigned count = pf->wanted ? pf->wanted : pf->total;
	char range[RANGE_SIZE];

	foretell(pf, count, range);
	if (!pf->is_named)
		snprintf(
			ret->text, sizeof(ret->text),
			"the virtual functions that are named will be claimed when something makes them; up to %u, %s",
			count, range);
	else if (pf->wanted)
		snprintf(ret->text, sizeof(ret->text),
			 "%u virtual function%s will be made and claimed: %s", count,
			 count == 1 ? "" : "s", range);
	else
		snprintf(
			ret->text, sizeof(ret->text),
			"its virtual functions will be claimed when something makes them; up to %u, %s",
			count, range);
}

/* Whether each of its virtual functions that passthru.skip does not name is claimed. */
static bool are_claimed(const struct view *view, const struct device *physical)
{
	const struct selectors *skipped = view->skipped;

	for (size_t i = 0; i < view->machine->count; i++) {
		const struct device *device = &view->machine->devices[i];
		bool is_skipped = false;

		if (!physical || device->physical != physical || device->is_claimed)
			continue;
		for (size_t j = 0; skipped && j < skipped->count; j++)
			is_skipped |= selector_matches(&skipped->items[j], device->pci);
		if (!is_skipped)
			return false;
	}
	return true;
}

/* What is there now counts, whoever has changed it since. */
static void describe_now(const struct view *view, struct view_pf *ret)
{
	const struct pf *pf = ret->pf;
	size_t count = ret->vfs.count;

	if (pf->wanted)
		ret->is_ok = count == pf->wanted && are_claimed(view, ret->device);
	if (!ret->device)
		snprintf(ret->text, sizeof(ret->text), "is gone");
	else if (!count)
		snprintf(
			ret->text, sizeof(ret->text),
			pf->verdict == VERDICT_CLAIMED
				? "its virtual functions are gone; something has written 0 to its sriov_numvfs"
			: pf->wanted
				? "has no virtual functions yet"
				: "has no virtual functions yet; passthru leaves their number to others");
	else if (!pf->wanted || count == pf->wanted)
		snprintf(ret->text, sizeof(ret->text),
			 "%zu virtual function%s, %zu claimed", count,
			 count == 1 ? "" : "s", ret->vfs.claimed);
	else
		snprintf(ret->text, sizeof(ret->text),
			 "%zu virtual function%s in place of %u, %zu claimed", count,
			 count == 1 ? "" : "s", pf->wanted, ret->vfs.claimed);
}

static void describe(const struct view *view, const struct pf *pf, struct view_pf *ret)
{
	*ret = (struct view_pf){ .pf = pf, .is_ok = true };
	address_format(&pf->address, ret->address);
	ret->device = machine_find(view->machine, &pf->address);
	if (ret->device)
		vfs_sum(view->machine, ret->device, &ret->vfs);
	if (is_refused(pf))
		describe_refused(view, ret);
	else if (view->result->is_dry)
		describe_planned(ret);
	else
		describe_now(view, ret);
}

const char *view_pf_verdict(const struct view *view, const struct view_pf *pf)
{
	if (view->result->is_dry && !is_refused(pf->pf))
		return verdict_word(VERDICT_CLAIMED, true);
	return pf->pf->verdict == VERDICT_CLAIMED ? "made"
						  : verdict_word(pf->pf->verdict, false);
}

bool view_pfs(const struct view *view, void (*each)(void *data, const struct view_pf *pf),
	      void *data)
{
	const struct pfs *pfs = &view->result->pfs;
	bool ok = true;

	for (size_t i = 0; i < pfs->count; i++) {
		struct view_pf pf;

		describe(view, &pfs->items[i], &pf);
		ok = ok && pf.is_ok;
		if (each)
			each(data, &pf);
	}
	return ok;
}
