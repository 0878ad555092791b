/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_IMAGE_H
#define PASSTHRU_IMAGE_H

#include <stdbool.h>

/* What passthru needs in a boot image. */
struct image {
	bool has_program; /* passthru-early */
	bool has_start;	  /* the script or the unit that runs it */
	bool has_driver;  /* the module vfio-pci */
	bool has_type1;	  /* the module vfio_iommu_type1 */
};

/*
 * Looks through a boot image: cpio archives one after the other, compressed or not, as
 * Documentation/driver-api/early-userspace/buffer-format.rst has it. Returns 0, or a
 * negative errno where it cannot be read to its end.
 */
int image_read(int root_fd, const char *path, struct image *ret);

#endif
