/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_UKI_H
#define PASSTHRU_BOOT_UKI_H

#include <stdint.h>

/* The sections of a unified kernel image that matter here; NULL if it lacks one. */
struct uki {
	char *cmdline;			 /* newlines are replaced by blanks */
	char *os_release;		 /* in the format of /etc/os-release */
	char *kernel;			 /* the release of the kernel */
	uint32_t initrd_at, initrd_size; /* the image in the file; 0, 0: there is none */
};

/*
 * Reads these sections of a unified kernel image or of an addon: a PE file in the format
 * of UAPI.5. Returns 0; -ENOEXEC if it is not a complete PE file; or another negative
 * errno. Release with uki_free() in either case.
 */
int uki_read(int root_fd, const char *path, struct uki *ret);
void uki_free(struct uki *uki);

/*
 * Calls back for each addon that systemd-stub(7) applies to the UKI of this name in
 * EFI/Linux (NULL: it is not there) at the place, a boot partition, in the stub's order.
 * An addon for another kernel is none. Its path is relative to the root; it is freed
 * afterwards. Ends when each returns nonzero, and returns that.
 */
int uki_each_addon(int root_fd, const char *place, const char *name, const char *kernel,
		   int (*each)(void *data, const char *path, const struct uki *addon),
		   void *data);

#endif
