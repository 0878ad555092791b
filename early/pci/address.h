/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PCI_ADDRESS_H
#define PASSTHRU_PCI_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The address of a PCI function. sysfs writes it as DOMAIN:BUS:SLOT.FUNCTION in hex; the
 * domain has at least four digits, and more behind Intel VMD. Source: dev_set_name() in
 * drivers/pci/probe.c.
 */
struct pci_address {
	uint32_t domain;
	uint8_t bus;
	uint8_t slot;	  /* 0 to 0x1f */
	uint8_t function; /* 0 to 7 */
};

/* The most elements that a path has after its first one. */
#define ADDRESS_STEPS_MAX 15

/*
 * An address as written: one function, or every function of its slot if any_function is
 * set. Or a path: the address of a bridge on a root bus, then the slot and function of
 * each device on the way down, whatever the number of its bus.
 */
struct address_pattern {
	struct pci_address address;
	bool any_function;
	uint8_t step_count;		  /* 0: not a path */
	uint8_t steps[ADDRESS_STEPS_MAX]; /* slot << 3 | function */
};

#define ADDRESS_SIZE sizeof("ffffffff:ff:1f.7")

/*
 * Parses [DOMAIN:]BUS:SLOT.FUNCTION[/SLOT.FUNCTION...], where the last FUNCTION may be
 * "*", from all of text[0..length). The default domain is 0. The kernel reads paths in
 * this form, too: pci_dev_str_match_path() in drivers/pci/pci.c. Returns 0, or -EINVAL
 * with *ret_why set to a static phrase for the user and *ret_at to the offset of the
 * error.
 */
int address_parse(const char *text, size_t length, struct address_pattern *ret,
		  const char **ret_why, size_t *ret_at);

/* Parses the address of one function, in the spelling of sysfs only. */
int address_parse_name(const char *name, struct pci_address *ret);

/* Writes the address as sysfs does, NUL-terminated. */
void address_format(const struct pci_address *address, char name[static ADDRESS_SIZE]);

/* Orders by domain, bus, slot, function: negative, 0 or positive. */
int address_compare(const struct pci_address *a, const struct pci_address *b);

/* Whether both are functions of one slot, of one card for example. */
bool address_is_same_slot(const struct pci_address *a, const struct pci_address *b);

/* The most functions that a slot has besides one. */
#define ADDRESS_SIBLINGS_MAX 7

/* Whether a path in /sys/devices leads through the function, or ends at it. */
bool address_is_in_path(const struct pci_address *address, const char *path);

#endif
