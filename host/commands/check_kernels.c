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

static bool has_one_of(const char *config, const char *const *options)
{
	for (; *options; options++)
		if (kernel_config_has(config, *options))
			return true;
	return false;
}

/* The first is what is missing if none is there. ppc64 has its own interface. */
static const char *const vfio_pci[] = { "CONFIG_VFIO_PCI", NULL };
static const char *const vfio_iommu[] = { "CONFIG_VFIO_IOMMU_TYPE1",
					  "CONFIG_VFIO_IOMMU_SPAPR_TCE", NULL };
static const char *const iommu_drivers[] = {
	"CONFIG_INTEL_IOMMU",  "CONFIG_AMD_IOMMU",
	"CONFIG_ARM_SMMU_V3",  "CONFIG_ARM_SMMU",
	"CONFIG_RISCV_IOMMU",  "CONFIG_SPAPR_TCE_IOMMU",
	"CONFIG_VIRTIO_IOMMU", NULL
};

static void check_config(struct findings *findings, const char *kernel)
{
	_cleanup_free_ char *config = kernel_config_read(findings->host->root_fd, kernel);
	static const char *const *const needed[] = { vfio_pci, vfio_iommu };
	bool good = true;

	if (!config) {
		add(findings, FINDING_NOTE, kernel,
		    "cannot check its configuration: /boot/config-%s does not exist",
		    kernel);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (has_one_of(config, needed[i]))
			continue;
		good = false;
		add(findings, FINDING_TODO, kernel,
		    "built without %s; install a kernel that has it", needed[i][0]);
	}
	if (!has_one_of(config, iommu_drivers)) {
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
