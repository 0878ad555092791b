/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "cmdline/cmdline.h"
#include "guard/guard.h"

/* Whether the items leave no doubt that they mean this device. */
static bool is_meant(const struct params *params, const struct plan *plan,
		     const struct pci_device *device)
{
	for (size_t i = 0; i < params->wanted.count; i++) {
		const struct selector *selector = &params->wanted.items[i];

		if (selector_matches(selector, device) &&
		    (selector->has_address || selector->is_forced ||
		     (plan->matches[i].matched == 1 && !plan->is_partial)))
			return true;
	}
	return false;
}

static void keep_console(const struct params *params, const char *target,
			 struct span parameter, struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (entry->verdict != VERDICT_PENDING ||
		    !address_is_in_path(&entry->device->address, target) ||
		    is_meant(params, plan, entry->device))
			continue;
		entry->verdict = VERDICT_KEPT;
		entry->reason = REASON_CONSOLE;
		snprintf(entry->backs, sizeof(entry->backs), "console=%.*s",
			 (int)parameter.length, parameter.at);
	}
}

/* console=ttyS4,115200n8: Documentation/admin-guide/serial-console.rst. */
void guard_console(int root_fd, const struct params *params, struct plan *plan)
{
	struct text_cursor rest = { params->text, params->text + strlen(params->text) };
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter)) {
		struct span name = parameter.value;
		char path[64], target[PATH_MAX];

		if (!span_equals(parameter.name, "console") || !name.length)
			continue;
		name = span_until(name, ',');
		if (!memchr(name.at, '/', name.length) &&
		    path_format(path, sizeof(path), "sys/class/tty/%.*s",
				(int)name.length, name.at) == 0 &&
		    sysfs_read_target(root_fd, path, target, sizeof(target)) == 0)
			keep_console(params, target, parameter.value, plan);
	}
}
