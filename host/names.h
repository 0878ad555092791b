/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_NAMES_H
#define PASSTHRU_NAMES_H

#include <stddef.h>

#include "selector.h"

/* What pci.ids calls a device: the one file that knows libpci. */
struct names;

#define NAME_SIZE 128

/*
 * root_fd and root are those of struct host: its own pci.ids comes first, then this
 * machine's. Returns NULL where there is no memory; names_free() accepts that.
 */
struct names *names_open(int root_fd, const char *root);
void names_free(struct names *names);

/* Each writes "" where the list has no name for it. */
void names_class(struct names *names, const struct pci_id *id,
		 char name[static NAME_SIZE]);
void names_vendor(struct names *names, const struct pci_id *id,
		  char name[static NAME_SIZE]);
void names_device(struct names *names, const struct pci_id *id,
		  char name[static NAME_SIZE]);

#endif
