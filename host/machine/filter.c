/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "machine/machine.h"

/* Base class and subclass of <linux/pci_ids.h>. */
static const struct kind {
	const char *word;
	uint32_t class, mask;
} kinds[] = {
	{ "gpu", 0x030000, 0xff0000 },	   { "display", 0x030000, 0xff0000 },
	{ "vga", 0x030000, 0xff0000 },	   { "audio", 0x040300, 0xffff00 },
	{ "usb", 0x0c0300, 0xffff00 },	   { "disk", 0x010000, 0xff0000 },
	{ "storage", 0x010000, 0xff0000 }, { "nvme", 0x010800, 0xffff00 },
	{ "net", 0x020000, 0xff0000 },	   { "network", 0x020000, 0xff0000 },
	{ "bridge", 0x060000, 0xff0000 },
};

static const struct kind *find_kind(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcasecmp(word, kinds[i].word) == 0)
			return &kinds[i];
	return NULL;
}

static bool is_number(const char *text)
{
	return text[0] && strlen(text) < 9 && !text[strspn(text, "0123456789")];
}

/* "15", or "group:15", which is nothing else. */
static bool parse_group(const char *text, struct filter *ret)
{
	bool is_marked = strncasecmp(text, "group:", 6) == 0;

	if (!is_number(text + 6 * is_marked))
		return false;
	ret->kind = FILTER_GROUP;
	ret->group = atoi(text + 6 * is_marked);
	ret->name = is_marked ? NULL : text;
	return true;
}

/* "10de:" is a vendor, "10de:13c2" an ID; two digits before the colon are a bus. */
static int parse_id(const char *text, struct filter *ret)
{
	struct text_cursor cursor = { .at = text, .end = text + strlen(text) };

	ret->id.device = PCI_ANY;
	if (text_read_hex(&cursor, 4, &ret->id.vendor) < 0 || !text_skip(&cursor, ':'))
		return -EINVAL;
	if (cursor.at == cursor.end) {
		ret->kind = FILTER_ID;
		if (cursor.at - text <= 3) {
			ret->kind = FILTER_BUS;
			ret->address.address.bus = (uint8_t)ret->id.vendor;
		}
		return 0;
	}
	ret->kind = FILTER_ID;
	if (text_read_hex(&cursor, 4, &ret->id.device) < 0 || cursor.at != cursor.end)
		return -EINVAL;
	return 0;
}

int filter_parse(const char *text, struct filter *ret)
{
	const struct kind *kind = find_kind(text);
	char slot[32];
	const char *why;
	size_t at;

	*ret = (struct filter){ 0 };
	if (kind) {
		ret->kind = FILTER_CLASS;
		ret->id.class = kind->class;
		ret->class_mask = kind->mask;
		return 0;
	}
	if (parse_group(text, ret))
		return 0;
	/* "06:00" is a slot. */
	snprintf(slot, sizeof(slot), "%s.*", text);
	if (address_parse(text, strlen(text), &ret->address, &why, &at) == 0 ||
	    (!strchr(text, '.') &&
	     address_parse(slot, strlen(slot), &ret->address, &why, &at) == 0)) {
		ret->kind = FILTER_ADDRESS;
		return 0;
	}
	if (!strchr(text, '.') && parse_id(text, ret) == 0)
		return 0;
	if (strlen(text) > 1 && text[strspn(text, " \t")] && !strchr(text, ':')) {
		ret->kind = FILTER_NAME;
		ret->name = text;
		return 0;
	}
	return -EINVAL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

/* No part of a larger one: the number 97 is not in GTX 970, nor Ti in Corporation. */
static bool has_whole(const char *text, const char *word, bool (*is_part)(char))
{
	const char *at = text;

	while ((at = strcasestr(at, word))) {
		bool is_begun = at > text && is_part(at[-1]);

		at += strlen(word);
		if (!is_begun && !is_part(*at))
			return true;
	}
	return false;
}

/* Words as short as these are in many others. */
#define SHORT_WORD 3

static bool is_in(const char *text, const char *word)
{
	if (is_number(word))
		return has_whole(text, word, is_digit);
	if (strlen(word) <= SHORT_WORD)
		return has_whole(text, word, is_letter);
	return strcasestr(text, word);
}

static bool has_word(const struct device *device, struct span word)
{
	char text[NAME_SIZE];

	if (word.length >= sizeof(text))
		return false;
	memcpy(text, word.at, word.length);
	text[word.length] = '\0';
	return (!is_number(text) && text_equals_name(device->pci->driver, text)) ||
	       is_in(device->vendor_name, text) || is_in(device->device_name, text);
}

/* All words of the name, in whatever order. */
static bool has_name(const struct device *device, const char *name)
{
	struct text_cursor rest = { name, name + strlen(name) };
	struct span word;
	bool any = false;

	while (wordlist_next_blanks(&rest), (word = wordlist_next(&rest)).length) {
		if (!has_word(device, word))
			return false;
		any = true;
	}
	return any;
}

void filter_settle(const struct machine *machine, struct filter *filter)
{
	if (filter->kind != FILTER_GROUP || !filter->name)
		return;
	for (size_t i = 0; i < machine->count; i++)
		if (filter_matches(filter, &machine->devices[i]))
			return;
	filter->kind = FILTER_NAME;
}

bool filter_matches(const struct filter *filter, const struct device *device)
{
	const struct pci_device *pci = device->pci;

	switch (filter->kind) {
	case FILTER_CLASS:
		return (pci->id.class & filter->class_mask) == filter->id.class;
	case FILTER_ID:
		return pci->id.vendor == filter->id.vendor &&
		       (filter->id.device == PCI_ANY ||
			pci->id.device == filter->id.device);
	case FILTER_ADDRESS:
		return pci_matches(pci, &filter->address);
	case FILTER_BUS:
		return pci->address.bus == filter->address.address.bus;
	case FILTER_GROUP:
		return pci->group == filter->group;
	case FILTER_NAME:
		return has_name(device, filter->name);
	}
	return false;
}
