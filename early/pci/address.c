/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pci/address.h"

/* A hex number of one to max_digits digits and the byte end after it. */
static int read_field(struct text_cursor *cursor, unsigned max_digits, char end,
		      uint32_t *ret)
{
	if (text_read_hex(cursor, max_digits, ret) < 0)
		return -EINVAL;
	return text_skip(cursor, end) ? 0 : -EINVAL;
}

static unsigned count_colons(const char *text, size_t length)
{
	unsigned count = 0;

	for (size_t i = 0; i < length; i++)
		count += text[i] == ':';
	return count;
}

int address_parse(const char *text, size_t length, struct address_pattern *ret,
		  const char **ret_why, size_t *ret_at)
{
	struct text_cursor cursor = { .at = text, .end = text + length };
	uint32_t domain = 0, bus, slot, function = 0;
	bool any = false;

	*ret_why = "not a PCI address; write [DOMAIN:]BUS:SLOT.FUNCTION in hex";
	if (count_colons(text, length) == 2 && read_field(&cursor, 8, ':', &domain) < 0)
		goto bad;
	if (read_field(&cursor, 2, ':', &bus) < 0)
		goto bad;
	if (read_field(&cursor, 2, '.', &slot) < 0)
		goto bad;
	if (slot > 0x1f) {
		*ret_why = "the highest slot number is 1f";
		goto bad;
	}
	if (text_skip(&cursor, '*'))
		any = true;
	else if (text_read_hex(&cursor, 1, &function) < 0)
		goto bad;
	if (function > 7) {
		*ret_why = "the function is a number from 0 to 7, or * for all of them";
		goto bad;
	}
	if (cursor.at != cursor.end)
		goto bad;
	*ret = (struct address_pattern){
		.address = { .domain = domain,
			     .bus = (uint8_t)bus,
			     .slot = (uint8_t)slot,
			     .function = (uint8_t)function },
		.any_function = any,
	};
	return 0;
bad:
	*ret_at = (size_t)(cursor.at - text);
	return -EINVAL;
}

void address_format(const struct pci_address *address, char name[static ADDRESS_SIZE])
{
	snprintf(name, ADDRESS_SIZE, "%04x:%02x:%02x.%x", (unsigned)address->domain,
		 address->bus, address->slot & 0x1fu, address->function & 7u);
}

int address_compare(const struct pci_address *a, const struct pci_address *b)
{
	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	if (a->bus != b->bus)
		return a->bus - b->bus;
	if (a->slot != b->slot)
		return a->slot - b->slot;
	return a->function - b->function;
}

bool address_is_same_slot(const struct pci_address *a, const struct pci_address *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->slot == b->slot;
}

bool address_is_in_path(const struct pci_address *address, const char *path)
{
	char name[ADDRESS_SIZE];
	size_t length;

	address_format(address, name);
	length = strlen(name);
	while ((path = strchr(path, '/'))) {
		path++;
		if (strncmp(path, name, length) == 0 &&
		    (path[length] == '/' || path[length] == '\0'))
			return true;
	}
	return false;
}

bool address_matches(const struct address_pattern *pattern,
		     const struct pci_address *address)
{
	struct pci_address wanted = pattern->address;

	if (pattern->any_function)
		wanted.function = address->function;
	return address_compare(&wanted, address) == 0;
}
