/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What on the command line of the next boot is against all that is requested. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "commands/internal.h"
#include "lib/lib.h"

static bool has_table(int root_fd, const char *table)
{
	char path[64];

	snprintf(path, sizeof(path), "sys/firmware/acpi/tables/%s", table);
	return beneath_exists(root_fd, path);
}

/* Whether the parameter has that value, and no other after it. */
static bool ends_with(const char *cmdline, const char *name, const char *value)
{
	struct text_cursor rest = { .at = cmdline, .end = cmdline + strlen(cmdline) };
	struct parameter parameter;
	bool does = false;

	while (tokenizer_next(&rest, &parameter))
		if (span_equals(parameter.name, name)) {
			struct span item, items = parameter.value;

			for (does = false; !does && span_next_item(&items, &item);)
				does = span_equals(item, value);
		}
	return does;
}

/* What turns the IOMMU off in that boot, or NULL. */
static const char *find_iommu_off(int root_fd, const char *cmdline)
{
	bool has_dmar = has_table(root_fd, "DMAR"), has_ivrs = has_table(root_fd, "IVRS");

	if (has_dmar && ends_with(cmdline, "intel_iommu", "off"))
		return "intel_iommu=off";
	if (has_ivrs && cmdline_has_item(cmdline, "amd_iommu", "off"))
		return "amd_iommu=off";
	if ((has_dmar || has_ivrs) && cmdline_has_item(cmdline, "iommu", "off"))
		return "iommu=off";
	return NULL;
}

/* Also chosen ones: the kernel leaves integrated graphics out unless it is told. */
static bool has_display_without_group(const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (device->pci->group == NO_GROUP && device->is_chosen &&
		    pci_base_class(&device->pci->id) == PCI_BASE_CLASS_DISPLAY)
			return true;
	}
	return false;
}

const char *iommu_find_word(const struct host *host, const struct machine *machine,
			    const char *cmdline)
{
	if (machine->lacks_iommu ||
	    (machine->has_groups && !has_display_without_group(machine)) ||
	    !has_table(host->root_fd, "DMAR") || find_iommu_off(host->root_fd, cmdline) ||
	    ends_with(cmdline, "intel_iommu", "on"))
		return NULL;
	return "intel_iommu=on";
}

/* Whether there is an IOMMU that is off now but on with the command line. */
bool preview_is_iommu_pending(const struct preview *preview)
{
	const struct machine *machine = preview->view.machine;
	int root_fd = preview->view.host->root_fd;

	if (machine->lacks_iommu || find_iommu_off(root_fd, preview->cmdline))
		return false;
	if (has_table(root_fd, "DMAR"))
		return (!machine->has_groups || has_display_without_group(machine)) &&
		       ends_with(preview->cmdline, "intel_iommu", "on");
	return !machine->has_groups && has_table(root_fd, "IVRS");
}

/* The module that vfio-pci or a guest needs and that this boot cannot load, or NULL. */
static const char *find_blacklisted(const struct preview *preview)
{
	static const char *const needed[] = { "vfio", "vfio_pci", "vfio_pci_core",
					      "vfio_iommu_type1" };
	struct text_cursor rest = { .at = preview->cmdline,
				    .end = preview->cmdline + strlen(preview->cmdline) };
	struct parameter parameter;
	const char *found = NULL;

	/* The last list counts; a name in it has no "-". */
	while (tokenizer_next(&rest, &parameter)) {
		struct span item, items = parameter.value;

		if (!span_equals(parameter.name, "module_blacklist"))
			continue;
		for (found = NULL; !found && span_next_item(&items, &item);)
			for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
				if (span_equals(item, needed[i]))
					found = needed[i];
	}
	return found;
}

/* What on the command line is against all that is requested. */
void preview_find_conflict(struct preview *preview)
{
	const char *off = find_iommu_off(preview->view.host->root_fd, preview->cmdline);
	const char *module = find_blacklisted(preview);

	preview->has_conflict = off || module;
	if (module)
		snprintf(
			preview->absence, sizeof(preview->absence),
			"nothing can be given to a guest, because module_blacklist=%s on the kernel command line keeps the kernel from loading that module; remove it.",
			module);
	else if (off)
		snprintf(
			preview->absence, sizeof(preview->absence),
			"nothing can be given to a guest, because %s on the kernel command line turns the IOMMU off; remove it.",
			off);
}
