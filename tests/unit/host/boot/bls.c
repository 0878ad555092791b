/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/internal.h"
#include "unit.h"

#define DIRECTORY "efi/loader/entries/"

/* Files of entries and their lines, in the order in which systemd-boot sorts them. */
static const struct {
	const char *name;
	struct {
		const char *file, *lines;
	} entries[4];
} orders[] = {
	{ "the newest first, by name",
	  { { "m-6.10.0.conf", "" }, { "m-6.9.0.conf", "" } } },
	{ "candidates before their release",
	  { { "m-6.10.0.conf", "" }, { "m-6.10.0~rc1.conf", "" } } },
	{ "sort keys before names", { { "a.conf", "sort-key x\n" }, { "z.conf", "" } } },
	{ "sort keys by the alphabet",
	  { { "a.conf", "sort-key a\nversion 1\n" },
	    { "b.conf", "sort-key b\nversion 2\n" } } },
	{ "of one sort key the newest version",
	  { { "a.conf", "sort-key x\nversion 6.12~rc10\n" },
	    { "b.conf", "sort-key x\nversion 6.12~rc3\n" },
	    { "c.conf", "sort-key x\nversion 6.1\n" } } },
	{ "machines before versions",
	  { { "a.conf", "sort-key x\nmachine-id 1\nversion 1\n" },
	    { "b.conf", "sort-key x\nmachine-id 2\nversion 2\n" } } },
	{ "failed too often",
	  { { "b.conf", "" }, { "a+1-2.conf", "" }, { "c+0-3.conf", "" } } },
	{ "of one entry the one with more tries left",
	  { { "a+3.conf", "" }, { "a+2-1.conf", "" }, { "a+1-2.conf", "" } } },
};

START_TEST(sorts)
{
	struct directory root = make_directory();
	const char *row = orders[_i].name;
	struct boot_entries entries;
	char path[128];

	for (size_t i = 0; i < 4 && orders[_i].entries[i].file; i++) {
		snprintf(path, sizeof(path), DIRECTORY "%s", orders[_i].entries[i].file);
		put_file(&root, path, orders[_i].entries[i].lines);
	}
	expect_number(row, bls_read(root.fd, &entries), 0);
	for (size_t i = 0; i < entries.count; i++)
		expect_text(row, strrchr(entries.items[i].path, '/') + 1,
			    orders[_i].entries[i].file);
	expect(row, entries.count == 4 || !orders[_i].entries[entries.count].file);
	bls_free(&entries);
	drop_directory(&root);
}

/* The file names of entries, and the boot counters in them. */
static const struct {
	const char *file, *id;
	int left, done;
} names[] = {
	{ "a.conf", "a.conf", -1, -1 },
	{ "a+3.conf", "a.conf", 3, 0 },
	{ "a+2-1.conf", "a.conf", 2, 1 },
	{ "a+0-3.conf", "a.conf", 0, 3 },
	{ "a+b+2.conf", "a+b.conf", 2, 0 },
	{ "a+.conf", "a+.conf", -1, -1 },
	{ "a+x.conf", "a+x.conf", -1, -1 },
	{ "a+1-.conf", "a+1-.conf", -1, -1 },
	{ "a+1-2-3.conf", "a+1-2-3.conf", -1, -1 },
	{ "a+1x.conf", "a+1x.conf", -1, -1 },
	{ "a+9999999.conf", "a+9999999.conf", -1, -1 },
};

START_TEST(counts_boots)
{
	struct directory root = make_directory();
	const char *row = names[_i].file;
	struct boot_entries entries;
	char path[128];

	snprintf(path, sizeof(path), DIRECTORY "%s", row);
	put_file(&root, path, "");
	expect_number(row, bls_read(root.fd, &entries), 0);
	expect_number(row, entries.count, 1);
	expect_text(row, entries.items[0].id, names[_i].id);
	expect_number(row, entries.items[0].tries_left, names[_i].left);
	expect_number(row, entries.items[0].tries_done, names[_i].done);
	bls_free(&entries);
	drop_directory(&root);
}

/* The lines of an entry and its command line; NULL if it does not boot Linux. */
static const struct {
	const char *lines, *title, *cmdline;
} contents[] = {
	{ "", "", "" },
	{ "title  A system \n", "A system", "" },
	{ "title\tA\r\n", "A", "" },
	{ "# title A\ntitle B", "B", "" },
	{ "options root=/dev/a\noptions quiet\n", "", "root=/dev/a quiet" },
	{ "options\nlinux /vmlinuz\n", "", "" },
	{ "title Shell\nefi /shell.efi\n", "Shell", NULL },
	{ "efi /linux.efi\noptions quiet\n", "", "quiet" },
};

START_TEST(reads)
{
	struct directory root = make_directory();
	const char *row = contents[_i].lines;
	struct boot_entries entries;

	put_file(&root, DIRECTORY "a.conf", row);
	expect_number(row, bls_read(root.fd, &entries), 0);
	expect_number(row, entries.count, 1);
	expect_text(row, entries.items[0].title, contents[_i].title);
	expect(row, !entries.items[0].cmdline == !contents[_i].cmdline);
	if (contents[_i].cmdline)
		expect_text(row, entries.items[0].cmdline, contents[_i].cmdline);
	bls_free(&entries);
	drop_directory(&root);
}

/* GRUB sorts by file name only. */
START_TEST(sorts_for_grub)
{
	struct directory root = make_directory();
	struct boot_entries entries;

	put_file(&root, "boot/loader/entries/m-6.9.conf", "sort-key a\n");
	put_file(&root, "boot/loader/entries/m-6.10.conf", "");
	expect_number("for GRUB", bls_read_for_grub(root.fd, &entries), 0);
	expect_number("for GRUB", entries.count, 2);
	expect_text("for GRUB", entries.items[0].id, "m-6.10.conf");
	bls_free(&entries);
	drop_directory(&root);
}

START_TEST(finds_none)
{
	struct directory root = make_directory();
	struct boot_entries entries;

	expect("nothing exists", !bls_exists(root.fd));
	expect_number("nothing", bls_read(root.fd, &entries), 0);
	expect_number("nothing", entries.count, 0);
	bls_free(&entries);
	put_directory(&root, "boot/loader/entries");
	expect("a directory", bls_exists(root.fd));
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("bls");

	add_rows(tcase, sorts, orders);
	add_rows(tcase, counts_boots, names);
	add_rows(tcase, reads, contents);
	tcase_add_test(tcase, sorts_for_grub);
	tcase_add_test(tcase, finds_none);
	return unit_run(tcase);
}
