/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "block/block.h"
#include "unit.h"

static const struct {
	const char *path;
	const char *group;
	bool is_in_group;
} paths[] = {
	{ "/dev/vg/root", "vg", true },
	{ "vg/root", "vg", true },
	{ "/dev/vg2/root", "vg", false },
	{ "/dev/vg", "vg", false },
	{ "/dev/mapper/vg-root", "vg", true },
	{ "/dev/mapper/my--vg-root", "my-vg", true },
	{ "/dev/mapper/my--vg-root", "my", false },
	{ "/dev/mapper/vg", "vg", false },
	{ "/dev/mapper/crypt", "", false },
	{ "/dev/sda1", "", false },
};

START_TEST(knows_the_volume_group)
{
	expect_number(paths[_i].path, block_is_in_group(paths[_i].path, paths[_i].group),
		      paths[_i].is_in_group);
}

static struct block blocks[] = {
	{ .name = "sda", .major = 8, .minor = 0 },
	{ .name = "cciss!c0d0", .major = 104, .minor = 0 },
	{ .name = "dm-0", .major = 253, .minor = 0, .dm_name = "my--vg-a--b" },
	{ .name = "dm-1", .major = 253, .minor = 1, .dm_name = "crypt" },
};
static const struct block_list list = { blocks, ARRAY_SIZE(blocks) };

static const struct {
	const char *path;
	const char *name; /* NULL for none */
} devices[] = {
	{ "/dev/sda", "sda" },
	{ "sda", "sda" },
	{ "/dev/sda1", NULL },
	{ "/dev/cciss/c0d0", "cciss!c0d0" },
	{ "/dev/my-vg/a-b", "dm-0" },
	{ "/dev/mapper/my--vg-a--b", "dm-0" },
	{ "/dev/my/vg-a-b", NULL },
	{ "/dev/mapper/crypt", "dm-1" },
	{ "crypt", NULL },
	{ "/dev/disk/by-id/x", "sda" },
	{ "/dev/disk/by-id/y", NULL },
	{ "/dev/", NULL },
};

START_TEST(finds_paths)
{
	struct directory root = make_directory();
	const struct block *found;

	put_link(&root, "dev/disk/by-id/x", "../../sda");
	put_link(&root, "dev/disk/by-id/y", "../../sdb");
	found = block_find_path(root.fd, &list, devices[_i].path);
	expect_text(devices[_i].path, found ? found->name : "none",
		    devices[_i].name ? devices[_i].name : "none");
	drop_directory(&root);
}

static const struct {
	const char *number;
	const char *name;
} numbers[] = {
	{ "8:0", "sda" }, { "253:1", "dm-1" }, { "8:1", NULL },
	{ "8", NULL },	  { "", NULL },
};

START_TEST(finds_numbers)
{
	const struct block *found = block_find_number(&list, numbers[_i].number);

	expect_text(numbers[_i].number, found ? found->name : "none",
		    numbers[_i].name ? numbers[_i].name : "none");
}

int main(void)
{
	TCase *tcase = tcase_create("lookup");

	add_rows(tcase, knows_the_volume_group, paths);
	add_rows(tcase, finds_paths, devices);
	add_rows(tcase, finds_numbers, numbers);
	return unit_run(tcase);
}
