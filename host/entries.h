/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_ENTRIES_H
#define PASSTHRU_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

/* An entry of the Boot Loader Specification, UAPI.1; "" for what it does not say. */
struct entry {
	char path[512]; /* below the root, without a "/" before it */
	char id[256];	/* the name of its file, without what counts boots */
	char title[128];
	char sort_key[128];
	char machine_id[64];
	char version[128];
	char *cmdline;	/* NULL where it boots no Linux */
	int tries_left; /* boots that may yet fail, or -1 where they are not counted */
	int tries_done;
	bool is_image; /* a unified kernel image, type 2 */
};

struct entries {
	struct entry *items;
	size_t count;
};

/* The places of the boot partitions, the EFI system partition first; ends with NULL. */
extern const char *const entries_places[];

/*
 * Reads the entries in boot partitions, and the unified kernel images there, sorted as
 * the specification has it: the one that is booted by default comes first. Where
 * of_grub, as GRUB does it: without the images, and by the names of files alone. Files
 * of more than 64 KiB are no entries. Returns 0 or -ENOMEM; release with entries_free()
 * in either case.
 */
int entries_read(int root_fd, bool of_grub, struct entries *ret);
void entries_free(struct entries *entries);

/* Whether there is any. */
bool entries_exist(int root_fd);

#endif
