/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_BLS_H
#define PASSTHRU_BOOT_BLS_H

#include <stdbool.h>
#include <stddef.h>

#include "boot/sources.h"

/* A boot entry of the Boot Loader Specification, UAPI.1; unset fields are "". */
struct boot_entry {
	char path[512]; /* relative to the root, without a leading "/" */
	char id[256];	/* the name of the file, without the boot counters */
	char title[128];
	char sort_key[128];
	char machine_id[64];
	char version[128];
	char kernel[256]; /* the path of its file */
	char *cmdline;	  /* NULL if it boots no Linux, or none that can be read */
	int tries_left;	  /* boots that may still fail, or -1 if they are not counted */
	int tries_done;
	bool is_uki; /* a UKI: type 2 */
};

struct boot_entries {
	struct boot_entry *items;
	size_t count;
};

/* Where boot partitions are mounted, the EFI system partition first; ends with NULL. */
extern const char *const bls_places[];

/*
 * Reads the boot entries and the UKIs on boot partitions, in the order of the
 * specification: the default comes first. Entries of more than 64 KiB are skipped.
 * Returns 0 or -ENOMEM; release with bls_free() in either case.
 */
int bls_read(int root_fd, struct boot_entries *ret);

/* The same for GRUB: without UKIs, sorted by file name only. */
int bls_read_for_grub(int root_fd, struct boot_entries *ret);
void bls_free(struct boot_entries *entries);

/* Whether there are entries or UKIs. */
bool bls_exists(int root_fd);

/*
 * Adds the entry, with this command line, as one that the boot loader reads; takes
 * ownership of cmdline, which is NULL after a failed allocation. Returns 0 or -ENOMEM.
 */
int bls_add(const struct boot_entry *entry, char *cmdline, const char *note,
	    struct boot_sources *ret);

#endif
