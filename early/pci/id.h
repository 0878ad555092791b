/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PCI_ID_H
#define PASSTHRU_PCI_ID_H

#include <stdint.h>

/* A function's identity, from its configuration space. Source: struct pci_dev. */
struct pci_id {
	uint32_t vendor;
	uint32_t device;
	uint32_t subvendor;
	uint32_t subdevice;
	uint32_t class; /* 24 bits: base class, subclass, programming interface */
};

/* The wildcard of all ID fields: PCI_ANY_ID in include/linux/mod_devicetable.h. */
#define PCI_ANY UINT32_C(0xffffffff)

/* Room for the name of a driver, or of its module, and a NUL. */
#define DRIVER_NAME_SIZE 64

#endif
