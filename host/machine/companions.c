/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/utsname.h>

#include "base/base.h"
#include "lib/lib.h"
#include "machine/machine.h"

/* "kernel/drivers/gpu/drm/xe/xe.ko.xz" is of xe; a colon may follow. */
static struct span module_of(struct span path)
{
	struct span name = path;

	for (size_t i = 0; i < path.length; i++)
		if (path.at[i] == '/')
			name = (struct span){ path.at + i + 1, path.length - i - 1 };
	for (size_t i = 0; i < name.length; i++)
		if (name.at[i] == '.')
			name.length = i;
	return name;
}

/* Whether it is a driver of PCI devices. */
static bool is_driver(const char *aliases, const char *module)
{
	struct text_cursor line;

	while (text_next_line(&aliases, &line)) {
		if (!text_skip_word(&line, "alias pci:"))
			continue;
		(void)text_next_word(&line);
		if (span_equals_name(text_next_word(&line), module))
			return true;
	}
	return false;
}

static void add(struct companions *companions, struct span name, const char *aliases)
{
	char *module;

	if (companions->count == COMPANIONS_MAX || name.length >= DRIVER_NAME_SIZE)
		return;
	module = companions->modules[companions->count];
	for (size_t i = 0; i < name.length; i++)
		module[i] = name.at[i] == '-' ? '_' : name.at[i];
	module[name.length] = '\0';
	/* The modules of VFIO are usual drivers of nothing. */
	if (!pci_driver_is_vfio(module) && is_driver(aliases, module))
		companions->count++;
}

void companions_find(const struct host *host, const char *driver, struct companions *ret)
{
	_cleanup_free_ char *dependencies = NULL, *aliases = NULL;
	struct text_cursor line;
	struct utsname kernel;
	const char *rest;

	*ret = (struct companions){ .driver = driver };
	if (uname(&kernel) < 0 ||
	    beneath_readf(host->root_fd, &dependencies, "lib/modules/%s/modules.dep",
			  kernel.release) < 0 ||
	    beneath_readf(host->root_fd, &aliases, "lib/modules/%s/modules.alias",
			  kernel.release) < 0)
		return;
	rest = dependencies;
	while (text_next_line(&rest, &line)) {
		struct span word = text_next_word(&line);

		if (!span_equals_name(module_of(word), driver))
			continue;
		while ((word = text_next_word(&line)).length)
			add(ret, module_of(word), aliases);
	}
}
