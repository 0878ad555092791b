/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices by their addresses. */
#include <string.h>

#include "machine/machine.h"

struct device *machine_find(const struct machine *machine,
			    const struct pci_address *address)
{
	struct pci_device *found = pci_list_find(&machine->pci, address);

	return found ? &machine->devices[found - machine->pci.devices] : NULL;
}

struct device *machine_find_same(const struct machine *machine,
				 const struct pci_device *device)
{
	struct device *found = machine_find(machine, &device->address);

	/* A record may lack the ID. */
	if (found && device->id.vendor &&
	    !pci_is_same_model(&found->pci->id, &device->id))
		return NULL;
	return found;
}

struct device *machine_find_in_path(const struct machine *machine, const char *path)
{
	struct device *found = NULL;

	for (const char *at = path; at; at = strchr(at, '/')) {
		char name[ADDRESS_SIZE];
		struct pci_address address;
		size_t length;

		at += *at == '/';
		length = strcspn(at, "/");
		if (length >= sizeof(name))
			continue;
		memcpy(name, at, length);
		name[length] = '\0';
		if (address_parse_name(name, &address) == 0)
			found = machine_find(machine, &address);
	}
	return found;
}
