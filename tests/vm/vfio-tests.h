/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's tests of VFIO need: build-vfio-tests includes it before each of their
 * files. Those of 7.2 call a function that they do not have.
 */
#include <stdlib.h>

static inline void *calloc_assert(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		abort();
	return memory;
}

/* Debian's kernels have no IOMMUFD, which is their default. It is weak, for files without
 * it. */
extern const char *default_iommu_mode __attribute__((weak));

static __attribute__((constructor, unused)) void choose_mode(void)
{
	const char *mode = getenv("VFIO_IOMMU_MODE");

	if (&default_iommu_mode && mode)
		default_iommu_mode = mode;
}
