/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_INITRAMFS_INSPECT_H
#define PASSTHRU_INITRAMFS_INSPECT_H

#include <stdbool.h>

/* Which of the files that passthru needs are in an initramfs image. */
struct image {
	bool has_program; /* passthru-early */
	bool has_start;	  /* the script or unit that starts it */
	bool has_driver;  /* the module vfio-pci */
	bool has_type1;	  /* the module vfio_iommu_type1 */
	char *config;	  /* the configuration, or NULL */
};

/*
 * Reads an initramfs image, size bytes of the file from offset on; a size of 0 stands for
 * all of it. Concatenated cpio archives, compressed or not, as in
 * Documentation/driver-api/early-userspace/buffer-format.rst. Returns 0, or a negative
 * errno if it cannot be read to the end. Release with image_free() in either case.
 */
int inspect_image(int root_fd, const char *path, size_t offset, size_t size,
		  struct image *ret);
void image_free(struct image *image);

#endif
