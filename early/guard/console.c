/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "cmdline/cmdline.h"
#include "guard/guard.h"

/* In a plan from some devices only, others may have the same ID. */
static bool is_meant(const struct plan *plan, const struct plan_entry *entry)
{
	return entry->is_named || (entry->is_meant && !plan->is_partial);
}

static void keep_console(const char *target, struct span parameter, struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (entry->verdict != VERDICT_PENDING ||
		    !address_is_in_path(&entry->device->address, target) ||
		    is_meant(plan, entry))
			continue;
		entry->verdict = VERDICT_KEPT;
		entry->reason = REASON_CONSOLE;
		snprintf(entry->backs, sizeof(entry->backs), "console=%.*s",
			 (int)parameter.length, parameter.at);
	}
}

/* console=ttyS4,115200n8: Documentation/admin-guide/serial-console.rst. */
void guard_console(int root_fd, const struct cmdline *cmdline, struct plan *plan)
{
	for (size_t i = 0; i < cmdline->count; i++) {
		const struct parameter *parameter = &cmdline->words[i];
		struct span name = parameter->value;
		char path[64], target[PATH_MAX];

		if (!span_equals(parameter->name, "console") || !name.length)
			continue;
		name = span_until(name, ',');
		if (!memchr(name.at, '/', name.length) &&
		    path_format(path, sizeof(path), "sys/class/tty/%.*s",
				(int)name.length, name.at) == 0 &&
		    sysfs_read_target(root_fd, path, target, sizeof(target)) == 0)
			keep_console(target, parameter->value, plan);
	}
}
