/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/pci.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "machine/internal.h"
#include "ui/ui.h"

struct pci_names {
	struct pci_access *access;
	int fd; /* of the list */
};

/* Debian's first. */
static const char *const places[] = {
	"usr/share/misc/pci.ids",
	"usr/share/hwdata/pci.ids",
	"usr/share/pci.ids",
};

/*
 * libpci calls error() for a list that is damaged (names-parse.c). It must not return,
 * and there is no other way out of libpci than this one; the default ends the program.
 */
static jmp_buf after_error;

static void __attribute__((noreturn)) on_error(char *message, ...)
{
	(void)message;
	longjmp(after_error, 1);
}

static void on_message(char *message, ...)
{
	(void)message;
}

/* libpci opens the list by its path, which must not lead out of the root. */
static void choose_list(struct pci_names *names, int root_fd)
{
	char path[32];

	for (size_t i = 0; names->fd < 0 && i < ARRAY_SIZE(places); i++) {
		names->fd = beneath_open(root_fd, places[i]);
		if (names->fd < 0 && names->fd != -ENOENT && names->fd != -ENOTDIR)
			warn_error(names->fd, "cannot read /%s: names are missing",
				   places[i]);
	}
	if (names->fd < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", names->fd);
	pci_set_name_list_path(names->access, strdup(path), 1);
}

struct pci_names *pci_names_open(int root_fd)
{
	struct pci_names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->access = pci_alloc();
	if (!names->access) {
		free(names);
		return NULL;
	}
	names->access->error = on_error;
	names->access->warning = on_message;
	names->access->debug = on_message;
	/* Only the file: no hwdb, no network. */
	pci_set_param(names->access, (char *)"hwdb.disable", (char *)"1");
	names->fd = -1;
	choose_list(names, root_fd);
	return names;
}

void pci_names_free(struct pci_names *names)
{
	if (!names)
		return;
	pci_free_name_list(names->access);
	pci_cleanup(names->access);
	if (names->fd >= 0)
		close(names->fd);
	free(names);
}

static void look_up(struct pci_names *names, char name[static NAME_SIZE], int what, int a,
		    int b)
{
	int flags = what | PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB;
	char *volatile found = NULL; /* survives longjmp() */

	name[0] = '\0';
	if (setjmp(after_error) == 0)
		found = pci_lookup_name(names->access, name, NAME_SIZE, flags, a, b);
	if (!found)
		name[0] = '\0';
	else if (found != name)
		snprintf(name, NAME_SIZE, "%s", found);
}

void pci_names_look_up(struct pci_names *names, struct device *device)
{
	const struct pci_id *id = &device->pci->id;

	look_up(names, device->class_name, PCI_LOOKUP_CLASS, (int)(id->class >> 8), 0);
	look_up(names, device->vendor_name, PCI_LOOKUP_VENDOR, (int)id->vendor, 0);
	look_up(names, device->device_name, PCI_LOOKUP_DEVICE, (int)id->vendor,
		(int)id->device);
}
