/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_UKI_H
#define PASSTHRU_BOOT_UKI_H

/* What a unified kernel image says about itself; NULL for what it does not have. */
struct uki {
	char *cmdline;	  /* with blanks for newlines */
	char *os_release; /* as /etc/os-release */
};

/*
 * Reads these sections of a kernel image or of an addon to one: a PE file, as the
 * specification of unified kernel images, UAPI.5, has it. Returns 0; -ENOEXEC where it is
 * no whole PE file; or another negative errno. Release with uki_free() in either case.
 */
int uki_read(int root_fd, const char *path, struct uki *ret);
void uki_free(struct uki *uki);

#endif
