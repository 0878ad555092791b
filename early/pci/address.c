/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "pci/pci.h"

/* A hex number of one to max_digits digits and the byte end after it. */
static int read_field(struct text_cursor *cursor, unsigned max_digits, char end,
		      uint32_t *ret)
{
	if (text_read_hex(cursor, max_digits, ret) < 0)
		return -EINVAL;
	return text_skip(cursor, end) ? 0 : -EINVAL;
}

/* SLOT.FUNCTION, where FUNCTION may be "*"; or a SLOT of two digits at the end. */
static int read_step(struct text_cursor *cursor, struct address_pattern *pattern,
		     uint8_t *ret, const char **ret_why)
{
	const char *start = cursor->at;
	uint32_t slot, function = 0;
	bool has_dot;

	if (text_read_hex(cursor, 2, &slot) < 0)
		return -EINVAL;
	has_dot = text_skip(cursor, '.');
	if (!has_dot && (cursor->at < cursor->end || cursor->at - start < 2))
		return -EINVAL;
	if (slot > 0x1f) {
		*ret_why = "the highest slot number is 1f";
		return -EINVAL;
	}
	pattern->any_function = !has_dot || text_skip(cursor, '*');
	if (!pattern->any_function && text_read_hex(cursor, 1, &function) < 0)
		return -EINVAL;
	if (function > 7) {
		*ret_why = "the function is a number from 0 to 7, or * for all of them";
		return -EINVAL;
	}
	*ret = (uint8_t)(slot << 3 | function);
	return 0;
}

/* Whether the last of the elements so far may be followed by another. */
static bool is_open(const struct address_pattern *pattern, const char **ret_why)
{
	*ret_why = "only the last function of a path can be *";
	return !pattern->any_function;
}

/* The rest of a path, from the first slash on. */
static int read_steps(struct text_cursor *cursor, struct address_pattern *pattern,
		      const char **ret_why)
{
	while (text_skip(cursor, '/')) {
		if (!is_open(pattern, ret_why)) {
			cursor->at -= 2;
			return -EINVAL;
		}
		if (pattern->step_count == ADDRESS_STEPS_MAX) {
			cursor->at--;
			*ret_why = "a path has at most 16 slots";
			return -EINVAL;
		}
		*ret_why =
			"write SLOT.FUNCTION in hex after each \"/\", as lspci -P does";
		if (text_skip(cursor, '*')) {
			pattern->is_below = pattern->any_function = true;
			pattern->step_count++;
			break;
		}
		if (read_step(cursor, pattern, &pattern->steps[pattern->step_count],
			      ret_why) < 0)
			return -EINVAL;
		pattern->step_count++;
	}
	return cursor->at == cursor->end ? 0 : -EINVAL;
}

/* Every slot of a bus: "*" or "*.*". */
static int read_bus(struct text_cursor *cursor, struct address_pattern *pattern)
{
	pattern->any_slot = pattern->any_function = true;
	if (text_skip(cursor, '.') && !text_skip(cursor, '*'))
		return -EINVAL;
	return cursor->at == cursor->end ? 0 : -EINVAL;
}

/* The rest of pci_0000_06_00_0: create_pcidev() in libvirt's node_device_udev.c. */
static int read_libvirt(struct text_cursor *cursor, struct address_pattern *pattern)
{
	uint32_t domain, bus, slot, function;

	if (read_field(cursor, 8, '_', &domain) < 0 ||
	    read_field(cursor, 2, '_', &bus) < 0 ||
	    read_field(cursor, 2, '_', &slot) < 0 ||
	    text_read_hex(cursor, 1, &function) < 0 || cursor->at != cursor->end ||
	    slot > 0x1f || function > 7)
		return -EINVAL;
	pattern->address = (struct pci_address){ .domain = domain,
						 .bus = (uint8_t)bus,
						 .slot = (uint8_t)slot,
						 .function = (uint8_t)function };
	return 0;
}

/* Of the first element if the text is a path. */
static unsigned count_colons(const char *text, size_t length)
{
	unsigned count = 0;

	for (size_t i = 0; i < length && text[i] != '/'; i++)
		count += text[i] == ':';
	return count;
}

int address_parse(const char *text, size_t length, struct address_pattern *ret,
		  const char **ret_why, size_t *ret_at)
{
	struct text_cursor cursor = { .at = text, .end = text + length };
	struct address_pattern pattern = { 0 };
	uint32_t domain = 0, bus;
	uint8_t step = 0;
	int r;

	*ret_why = "not a PCI address; write [DOMAIN:]BUS:SLOT.FUNCTION in hex";
	if (text_skip_word(&cursor, "pci_")) {
		if (read_libvirt(&cursor, &pattern) < 0)
			goto bad;
		*ret = pattern;
		return 0;
	}
	if (count_colons(text, length) == 2 && read_field(&cursor, 8, ':', &domain) < 0)
		goto bad;
	/* "06:00:0" is no slot of domain 6. */
	if (cursor.at > text && cursor.at - text < 5 && !memchr(text, '.', length)) {
		cursor.at = cursor.end;
		goto bad;
	}
	if (read_field(&cursor, 2, ':', &bus) < 0)
		goto bad;
	if (text_skip(&cursor, '*'))
		r = read_bus(&cursor, &pattern);
	else
		r = read_step(&cursor, &pattern, &step, ret_why);
	if (r < 0 || read_steps(&cursor, &pattern, ret_why) < 0)
		goto bad;
	pattern.address = (struct pci_address){ .domain = domain,
						.bus = (uint8_t)bus,
						.slot = step >> 3,
						.function = step & 7 };
	*ret = pattern;
	return 0;
bad:
	*ret_at = (size_t)(cursor.at - text);
	return -EINVAL;
}

int address_parse_name(const char *name, struct pci_address *ret)
{
	struct address_pattern pattern;
	char spelling[ADDRESS_SIZE];
	const char *why;
	size_t at;

	if (address_parse(name, strlen(name), &pattern, &why, &at) < 0)
		return -EINVAL;
	address_format(&pattern.address, spelling);
	if (strcmp(name, spelling) != 0)
		return -EINVAL;
	*ret = pattern.address;
	return 0;
}

/* As many digits as there must be, or more if the value is larger. */
static char *put_hex(char *to, uint32_t value, unsigned digits)
{
	while (digits < 8 && value >> 4 * digits)
		digits++;
	while (digits--)
		*to++ = "0123456789abcdef"[value >> 4 * digits & 0xf];
	return to;
}

void address_format(const struct pci_address *address, char name[static ADDRESS_SIZE])
{
	char *to = put_hex(name, address->domain, 4);

	*to++ = ':';
	to = put_hex(to, address->bus, 2);
	*to++ = ':';
	to = put_hex(to, address->slot & 0x1fu, 2);
	*to++ = '.';
	to = put_hex(to, address->function & 7u, 1);
	*to = '\0';
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

bool address_is_same_pattern(const struct address_pattern *a,
			     const struct address_pattern *b)
{
	return address_compare(&a->address, &b->address) == 0 &&
	       a->any_function == b->any_function && a->any_slot == b->any_slot &&
	       a->is_below == b->is_below && a->step_count == b->step_count &&
	       memcmp(a->steps, b->steps, a->step_count) == 0;
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
