/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the next boot changes, for passthru list. */
#include "commands/internal.h"

static bool will_claim(const struct preview *preview, const struct device *device)
{
	const struct plan_entry *entry =
		run_result_find(&preview->result, &device->pci->address);

	return !preview->absence[0] && entry && plan_entry_is_taken(entry);
}

/* Without an entry nothing requests it; what a guard says may be due to who asks. */
static bool will_release(const struct preview *preview, const struct device *device)
{
	const struct plan_entry *entry =
		run_result_find(&preview->result, &device->pci->address);

	return preview->absence[0] || !entry || entry->skipped;
}

enum next_boot list_next_boot(const struct list *list, const struct device *device)
{
	if (!list->preview)
		return NEXT_BOOT_SAME;
	if (!device->is_claimed && will_claim(list->preview, device))
		return NEXT_BOOT_CLAIMS;
	if (device->is_reported && will_release(list->preview, device))
		return NEXT_BOOT_RELEASES;
	return NEXT_BOOT_SAME;
}

static void read_preview(struct list *list, const struct plan_changes *changes)
{
	preview_free(list->preview);
	list->preview = preview_new(list->host, &list->machine, changes);
	if (list->preview && (list->preview->error < 0 || list->preview->is_dry)) {
		preview_free(list->preview);
		list->preview = NULL;
	}
}

/* An image is large: it is only read if there is something to say. */
void list_read_next_boot(struct list *list)
{
	bool any = false;

	read_preview(list, &(struct plan_changes){ .is_quick = true });
	for (size_t i = 0; i < list->machine.count; i++)
		any |= list_next_boot(list, &list->machine.devices[i]) != NEXT_BOOT_SAME;
	if (any)
		read_preview(list, &(struct plan_changes){ 0 });
}
