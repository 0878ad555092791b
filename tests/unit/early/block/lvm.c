/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "block/internal.h"
#include "unit.h"

static const struct {
	const char *text;
	int r;
	const char *name;
	const char *uuid;
} texts[] = {
	{ "vg0 {\nid = \"abc-def\"\nseqno = 1\n", 0, "vg0", "abc-def" },
	{ "my-vg_1.x {\nid = \"a\"", 0, "my-vg_1.x", "a" },
	{ "", -EINVAL, "", "" },
	{ "vg0", -EINVAL, "", "" },
	{ "vg0 {\n", -EINVAL, "", "" },
	{ " {\nid = \"a\"", -EINVAL, "", "" },
	{ "vg0 {\nid = \"\"", -EINVAL, "", "" },
	{ "vg0 {\nseqno = 1\nid = \"a\"", -EINVAL, "", "" },
	{ "vg0 {\nid = \"0123456789012345678901234567890123456789012345678901234\"",
	  -EINVAL, "", "" },
};

START_TEST(parses_groups)
{
	const char *text = texts[_i].text;
	struct superblock superblock = { 0 };

	expect_number(text, lvm_parse_group(text, &superblock), texts[_i].r);
	expect_text(text, superblock.group_name, texts[_i].name);
	expect_text(text, superblock.group_uuid, texts[_i].uuid);
}

static const struct {
	const char *text;
	unsigned count;
} counts[] = {
	{ "", 0 },
	{ "vg0 {\nid = \"a\"\nphysical_volumes {\n\npv0 {\nid = \"b\"\n"
	  "device = \"/dev/sda\"\ndev_size = 8\npe_start = 2048\npe_count = 1\n}\n}\n",
	  1 },
	{ "pv0 {\npe_start = 2048\n}\npv1 {\npe_start = 2048\n}\n", 2 },
	{ "x_pe_start = 1\n# pe_start = 2\n", 0 },
};

START_TEST(counts_volumes)
{
	expect_number(counts[_i].text, lvm_count_volumes(counts[_i].text),
		      counts[_i].count);
}

/* A physical volume: a label, a data area, and a metadata area at 4096. */
static void make_volume(unsigned char image[static 8192])
{
	static const char text[] = "vg0 {\nid = \"abc\"\n";
	unsigned char *label = image + 512, *header = label + 32, *area = image + 4096;

	memset(image, 0, 8192);
	memcpy(label, "LABELONE", 8);
	label[20] = 32;
	memcpy(label + 24, "LVM2 001", 8);
	header[42] = 0x10;	    /* data at 0x100000 */
	header[40 + 32 + 1] = 0x10; /* metadata at 0x1000 */
	memcpy(area + 4, " LVM2 x[5A%r0N*>", 16);
	area[20] = 1;
	area[40 + 1] = 0x02; /* text at 0x200 */
	memcpy(area + 512, text, sizeof(text));
}

static const struct {
	const char *name;
	size_t at; /* of the byte to change */
	unsigned char to;
	const char *group;
} volumes[] = {
	{ "valid", 0, 0, "vg0" },
	{ "no label", 512, 'x', "" },
	{ "the label's offset out of the sector", 512 + 21, 0xff, "" },
	{ "no data area", 512 + 32 + 42, 0, "" },
	{ "a metadata area beyond the end", 512 + 32 + 40 + 32 + 5, 1, "" },
	{ "a negative metadata area", 512 + 32 + 40 + 32 + 7, 0xff, "" },
	{ "no magic", 4096 + 5, 'x', "" },
	{ "text beyond the end", 4096 + 40 + 4, 1, "" },
	{ "no text", 4096 + 512, ' ', "" },
};

START_TEST(reads_volumes)
{
	struct directory directory = make_directory();
	struct superblock superblock = { 0 };
	unsigned char image[8192];
	int fd;

	make_volume(image);
	if (volumes[_i].at)
		image[volumes[_i].at] = volumes[_i].to;
	put_bytes(&directory, "image", image, sizeof(image));
	fd = openat(directory.fd, "image", O_RDONLY);
	lvm_read_group(fd, &superblock);
	close(fd);
	expect_text(volumes[_i].name, superblock.group_name, volumes[_i].group);
	drop_directory(&directory);
}

/* The end of the sector with the text, which is read as a whole. */
#define TEXT_END (4096 + 512 + 512)

/* A volume that ends before has no group, and is never read beyond its end. */
START_TEST(reads_truncated_volumes)
{
	struct directory directory = make_directory();
	unsigned char image[8192];

	make_volume(image);
	for (size_t size = 0; size < sizeof(image); size += 61) {
		struct superblock superblock = { 0 };
		char name[32];
		int fd;

		put_bytes(&directory, "image", image, size);
		fd = openat(directory.fd, "image", O_RDONLY);
		lvm_read_group(fd, &superblock);
		close(fd);
		snprintf(name, sizeof(name), "%zu bytes", size);
		expect_text(name, superblock.group_name, size < TEXT_END ? "" : "vg0");
		expect_text(name, superblock.group_uuid, size < TEXT_END ? "" : "abc");
	}
	drop_directory(&directory);
}

int main(void)
{
	TCase *tcase = tcase_create("lvm");

	add_rows(tcase, counts_volumes, counts);
	add_rows(tcase, parses_groups, texts);
	add_rows(tcase, reads_volumes, volumes);
	tcase_add_test(tcase, reads_truncated_volumes);
	return unit_run(tcase);
}
