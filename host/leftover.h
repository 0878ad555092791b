/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LEFTOVER_H
#define PASSTHRU_LEFTOVER_H

#include "edit.h"
#include "host.h"

/*
 * What is left of the ways in which devices were given to vfio-pci before: modprobe.d,
 * lists of modules, dracut's configuration, driverctl, the kernel command line.
 */
struct leftovers {
	struct edit *edits; /* of the files that are to change, and of no others */
	size_t edit_count;
	char **items; /* what the parameter asks for, as passthru.ids has it */
	size_t item_count;
	char **notes; /* what has to be looked at by somebody, as sentences */
	size_t note_count;
	bool has_home;	  /* the parameter is in one of the edits, or there already */
	bool needs_grub;  /* GRUB's configuration is to be made anew */
	bool needs_image; /* the parameter comes with a new unified kernel image */
	bool is_unclear;  /* what names devices is not understood, and so in the notes */
};

/* Returns 0 or a negative errno; release with leftovers_free() in either case. */
int leftovers_find(const struct host *host, struct leftovers *ret);
void leftovers_free(struct leftovers *leftovers);

/* Whether GRUB's configuration is made of the file. */
bool leftovers_is_of_grub(const char *path);

/* "passthru.ids=…", to be freed by the caller; NULL where nothing is asked for. */
char *leftovers_parameter(const struct leftovers *leftovers);

#endif
