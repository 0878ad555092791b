/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "narrow.h"
#include "text.h"

/* The classes of <linux/pci_ids.h>: base class and subclass, and how much of it counts.
 */
static const struct kind {
	const char *word;
	uint32_t class, mask;
} kinds[] = {
	{ "gpu", 0x030000, 0xff0000 },	   { "display", 0x030000, 0xff0000 },
	{ "vga", 0x030000, 0xff0000 },	   { "audio", 0x040300, 0xffff00 },
	{ "usb", 0x0c0300, 0xffff00 },	   { "disk", 0x010000, 0xff0000 },
	{ "storage", 0x010000, 0xff0000 }, { "nvme", 0x010800, 0xffff00 },
	{ "net", 0x020000, 0xff0000 },	   { "network", 0x020000, 0xff0000 },
};

static const struct kind *find_kind(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(word, kinds[i].word) == 0)
			return &kinds[i];
	return NULL;
}

static bool is_number(const char *text)
{
	return text[0] && strlen(text) < 9 && !text[strspn(text, "0123456789")];
}

/* "10de:" is a vendor, "10de:13c2" an ID; two digits before the colon are a bus. */
static int parse_id(const char *text, struct narrow *ret)
{
	struct text_cursor cursor = { .at = text, .end = text + strlen(text) };

	ret->id.device = PCI_ANY;
	if (text_read_hex(&cursor, 4, &ret->id.vendor) < 0 || !text_skip(&cursor, ':'))
		return -EINVAL;
	if (cursor.at == cursor.end) {
		ret->kind = NARROW_ID;
		if (cursor.at - text <= 3) {
			ret->kind = NARROW_BUS;
			ret->address.address.bus = (uint8_t)ret->id.vendor;
		}
		return 0;
	}
	ret->kind = NARROW_ID;
	if (text_read_hex(&cursor, 4, &ret->id.device) < 0 || cursor.at != cursor.end)
		return -EINVAL;
	return 0;
}

int narrow_parse(const char *text, struct narrow *ret)
{
	const struct kind *kind = find_kind(text);
	const char *why;
	size_t at;

	*ret = (struct narrow){ 0 };
	if (kind) {
		ret->kind = NARROW_CLASS;
		ret->id.class = kind->class;
		ret->class_mask = kind->mask;
		return 0;
	}
	if (is_number(text)) {
		ret->kind = NARROW_GROUP;
		ret->group = atoi(text);
		return 0;
	}
	if (address_parse(text, strlen(text), &ret->address, &why, &at) == 0) {
		ret->kind = NARROW_ADDRESS;
		return 0;
	}
	if (!strchr(text, '.') && parse_id(text, ret) == 0)
		return 0;
	complain("\"%s\" names no devices; write gpu, audio, usb, disk or net, a vendor "
		 "as "
		 "10de:, an ID as 10de:13c2, an address as 06:00.0 or the number of an "
		 "IOMMU group",
		 text);
	return -EINVAL;
}

bool narrow_matches(const struct narrow *narrow, const struct device *device)
{
	const struct pci_device *pci = device->pci;

	switch (narrow->kind) {
	case NARROW_CLASS:
		return (pci->id.class & narrow->class_mask) == narrow->id.class;
	case NARROW_ID:
		return pci->id.vendor == narrow->id.vendor &&
		       (narrow->id.device == PCI_ANY ||
			pci->id.device == narrow->id.device);
	case NARROW_ADDRESS:
		return address_matches(&narrow->address, &pci->address);
	case NARROW_BUS:
		return pci->address.bus == narrow->address.address.bus;
	case NARROW_GROUP:
		return pci->group == narrow->group;
	}
	return false;
}
