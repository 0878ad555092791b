/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The installed kernels. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "commands/internal.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"

static void add(struct findings *findings, enum finding_state state, const char *kernel,
		const char *format, ...) _printf_(4, 5);

static void add(struct findings *findings, enum finding_state state, const char *kernel,
		const char *format, ...)
{
	char about[128], text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	snprintf(about, sizeof(about), "kernel %s", kernel);
	findings_add(findings, state, about, "%s", text);
}

static void check_config(struct findings *findings, const char *kernel)
{
	_cleanup_free_ char *config = kernel_config_read(findings->host->root_fd, kernel);
	static const char *const needed[] = { "CONFIG_VFIO_PCI",
					      "CONFIG_VFIO_IOMMU_TYPE1" };
	bool good = true;

	if (!config) {
		add(findings, FINDING_NOTE, kernel,
		    "cannot check its configuration: /boot/config-%s does not exist",
		    kernel);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (kernel_config_has(config, needed[i]))
			continue;
		good = false;
		add(findings, FINDING_TODO, kernel,
		    "built without %s; install a kernel that has it", needed[i]);
	}
	if (!kernel_config_has(config, "CONFIG_INTEL_IOMMU") &&
	    !kernel_config_has(config, "CONFIG_AMD_IOMMU") &&
	    !kernel_config_has(config, "CONFIG_ARM_SMMU_V3")) {
		good = false;
		add(findings, FINDING_TODO, kernel,
		    "built without an IOMMU driver; install a kernel that has one");
	}
	if (good)
		add(findings, FINDING_OK, kernel, "has drivers for VFIO and IOMMUs");
}

static int compare_kernels(const void *a, const void *b)
{
	return version_compare(*(char *const *)a, *(char *const *)b);
}

void check_kernels(struct findings *findings)
{
	size_t count;
	_cleanup_free_ char **names = kernels_list(findings->host->root_fd, &count);

	if (count)
		qsort(names, count, sizeof(names[0]), compare_kernels);
	for (size_t i = 0; i < count; i++)
		check_config(findings, names[i]);
	if (count == 0)
		findings_add(findings, FINDING_NOTE, "kernels",
			     "found none in /lib/modules");
}
