/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "cmdline/cmdline.h"
#include "unit.h"

#define ANY PCI_ANY

typedef int (*parser)(struct span text, struct selector *ret,
		      struct selector_error *ret_error);

/* Valid items and their parts. */
static const struct {
	const char *text;
	struct pci_id id;
	uint32_t mask;
	const char *address; /* NULL for none */
	bool any_function;
} good_ids[] = {
	{ "10de:13c2", { 0x10de, 0x13c2, ANY, ANY, 0 }, 0, NULL, false },
	{ "10DE:13C2", { 0x10de, 0x13c2, ANY, ANY, 0 }, 0, NULL, false },
	{ "0x10de:0x13c2", { 0x10de, 0x13c2, ANY, ANY, 0 }, 0, NULL, false },
	{ "0X10de:0X13C2", { 0x10de, 0x13c2, ANY, ANY, 0 }, 0, NULL, false },
	{ "0:0", { 0, 0, ANY, ANY, 0 }, 0, NULL, false },
	{ "1:2", { 1, 2, ANY, ANY, 0 }, 0, NULL, false },
	{ "ffff:ffff", { 0xffff, 0xffff, ANY, ANY, 0 }, 0, NULL, false },
	{ "000010de:000013c2", { 0x10de, 0x13c2, ANY, ANY, 0 }, 0, NULL, false },
	{ "10de:13c2:1043", { 0x10de, 0x13c2, 0x1043, ANY, 0 }, 0, NULL, false },
	{ "10de:13c2:1043:8508", { 0x10de, 0x13c2, 0x1043, 0x8508, 0 }, 0, NULL, false },
	{ "10de:13c2:1043:8508:030000:ffffff",
	  { 0x10de, 0x13c2, 0x1043, 0x8508, 0x30000 },
	  0xffffff,
	  NULL,
	  false },
	{ "10de:13c2:1043:8508:030000",
	  { 0x10de, 0x13c2, 0x1043, 0x8508, 0x30000 },
	  0,
	  NULL,
	  false },
	{ "8086:1:0:0:0:ffffffff", { 0x8086, 1, 0, 0, 0 }, ANY, NULL, false },
	/* the wildcard, in every field that accepts it */
	{ "ffffffff:ffffffff", { ANY, ANY, ANY, ANY, 0 }, 0, NULL, false },
	{ "10de:ffffffff", { 0x10de, ANY, ANY, ANY, 0 }, 0, NULL, false },
	{ "10de:ffffffff:ffffffff:ffffffff:030000:ff0000",
	  { 0x10de, ANY, ANY, ANY, 0x30000 },
	  0xff0000,
	  NULL,
	  false },
	{ "FFFFFFFF:1", { ANY, 1, ANY, ANY, 0 }, 0, NULL, false },
	{ "10de:*", { 0x10de, ANY, ANY, ANY, 0 }, 0, NULL, false },
	{ "*:*:*:*:030000:ff0000",
	  { ANY, ANY, ANY, ANY, 0x30000 },
	  0xff0000,
	  NULL,
	  false },
	{ "10de:*@06:00", { 0x10de, ANY, ANY, ANY, 0 }, 0, "06:00.0", true },
	/* an ID at an address: QubesOS/qubes-issues#7792, a renumbered machine */
	{ "10de:13c2@06:00.0", { 0x10de, 0x13c2, ANY, ANY, 0 }, 0, "06:00.0", false },
	{ "10de:13c2@0000:06:00.0",
	  { 0x10de, 0x13c2, ANY, ANY, 0 },
	  0,
	  "06:00.0",
	  false },
	{ "10de:13c2@06:00.*", { 0x10de, 0x13c2, ANY, ANY, 0 }, 0, "06:00.0", true },
	{ "8086:0953@10000:01:00.0",
	  { 0x8086, 0x953, ANY, ANY, 0 },
	  0,
	  "10000:01:00.0",
	  false },
	{ "1:2:3:4:5:6@ffffffff:ff:1f.7",
	  { 1, 2, 3, 4, 5 },
	  6,
	  "ffffffff:ff:1f.7",
	  false },
};

START_TEST(understands_ids)
{
	const char *text = good_ids[_i].text;
	_cleanup_free_ char *copy = exact_copy(text, strlen(text));
	struct selector_error error;
	struct selector got;

	expect_number(
		text,
		selector_parse_id((struct span){ copy, strlen(text) }, &got, &error), 0);
	expect_span(text, got.text, text);
	expect(text, got.has_id);
	expect_number(text, got.id.vendor, good_ids[_i].id.vendor);
	expect_number(text, got.id.device, good_ids[_i].id.device);
	expect_number(text, got.id.subvendor, good_ids[_i].id.subvendor);
	expect_number(text, got.id.subdevice, good_ids[_i].id.subdevice);
	expect_number(text, got.id.class, good_ids[_i].id.class);
	expect_number(text, got.class_mask, good_ids[_i].mask);
	expect_number(text, got.has_address, good_ids[_i].address != NULL);
	if (good_ids[_i].address) {
		struct pci_address want = address_of(good_ids[_i].address);

		expect_number(text, address_compare(&got.address.address, &want), 0);
		expect_number(text, got.address.any_function, good_ids[_i].any_function);
	}
}

#define NUMBER	  "expected a hex number"
#define CHARACTER "unexpected character"
#define NO_DEVICE "the device ID is missing"

/* Malformed items: the offset of the error, and the phrase. */
static const struct {
	const char *text;
	size_t at;
	const char *why;
} bad_ids[] = {
	{ "", 0, NUMBER },
	{ ":", 0, NUMBER },
	{ "@", 0, NUMBER },
	{ "10de", 4, NO_DEVICE },
	{ "10de:", 5, NUMBER },
	{ ":13c2", 0, NUMBER },
	{ "10de::1043", 5, NUMBER },
	{ "10de:13c2:", 10, NUMBER },
	{ "10de:13c2:1:2:3:", 16, NUMBER },
	{ "10de:13c2:1:2:3:4:", 17, CHARACTER },
	{ "10de:13c2:1:2:3:4:5", 17, CHARACTER },
	/* one typo, and the kernel's parser drops the ID: PassthroughPOST/VFIO-Tools#2 */
	{ "10de:13c2x", 9, CHARACTER },
	{ "10de:13cg", 8, CHARACTER },
	{ "10de:l3c2", 5, NUMBER },
	{ "1Ode:13c2", 1, CHARACTER },
	{ "10de-13c2", 4, CHARACTER },
	{ "10de.13c2", 4, CHARACTER },
	{ "10de 13c2", 4, CHARACTER },
	{ "10de:13c2 (rev a1)", 9, CHARACTER },
	{ "[10de:13c2]", 0, NUMBER },
	{ "\"10de:13c2", 0, NUMBER },
	{ "10de:13c2\"", 9, CHARACTER },
	{ "-1:2", 0, NUMBER },
	{ "10de: 13c2", 5, NUMBER },
	{ "0x:1", 2, NUMBER },
	{ "0x", 1, CHARACTER },
	{ "00x1:1", 2, CHARACTER },
	{ "0x0x1:1", 3, CHARACTER },
	/* xcp-ng/xcp#412: an address instead of an ID */
	{ "06:00.0", 0, "an address" },
	{ "0000:06:00.0", 0, "an address" },
	{ "06:00.*!", 0, "an address" },
	{ "00:08.1/00.0", 0, "an address" },
	{ "06:00.8", 5, CHARACTER },
	/* widths */
	{ "10000:1", 0, "a vendor ID has at most four" },
	{ "1:10000", 2, "a device ID has at most four" },
	{ "1:2:10000", 4, "a subvendor ID has at most four" },
	{ "1:2:3:10000", 6, "a subdevice ID has at most four" },
	{ "1:2:3:4:1000000", 8, "a class has at most six" },
	{ "1:2:3:4:ffffffff", 8, "a class has at most six" },
	{ "1:2:3:4:0x1000000", 8, "a class has at most six" },
	{ "1:2:3:4:5:100000000", 18, CHARACTER },
	{ "fffffffe:1", 0, "a vendor ID has at most four" },
	{ "1ffffffff:1", 0, "a vendor ID has at most four" },
	/* after the "@" */
	{ "10de:13c2@", 10, "not a PCI address" },
	{ "10de:13c2@06:00.8", 17, "the function is" },
	{ "10de:13c2@06:20.0", 16, "the highest slot" },
	{ "10de:13c2@@06:00.0", 10, "not a PCI address" },
	{ "10de:13c2@06:00.0@06:00.0", 15, "not a PCI address" },
	{ "10de@06:00.0", 4, NO_DEVICE },
	{ "@06:00.0", 0, NUMBER },
	{ "10de:13c2@00:08.1/", 18, "write SLOT.FUNCTION" },
	{ "10de:13c2@00:08.1/20.0", 21, "the highest slot" },
	{ "10de:13c2@00:08.*/00.0", 16, "only the last" },
	{ "10de:13c2@/00.0", 10, "not a PCI address" },
	{ "10de:13c2/00.0", 9, CHARACTER },
	{ "10de:@06:00.0", 5, NUMBER },
	{ "10de:13c2:@06:00.0", 10, NUMBER },
	/* "!" comes last, once */
	{ "!", 0, NUMBER },
	{ "10de!", 4, NO_DEVICE },
	{ "10de:13c2!!", 9, CHARACTER },
	{ "10de:13c2!@06:00.0", 9, CHARACTER },
	{ "10de:13c2@06:00.!", 16, "not a PCI address" },
};

static void expect_refused(parser parse, const char *text, size_t at, const char *why)
{
	_cleanup_free_ char *copy = exact_copy(text, strlen(text));
	struct selector_error error = { .why = "", .at = 99 };
	struct selector got;

	expect_number(text, parse((struct span){ copy, strlen(text) }, &got, &error),
		      -EINVAL);
	expect_number(text, error.at, at);
	ck_assert_msg(strncmp(error.why, why, strlen(why)) == 0,
		      "%s: the reason is \"%s\"", text, error.why);
}

START_TEST(refuses_ids)
{
	expect_refused(selector_parse_id, bad_ids[_i].text, bad_ids[_i].at,
		       bad_ids[_i].why);
}

/* In passthru.skip an item may be an ID or an address. */
static const struct {
	const char *text;
	bool is_id;
	bool is_address;
	bool is_forced;
} either[] = {
	{ "10de:13c2", true, false, false },
	{ "06:00.0", false, true, false },
	{ "10000:06:00.*", false, true, false },
	{ "10de:13c2@06:00.0", true, true, false },
	{ "06:00", false, true, false }, /* no vendor has so short IDs */
	{ "06:00!", false, true, true },
	{ "06:*", false, true, false },
	{ "1:2", true, false, false },
	{ "10de:*", true, false, false },
	{ "00:03.1/*", false, true, false },
	{ "pci_0000_06_00_0", false, true, false },
	{ "10de:*@06:*", true, true, false },
	{ "10de:13c2!", true, false, true },
	{ "06:00.*!", false, true, true },
	{ "00:08.1/00.0", false, true, false },
	{ "10000:00:02.0/00.*!", false, true, true },
	{ "10de:13c2@00:08.1/00.0", true, true, false },
	{ "10de:13c2@00:08.1/00.0/03.*!", true, true, true },
	{ "10de:13c2@06:00.0!", true, true, true },
};

START_TEST(tells_ids_from_addresses)
{
	const char *text = either[_i].text;
	struct selector_error error;
	struct selector got;

	expect_number(text, selector_parse_any(span_of(text), &got, &error), 0);
	expect_number(text, got.has_id, either[_i].is_id);
	expect_number(text, got.has_address, either[_i].is_address);
	expect_number(text, got.is_forced, either[_i].is_forced);
	expect_span(text, got.text, text);
}

START_TEST(refuses_either)
{
	expect_refused(selector_parse_any, "06:00.9", 7, "the function is");
	expect_refused(selector_parse_any, "00:08.1/0", 9, "write SLOT.FUNCTION");
	expect_refused(selector_parse_any, "00:08.1/00.0!/00.0", 12,
		       "write SLOT.FUNCTION");
	expect_refused(selector_parse_any, "10de", 4, NO_DEVICE);
	expect_refused(selector_parse_any, "10de.13c2", 2, "not a PCI address");
	expect_refused(selector_parse_any, "10de@06:00.0", 4, NO_DEVICE);
	expect_refused(selector_parse_address, "10de:13c2", 0, "an ID");
	expect_refused(selector_parse_address, "10de:13c2@06:00.0", 0, "an ID");
	expect_refused(selector_parse_address, "10de:13c2:1!", 0, "an ID");
	/* the slot has one digit, or the last ":" is a dot */
	expect_refused(selector_parse_address, "06:0", 4, "not a PCI address");
	expect_refused(selector_parse_address, "06:00:0", 7, "not a PCI address");
	expect_refused(selector_parse_address, "10de:*", 0, "an ID");
	expect_refused(selector_parse_id, "06:*", 0, "an address");
	/* what others call a device */
	expect_refused(selector_parse_id, "nvidia", 0, "names are not understood");
	expect_refused(selector_parse_address, "eth0", 1, "names are not understood");
	expect_refused(selector_parse_id, "10de:13c2=pci-stub", 9, "all devices get");
	expect_refused(selector_parse_address, "06:00.0-06:00.3", 5,
		       "there are no ranges");
}

#define CARD                                             \
	{                                                \
		0x10de, 0x13c2, 0x1043, 0x8508, 0x030000 \
	}
#define HERE "0000:06:00.0"

static const struct {
	const char *selector;
	struct pci_id id;
	const char *address;
	bool matches;
} matching[] = {
	{ "10de:13c2", CARD, HERE, true },
	{ "10de:13c3", CARD, HERE, false },
	{ "10df:13c2", CARD, HERE, false },
	{ "10de:ffffffff", CARD, HERE, true },
	{ "ffffffff:13c2", CARD, HERE, true },
	{ "1002:ffffffff", CARD, HERE, false },
	{ "ffffffff:ffffffff", CARD, HERE, true },
	{ "10de:13c2:1043", CARD, HERE, true },
	{ "10de:13c2:1044", CARD, HERE, false },
	{ "10de:13c2:1043:8508", CARD, HERE, true },
	{ "10de:13c2:1043:8509", CARD, HERE, false },
	{ "10de:13c2:ffffffff:8508", CARD, HERE, true },
	{ "10de:13c2:ffffffff:8509", CARD, HERE, false },
	{ "10de:13c2:1043:8508:030000:ffffff", CARD, HERE, true },
	{ "10de:13c2:1043:8508:030001:ffffff", CARD, HERE, false },
	{ "10de:13c2:1043:8508:030001:ffff00", CARD, HERE, true },
	{ "10de:13c2:1043:8508:040000:ff0000", CARD, HERE, false },
	/* without a mask the class is ignored, as in the kernel */
	{ "10de:13c2:1043:8508:040000", CARD, HERE, true },
	{ "ffffffff:ffffffff:ffffffff:ffffffff:030000:ff0000", CARD, HERE, true },
	{ "ffffffff:ffffffff:ffffffff:ffffffff:020000:ff0000", CARD, HERE, false },
	/* PCI_ANY_ID in the device's own ID is not a wildcard */
	{ "10de:13c2:1043", { 0x10de, 0x13c2, ANY, ANY, 0 }, HERE, false },
	{ "10de:13c2@06:00.0", CARD, HERE, true },
	{ "10de:13c2@06:00.1", CARD, HERE, false },
	{ "10de:13c3@06:00.0", CARD, HERE, false },
	{ "10de:13c2@06:00.*", CARD, HERE, true },
	{ "10de:13c2@10000:06:00.0", CARD, HERE, false },
	{ "10de:13c2@10000:06:00.0", CARD, "10000:06:00.0", true },
	{ "06:00.0", CARD, HERE, true },
	{ "06:00.*", CARD, HERE, true },
	{ "06:01.*", CARD, HERE, false },
	{ "10de:13c2!", CARD, HERE, true },
	{ "10de:13c2@06:00.1!", CARD, HERE, false },
	/* it is behind 00:08.1 */
	{ "00:08.1/00.0", CARD, HERE, true },
	{ "10de:13c2@00:08.1/00.*", CARD, HERE, true },
	{ "10de:13c3@00:08.1/00.0", CARD, HERE, false },
	{ "10de:13c2@00:08.2/00.0", CARD, HERE, false },
	{ "10de:13c2@00:08.1", CARD, HERE, false },
};

START_TEST(matches)
{
	struct pci_device device = { .address = address_of(matching[_i].address),
				     .id = matching[_i].id,
				     .path = { .address = address_of("00:08.1"),
					       .step_count = 1 } };
	const char *text = matching[_i].selector;
	struct selector_error error;
	struct selector selector;

	expect_number(text, selector_parse_any(span_of(text), &selector, &error), 0);
	expect_number(text, selector_matches(&selector, &device), matching[_i].matches);
}

int main(void)
{
	TCase *tcase = tcase_create("selector");

	add_rows(tcase, understands_ids, good_ids);
	add_rows(tcase, refuses_ids, bad_ids);
	add_rows(tcase, tells_ids_from_addresses, either);
	tcase_add_test(tcase, refuses_either);
	add_rows(tcase, matches, matching);
	return unit_run(tcase);
}
