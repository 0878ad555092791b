/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/base.h"
#include "cmdline/internal.h"

enum { VENDOR, DEVICE, SUBVENDOR, SUBDEVICE, CLASS, CLASS_MASK, FIELDS };

static const struct {
	uint32_t max;
	bool any; /* ffffffff is a wildcard */
	const char *too_large;
} fields[FIELDS] = {
	[VENDOR] = { 0xffff, true, "a vendor ID has at most four hex digits" },
	[DEVICE] = { 0xffff, true, "a device ID has at most four hex digits" },
	[SUBVENDOR] = { 0xffff, true, "a subvendor ID has at most four hex digits" },
	[SUBDEVICE] = { 0xffff, true, "a subdevice ID has at most four hex digits" },
	[CLASS] = { 0xffffff, false, "a class has at most six hex digits" },
	/* As in the kernel: bits beyond those of a class have no effect. */
	[CLASS_MASK] = { PCI_ANY, false, "a class mask has at most eight hex digits" },
};

/* Users write 0x, too; vfio-pci's parser, sscanf("%x"), accepts it. */
static void skip_0x(struct text_cursor *cursor)
{
	if (cursor->end - cursor->at > 2 && cursor->at[0] == '0' &&
	    (cursor->at[1] | 0x20) == 'x')
		cursor->at += 2;
}

static int read_fields(struct text_cursor *cursor, bool has_marks,
		       uint32_t values[static FIELDS], unsigned *ret_count,
		       const char **ret_why)
{
	unsigned i;

	for (i = 0; i < FIELDS; i++) {
		const char *start = cursor->at;

		*ret_count = i;
		if (has_marks && fields[i].any && text_skip(cursor, '*')) {
			values[i] = PCI_ANY;
			if (i + 1 < FIELDS && text_skip(cursor, ':'))
				continue;
			break;
		}
		skip_0x(cursor);
		*ret_why =
			"expected a hex number; write vendor:device, such as 10de:13c2";
		if (text_read_hex(cursor, 8, &values[i]) < 0)
			return -EINVAL;
		if (values[i] > fields[i].max &&
		    !(fields[i].any && values[i] == PCI_ANY)) {
			cursor->at = start;
			*ret_why = fields[i].too_large;
			return -EINVAL;
		}
		if (i + 1 == FIELDS || !text_skip(cursor, ':'))
			break;
	}
	*ret_count = i + 1;
	*ret_why = "unexpected character; an ID is hex numbers separated by colons";
	return cursor->at == cursor->end ? 0 : -EINVAL;
}

static int fail(struct selector_error *error, const char *why, size_t at)
{
	*error = (struct selector_error){ .why = why, .at = at };
	return -EINVAL;
}

/* What people write that is no selector. */
static const char *explain(struct span text, const char *why)
{
	if (memchr(text.at, '=', text.length))
		return "all devices get the same driver; write it as passthru.driver=";
	if (memchr(text.at, '-', text.length) && memchr(text.at, '.', text.length))
		return "there are no ranges; write each item, or * for all functions";
	if (text.length && isalpha((unsigned char)text.at[0]) &&
	    !memchr(text.at, ':', text.length))
		return "names are not understood; passthru list prints IDs and addresses";
	return why;
}

/* Steps back over the "!" that lifts the guards. Returns whether it is there. */
static bool strip_mark(struct span *text)
{
	if (!text->length || text->at[text->length - 1] != '!')
		return false;
	text->length--;
	return true;
}

/* Without marks, "*", "@" and "!" are no part of it: vfio-pci does not know them. */
static int parse_id(struct span text, bool has_marks, struct selector *ret,
		    struct selector_error *error)
{
	struct selector selector = { .text = text,
				     .has_id = true,
				     .is_forced = has_marks && strip_mark(&text) };
	const char *sign = has_marks ? memchr(text.at, '@', text.length) : NULL;
	const char *end = sign ? sign : text.at + text.length;
	struct text_cursor cursor = { .at = text.at, .end = end };
	uint32_t values[FIELDS] = { 0, 0, PCI_ANY, PCI_ANY, 0, 0 };
	unsigned count = 0;
	const char *why;

	if (read_fields(&cursor, has_marks, values, &count, &why) < 0) {
		fail(error, explain(text, why), (size_t)(cursor.at - text.at));
		if (has_marks || count < 2)
			return -EINVAL;
	}
	if (count < 2)
		return fail(
			error,
			"the device ID is missing; write vendor:device, or vendor:* for all",
			(size_t)(cursor.at - text.at));
	selector.id = (struct pci_id){ .vendor = values[VENDOR],
				       .device = values[DEVICE],
				       .subvendor = values[SUBVENDOR],
				       .subdevice = values[SUBDEVICE],
				       .class = values[CLASS] };
	selector.class_mask = values[CLASS_MASK];
	if (sign) {
		size_t skipped = (size_t)(sign + 1 - text.at), at;

		if (address_parse(sign + 1, text.length - skipped, &selector.address,
				  &why, &at) < 0)
			return fail(error, why, skipped + at);
		selector.has_address = true;
	}
	*ret = selector;
	return 0;
}

static int parse_address(struct span text, struct selector *ret,
			 struct selector_error *error)
{
	struct selector selector = { .text = text,
				     .has_address = true,
				     .is_forced = strip_mark(&text) };
	const char *why;
	size_t at;

	if (address_parse(text.at, text.length, &selector.address, &why, &at) < 0)
		return fail(error, explain(text, why), at);
	*ret = selector;
	return 0;
}

static size_t count_digits(struct span text, size_t at)
{
	size_t digits = 0;

	while (at + digits < text.length && isxdigit((unsigned char)text.at[at + digits]))
		digits++;
	return digits;
}

/* The bus or the slot of an address has two digits, but 06:00 could be an ID, too. */
static bool is_long_id(struct span text)
{
	size_t first = count_digits(text, 0);

	return first > 2 || count_digits(text, first + 1) > 2 ||
	       memchr(text.at, '@', text.length);
}

/* 06:* and 06:00, as addresses are written, and no vendor's IDs are. */
static bool is_short_address(struct span text)
{
	return count_digits(text, 0) == 2 && text.length >= 4 && text.at[2] == ':' &&
	       (text.at[3] == '*' ||
		(count_digits(text, 3) == 2 &&
		 (text.length == 5 || (text.length == 6 && text.at[5] == '!'))));
}

int selector_parse_id(struct span text, struct selector *ret,
		      struct selector_error *error)
{
	struct selector_error other;
	struct selector address;

	bool is_bus = is_short_address(text) && memchr(text.at, '*', text.length);

	if (parse_id(text, true, ret, error) == 0 && !is_bus)
		return 0;
	if (parse_address(text, &address, &other) == 0)
		*error = (struct selector_error){ .why = "an address",
						  .meant = PARAMETER_PREFIX "addrs" };
	return -EINVAL;
}

int selector_parse_listed(struct span text, struct selector *ret,
			  struct selector_error *error)
{
	return parse_id(text, false, ret, error);
}

int selector_parse_address(struct span text, struct selector *ret,
			   struct selector_error *error)
{
	struct selector_error other;
	struct selector id;

	if (parse_address(text, ret, error) == 0)
		return 0;
	if (parse_id(text, true, &id, &other) == 0 && is_long_id(text))
		*error = (struct selector_error){ .why = "an ID",
						  .meant = PARAMETER_PREFIX "ids" };
	return -EINVAL;
}

int selector_parse_any(struct span text, struct selector *ret,
		       struct selector_error *error)
{
	bool is_address = memchr(text.at, '.', text.length) ||
			  memchr(text.at, '/', text.length) ||
			  memchr(text.at, '_', text.length) || is_short_address(text);

	if (!memchr(text.at, '@', text.length) && is_address)
		return selector_parse_address(text, ret, error);
	return selector_parse_id(text, ret, error);
}

int selector_parse_plain(struct span text, struct selector *ret,
			 struct selector_error *error)
{
	if (selector_parse_any(text, ret, error) < 0)
		return -EINVAL;
	if (!ret->is_forced)
		return 0;
	return fail(error, "\"!\" has no meaning here; remove it", text.length - 1);
}

/* NumVFs in the SR-IOV capability has 16 bits: include/uapi/linux/pci_regs.h. */
#define VF_COUNT_MAX 0xffff

int selector_parse_vfs(struct span text, struct selector *ret,
		       struct selector_error *error)
{
	struct span device = text;
	unsigned count = 0;
	size_t digits;

	while (device.length && device.at[0] >= '0' && device.at[0] <= '9' &&
	       count <= VF_COUNT_MAX) {
		count = count * 10 + (unsigned)(*device.at++ - '0');
		device.length--;
	}
	digits = text.length - device.length;
	if (digits && device.length && device.at[0] == '@') {
		device.at++;
		device.length--;
		if (count == 0 || count > VF_COUNT_MAX)
			return fail(error, "write a number from 1 to 65535", 0);
	} else {
		device = text;
		count = 0;
	}
	if (selector_parse_any(device, ret, error) < 0) {
		error->at += text.length - device.length;
		return -EINVAL;
	}
	ret->text = text;
	ret->vf_count = count;
	return 0;
}

static bool field_matches(uint32_t wanted, uint32_t found)
{
	return wanted == PCI_ANY || wanted == found;
}

bool selector_matches_id(const struct selector *selector, const struct pci_id *id)
{
	return field_matches(selector->id.vendor, id->vendor) &&
	       field_matches(selector->id.device, id->device) &&
	       field_matches(selector->id.subvendor, id->subvendor) &&
	       field_matches(selector->id.subdevice, id->subdevice) &&
	       ((selector->id.class ^ id->class) & selector->class_mask) == 0;
}

bool selector_matches(const struct selector *selector, const struct pci_device *device)
{
	if (selector->has_address && !pci_matches(device, &selector->address))
		return false;
	return !selector->has_id || selector_matches_id(selector, &device->id);
}

bool selector_is_wildcard(const struct selector *selector)
{
	if (selector->has_address && !selector->address.any_function)
		return false;
	return !selector->has_id || selector->id.vendor == PCI_ANY ||
	       selector->id.device == PCI_ANY;
}
