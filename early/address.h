/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_ADDRESS_H
#define PASSTHRU_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where a PCI function sits, as sysfs names it: DOMAIN:BUS:SLOT.FUNCTION, all hex,
 * the domain at least four digits wide (more behind Intel VMD).
 * Source: dev_set_name() in drivers/pci/probe.c.
 */
struct pci_address {
	uint32_t domain;
	uint8_t bus;
	uint8_t slot;	  /* 0 to 0x1f */
	uint8_t function; /* 0 to 7 */
};

/* One function, or with any_function every function of its slot. */
struct address_pattern {
	struct pci_address address;
	bool any_function;
};

#define ADDRESS_SIZE sizeof("ffffffff:ff:1f.7")

/*
 * Reads [DOMAIN:]BUS:SLOT.FUNCTION, where FUNCTION may be "*". The whole of
 * text[0..length) must be an address. Without a domain it is domain 0.
 * Returns 0, or -EINVAL with *ret_why set to a phrase for the user (static) and
 * *ret_at to the offset it is about.
 */
int address_parse(const char *text, size_t length, struct address_pattern *ret,
		  const char **ret_why, size_t *ret_at);

/* Writes the name that sysfs uses, NUL-terminated. */
void address_format(const struct pci_address *address, char name[static ADDRESS_SIZE]);

/* Orders by domain, bus, slot, function: negative, 0 or positive. */
int address_compare(const struct pci_address *a, const struct pci_address *b);

bool address_matches(const struct address_pattern *pattern,
		     const struct pci_address *address);

#endif
