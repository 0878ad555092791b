/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"
#include "unit.h"

/* Offsets in an image: its data structure follows the header. */
#define PCIR 0x1c

/*
 * ROMs are made from words: L a legacy image, E one of EFI, N one of another type; the
 * last one is marked so. What follows a letter changes that image.
 */
struct maker {
	unsigned char bytes[0x4000];
	size_t size;
};

static void put(unsigned char *at, unsigned size, unsigned long number)
{
	while (size--) {
		*at++ = (unsigned char)number;
		number >>= 8;
	}
}

static void add_sum(unsigned char *image, size_t size)
{
	unsigned char sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = (unsigned char)(sum + image[i]);
	image[size - 1] = (unsigned char)(image[size - 1] - sum);
}

/* Whom the image is for, and a list of others. */
static void change_ids(unsigned char *pcir, const char *changes, size_t size)
{
	if (strchr(changes, 'd')) /* of another device, */
		put(pcir + 6, 2, 0x6fdf);
	if (strchr(changes, 'v')) /* or vendor */
		put(pcir + 4, 2, 0x10de);
	if (strchr(changes, 'l')) { /* which a list mends, */
		put(pcir + 8, 2, 0x20);
		memcpy(pcir + 0x20, "\x11\x11\xdf\x67\0\0", 6);
	}
	if (strchr(changes, 'o')) /* but not in an old revision, */
		pcir[0xc] = 0;
	if (strchr(changes, 'x')) /* nor if it ends before that */
		memcpy(pcir + 0x20, "\0\0", 2);
	if (strchr(changes, 'y')) /* a list that nothing ends */
		put(pcir + 8, 2, (size - PCIR - 1));
}

static void damage(unsigned char *image, const char *changes)
{
	unsigned char *pcir = image + PCIR;

	if (strchr(changes, 's'))
		image[0] = 0x54;
	if (strchr(changes, 'p'))
		pcir[0] = 'Q';
	if (strchr(changes, 'f')) /* the data structure is far away */
		put(image + 0x18, 2, 0xfff0);
	if (strchr(changes, 'h')) /* in the header */
		put(image + 0x18, 2, 0x10);
	if (strchr(changes, '0'))
		put(pcir + 0x10, 2, 0);
	if (strchr(changes, 'b'))
		put(pcir + 0x10, 2, 0xffff);
	if (strchr(changes, 'c')) /* more code than image */
		image[2] = 0x80;
	if (strchr(changes, 'n')) /* none */
		image[2] = 0;
	if (strchr(changes, 'e'))
		put(image + 4, 4, 0);
}

static void add_image(struct maker *maker, char type, const char *changes, bool is_last)
{
	unsigned char *image = maker->bytes + maker->size, *pcir = image + PCIR;
	unsigned char code = type == 'L' ? ROM_LEGACY : type == 'E' ? ROM_EFI : 0xe0;
	unsigned blocks = type == 'L' ? 2 : 3;

	memset(image, type, blocks * 512);
	put(image, 2, 0xaa55);
	image[2] = (unsigned char)blocks;
	if (type == 'E') {
		put(image + 4, 4, 0x0ef1);
		put(image + 0xa, 2, 0x8664);
	}
	put(image + 0x18, 2, PCIR);
	memcpy(pcir, "PCIR", 4);
	put(pcir + 4, 2, 0x1002);
	put(pcir + 6, 2, 0x67df);
	put(pcir + 8, 2, 0);
	put(pcir + 0xa, 2, 0x1c);
	pcir[0xc] = 3;
	put(pcir + 0x10, 2, blocks);
	pcir[0x14] = code;
	pcir[0x15] = is_last ? 0x80 : 0;
	change_ids(pcir, changes, blocks * 512);
	damage(image, changes);
	if (type == 'L')
		add_sum(image, blocks * 512);
	if (strchr(changes, 'k'))
		image[0x1ff]++;
	maker->size += blocks * 512;
}

static void make_rom(const char *images, struct maker *ret)
{
	*ret = (struct maker){ 0 };
	while (*images) {
		char type = *images++, changes[8] = "";
		size_t length = strspn(images, "abcdefghijklmnopqrstuvwxyz0");

		memcpy(changes, images, length);
		images += length;
		add_image(ret, type, changes, !*images || strchr(changes, 'z'));
	}
}

/* cut is how many bytes are missing at the end; why is "" if all is well. */
static const struct {
	const char *images;
	size_t cut, count;
	const char *why;
} rows[] = {
	{ "L", 0, 1, "" },
	{ "LE", 0, 2, "" },
	{ "E", 0, 1, "" },
	{ "LEN", 0, 3, "" },
	{ "NL", 0, 2, "" },
	{ "LzE", 0, 1, "" },
	/* what follows the last one does not matter */
	{ "LEzEs", 0, 2, "" },
	{ "", 0, 0, "it is empty" },
	{ "L", 1023, 0, "image 1 does not begin with 55 aa" },
	{ "L", 1022, 0, "image 1 is cut off" },
	{ "L", 998, 0, "the data structure of image 1 is not in it" },
	{ "L", 1024 - PCIR - 24, 0, "image 1 has 1024 bytes, but only 52 are there" },
	{ "L", 1, 0, "image 1 has 1024 bytes, but only 1023 are there" },
	{ "LE", 1536, 1, "image 2 does not begin with 55 aa" },
	{ "LE", 1530, 1, "image 2 is cut off" },
	{ "LE", 1, 1, "image 2 has 1536 bytes, but only 1535 are there" },
	{ "Ls", 0, 0, "image 1 does not begin with 55 aa" },
	{ "LEs", 0, 1, "image 2 does not begin with 55 aa" },
	{ "Lp", 0, 0, "image 1 has no data structure of PCI" },
	{ "Lf", 0, 0, "the data structure of image 1 is not in it" },
	{ "Lh", 0, 0, "the data structure of image 1 is not in it" },
	{ "L0", 0, 0, "image 1 has a length of 0 bytes" },
	{ "LEb", 0, 1, "image 2 has 33553920 bytes, but only 1536 are there" },
	{ "Lk", 0, 0, "the checksum of image 1 is wrong" },
	{ "LEk", 0, 2, "" }, /* those of EFI have none */
	{ "Lc", 0, 0, "image 1 has 1024 bytes, and code of 65536" },
	{ "Ln", 0, 0, "image 1 has 1024 bytes, and code of 0" },
	{ "Ee", 0, 0, "image 1 is none of EFI, as it says" },
	{ "Ld", 0, 0, "image 1 is for 1002:6fdf, and the device is 1002:67df" },
	{ "Lv", 0, 0, "image 1 is for 10de:67df, and the device is 1002:67df" },
	{ "LEd", 0, 1, "image 2 is for 1002:6fdf, and the device is 1002:67df" },
	{ "LNd", 0, 2, "" },
	{ "Ldl", 0, 1, "" },
	{ "Ldlo", 0, 0, "image 1 is for 1002:6fdf, and the device is 1002:67df" },
	{ "Ldlx", 0, 0, "image 1 is for 1002:6fdf, and the device is 1002:67df" },
	{ "Ldy", 0, 0, "image 1 is for 1002:6fdf, and the device is 1002:67df" },
	/* a list of another vendor's devices */
	{ "Lvl", 0, 0, "image 1 is for 10de:67df, and the device is 1002:67df" },
	{ "LLLLLLLLLLLLLLLL", 0, 16, "" },
};

static const struct pci_id card = { .vendor = 0x1002, .device = 0x67df };

START_TEST(checks)
{
	struct maker maker;
	struct rom rom;
	char *bytes;
	bool is_good;

	make_rom(rows[_i].images, &maker);
	maker.size -= rows[_i].cut;
	bytes = exact_copy((const char *)maker.bytes, maker.size);
	is_good = rom_check((const unsigned char *)bytes, maker.size, &card, &rom);
	expect_text(rows[_i].images, rom.why, rows[_i].why);
	expect_number(rows[_i].images, is_good, !rows[_i].why[0]);
	expect_number(rows[_i].images, rom.count, rows[_i].count);
	free(bytes);
}

/* Bytes that a device without a ROM, or asleep, answers with. */
START_TEST(knows_no_answer)
{
	unsigned char bytes[1024];
	struct rom rom;

	memset(bytes, 0xff, sizeof(bytes));
	expect("ones", !rom_check(bytes, sizeof(bytes), &card, &rom));
	expect_text("ones", rom.why, "it reads as nothing but ones");
	memset(bytes, 0, sizeof(bytes));
	expect("zeros", !rom_check(bytes, sizeof(bytes), &card, &rom));
	expect_text("zeros", rom.why, "it reads as nothing but zeros");
}

START_TEST(ends)
{
	struct maker maker = { 0 };
	struct rom rom;

	/* Nothing says which one is the last. */
	for (size_t i = 0; i <= ROM_IMAGES_MAX / 2; i++)
		for (size_t j = 0; j < 2 && maker.size < sizeof(maker.bytes); j++)
			add_image(&maker, 'L', "", false);
	expect("too many", !rom_check(maker.bytes, maker.size, &card, &rom));
	expect_text("too many", rom.why, "it has more than 16 images");
}

START_TEST(describes)
{
	struct maker maker;
	struct rom rom;
	char text[ROM_TEXT_SIZE];

	make_rom("LEN", &maker);
	expect("good", rom_check(maker.bytes, maker.size, &card, &rom));
	rom_describe_image(&rom.images[0], text);
	expect_text("legacy", text, "legacy image for PCs");
	expect_number("legacy", rom.images[0].size, 1024);
	rom_describe_image(&rom.images[1], text);
	expect_text("EFI", text, "EFI image for x86-64");
	expect_number("EFI", rom.images[1].device, 0x67df);
	rom_describe_image(&rom.images[2], text);
	expect_text("other", text, "image of type e0");
	rom.images[1].cpu = 0xaa64;
	rom_describe_image(&rom.images[1], text);
	expect_text("EFI", text, "EFI image for arm64");
	rom.images[1].cpu = 0xebc;
	rom_describe_image(&rom.images[1], text);
	expect_text("EFI", text, "EFI image for another processor");
	expect("has EFI", rom_has(&rom, ROM_EFI) && !rom_has(&rom, 1));
}

/* -- VFCT ---------------------------------------------------------------------------- */

#define TABLE  0x4c
#define HEADER 0x1c

static size_t add_entry(unsigned char *at, unsigned bus, unsigned slot, unsigned function,
			unsigned device, size_t length)
{
	memset(at, 0, HEADER);
	put(at, 4, bus);
	put(at + 4, 4, slot);
	put(at + 8, 4, function);
	put(at + 0xc, 2, 0x1002);
	put(at + 0xe, 2, device);
	put(at + 0x18, 4, length);
	memset(at + HEADER, (int)bus, length);
	return HEADER + length;
}

/* A table with ROMs of an APU, of which another has none, and of a card. */
static size_t make_table(unsigned char *table)
{
	size_t size = TABLE;

	memset(table, 0, TABLE);
	memcpy(table, "VFCT", 4);
	put(table + 0x34, 4, TABLE);
	size += add_entry(table + size, 0x0c, 0, 0, 0x164e, 100);
	size += add_entry(table + size, 0x0d, 0, 0, 0x164e, 0);
	size += add_entry(table + size, 0x0b, 0, 0, 0x67df, 200);
	put(table + 4, 4, size);
	return size;
}

/* A change: a number of that many bytes at that offset; or bytes that are missing. */
static const struct {
	const char *name, *address;
	unsigned device;
	size_t at;
	unsigned size;
	unsigned long number;
	size_t cut;
	int result;
	size_t length;
} table_rows[] = {
	{ "the last one", "0b:00.0", 0x67df, 0, 0, 0, 0, 0, 200 },
	{ "the first one", "0c:00.0", 0x164e, 0, 0, 0, 0, 0, 100 },
	{ "an empty one", "0d:00.0", 0x164e, 0, 0, 0, 0, -ENOENT, 0 },
	{ "another function", "0b:00.1", 0x67df, 0, 0, 0, 0, -ENOENT, 0 },
	{ "another slot", "0b:01.0", 0x67df, 0, 0, 0, 0, -ENOENT, 0 },
	{ "another bus", "09:00.0", 0x67df, 0, 0, 0, 0, -ENOENT, 0 },
	{ "another device", "0b:00.0", 0x67ff, 0, 0, 0, 0, -ENOENT, 0 },
	{ "another table", "0b:00.0", 0x67df, 0, 1, 'X', 0, -EBADMSG, 0 },
	{ "cut off", "0b:00.0", 0x67df, 0, 0, 0, 1, -EBADMSG, 0 },
	{ "of a length of 0", "0b:00.0", 0x67df, 4, 4, 0, 0, -ENOENT, 0 },
	{ "with no image", "0b:00.0", 0x67df, 0x34, 4, 0xffffffff, 0, -ENOENT, 0 },
	{ "with a short last image", "0b:00.0", 0x67df, 4, 4,
	  TABLE + 100 + 3 * HEADER + 199, 0, -EBADMSG, 0 },
	{ "with half a header", "0b:00.0", 0x67df, 4, 4, TABLE + 100 + HEADER + 5, 0,
	  -EBADMSG, 0 },
	{ "with an endless image", "0b:00.0", 0x67df, TABLE + 0x18, 4, 0xffffffff, 0,
	  -EBADMSG, 0 },
	{ "that ends before the one", "0b:00.0", 0x67df, 4, 4, TABLE + 100 + 2 * HEADER,
	  0, -ENOENT, 0 },
};

START_TEST(finds_in_table)
{
	const char *name = table_rows[_i].name;
	unsigned char made[1024];
	size_t size = make_table(made), length = 0;
	struct pci_device device = { .address = address_of(table_rows[_i].address),
				     .id = { .vendor = 0x1002,
					     .device = table_rows[_i].device } };
	const unsigned char *found = NULL;
	unsigned char *table;

	put(made + table_rows[_i].at, table_rows[_i].size, table_rows[_i].number);
	size -= table_rows[_i].cut;
	table = (unsigned char *)exact_copy((const char *)made, size);
	expect_number(name, rom_find_in_vfct(table, size, &device, &found, &length),
		      table_rows[_i].result);
	expect_number(name, length, table_rows[_i].length);
	if (found)
		expect_number(name, found[length - 1], device.address.bus);
	free(table);
}

START_TEST(needs_a_table)
{
	const unsigned char *found;
	size_t size;

	expect_number("short",
		      rom_find_in_vfct((const unsigned char *)"VFCT", 4,
				       &(struct pci_device){ 0 }, &found, &size),
		      -EBADMSG);
}

int main(void)
{
	TCase *tcase = tcase_create("rom");

	add_rows(tcase, checks, rows);
	tcase_add_test(tcase, knows_no_answer);
	tcase_add_test(tcase, ends);
	tcase_add_test(tcase, describes);
	add_rows(tcase, finds_in_table, table_rows);
	tcase_add_test(tcase, needs_a_table);
	return unit_run(tcase);
}
