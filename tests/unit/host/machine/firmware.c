/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"
#include "unit.h"

#define TABLES "sys/firmware/acpi/tables/"

struct table {
	uint8_t bytes[1024];
	size_t size;
};

/* The tables have NUL bytes, which put_file() does not write. */
static void put_table(const struct directory *root, const char *name,
		      const struct table *table)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), TABLES "%s", name);
	put_file(root, path, "");
	file = fdopen(openat(root->fd, path, O_WRONLY), "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(table->bytes, 1, table->size, file), table->size);
	fclose(file);
}

static void read_template(const char *name, struct table *ret)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "tests/cli/host/tables/%s", name);
	file = fopen(path, "r");
	ck_assert_msg(file, "%s", path);
	ret->size = fread(ret->bytes, 1, sizeof(ret->bytes), file);
	ck_assert_uint_gt(ret->size, 48);
	fclose(file);
}

static const char *judge(const char *name, const struct table *table)
{
	struct directory root = make_directory();
	struct host host = { .root_fd = root.fd };
	const char *advice;

	put_table(&root, name, table);
	advice = firmware_find_lack(&host);
	drop_directory(&root);
	return advice;
}

/* A table with a header of 48 bytes and these bytes after it, in hex with blanks. */
static void make_table(const char *name, const char *hex, struct table *ret)
{
	char *end;

	*ret = (struct table){ .size = 48 };
	memcpy(ret->bytes, name, 4);
	for (unsigned long byte; byte = strtoul(hex, &end, 16), end != hex; hex = end)
		ret->bytes[ret->size++] = (uint8_t)byte;
	ret->bytes[4] = (uint8_t)ret->size;
	if (strcmp(name, "IORT") == 0)
		ret->bytes[40] = 48;
}

static const char *const names[] = { "DMAR", "IVRS", "IORT" };

static const struct {
	const char *name, *hex;
	bool lacks;
} rows[] = {
	{ "DMAR", "", true },
	{ "IVRS", "", true },
	{ "IORT", "", true },
	{ "SSDT", "", false },
	/* DRHD; reserved memory and ATSR only, an unknown type */
	{ "DMAR", "0 0 8 0 0 0 0 0", false },
	{ "DMAR", "1 0 8 0 0 0 0 0", true },
	{ "DMAR", "1 0 4 0 2 0 4 0", true },
	{ "DMAR", "1 0 4 0 0 0 4 0", false },
	{ "DMAR", "0 1 4 0", true },
	/* IVHD of three kinds; IVMD, whatever its flags are */
	{ "IVRS", "10 0 4 0", false },
	{ "IVRS", "11 30 4 0", false },
	{ "IVRS", "40 0 4 0", false },
	{ "IVRS", "20 8 4 0 21 10 5 0 0", true },
	/* SMMU, SMMUv3; ITS group, named component, root complex, PMCG, RMR */
	{ "IORT", "3 4 0 0", false },
	{ "IORT", "4 4 0 0", false },
	{ "IORT", "0 4 0 0 1 4 0 0 2 4 0 0 5 4 0 0 6 4 0 0", true },
	{ "IORT", "0 4 0 0 4 4 0 0", false },
	/* damaged: nobody knows what else is there */
	{ "DMAR", "1 0 0 0 1 0 4 0", false },
	{ "DMAR", "1 0 3 0 0", false },
	{ "DMAR", "1 0 5 0", false },
	{ "DMAR", "1 0 ff ff", false },
	{ "DMAR", "1 0 4 0 1", false },
	{ "IORT", "0 0 0 0", false },
	{ "IORT", "0 ff ff 0", false },
};

START_TEST(looks_for_iommus)
{
	struct table table;

	make_table(rows[_i].name, rows[_i].hex, &table);
	expect_number(rows[_i].hex, judge(rows[_i].name, &table) != NULL, rows[_i].lacks);
}

START_TEST(finds_one_in_each_template)
{
	struct table table;

	read_template(names[_i], &table);
	expect(names[_i], !judge(names[_i], &table));
}

/* However much of it is there: the length tells that something is missing. */
START_TEST(believes_no_part_of_a_table)
{
	struct table table;

	read_template(names[_i], &table);
	for (size_t size = table.size; size > 0; size--) {
		table.size = size;
		expect(names[_i], !judge(names[_i], &table));
	}
	make_table(names[_i], "5 4 0 0", &table);
	table.bytes[4]++;
	expect("a table whose length is too large", !judge(names[_i], &table));
}

/* Each byte with another value: no more is read than there is. */
START_TEST(survives_any_byte)
{
	static const uint8_t values[] = { 0, 1, 3, 0x7f, 0x80, 0xff };
	struct table table;

	read_template(names[_i], &table);
	for (size_t at = 0; at < table.size; at++) {
		uint8_t before = table.bytes[at];

		for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
			table.bytes[at] = values[i];
			(void)judge(names[_i], &table);
		}
		table.bytes[at] = before;
	}
	expect("the table as it was", !judge(names[_i], &table));
}

/* Lying offsets of the first structure. */
START_TEST(checks_the_offset)
{
	static const uint8_t offsets[] = { 0, 36, 47, 49, 0xff };
	struct table table;

	make_table("IORT", "0 4 0 0", &table);
	expect("48", judge("IORT", &table));
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		table.bytes[40] = offsets[i];
		expect_number("offset", judge("IORT", &table) != NULL, false);
	}
}

START_TEST(all_tables_count)
{
	struct directory root = make_directory();
	struct host host = { .root_fd = root.fd };
	struct table none, one;

	expect("no table", !firmware_find_lack(&host));
	make_table("DMAR", "", &none);
	put_table(&root, "DMAR", &none);
	expect("VT-d", strstr(firmware_find_lack(&host), "enable VT-d"));
	make_table("IVRS", "10 0 4 0", &one);
	put_table(&root, "IVRS", &one);
	expect("another one has some", !firmware_find_lack(&host));
	make_table("IVRS", "", &none);
	put_table(&root, "IVRS", &none);
	expect("neither has any", firmware_find_lack(&host));
	put_file(&root, TABLES "VIOT", "");
	expect("a virtual machine's", !firmware_find_lack(&host));
	drop_directory(&root);
}

START_TEST(what_cannot_be_read_is_unknown)
{
	struct directory root = make_directory();
	struct host host = { .root_fd = root.fd };

	put_file(&root, TABLES "DMAR", "");
	expect("empty", !firmware_find_lack(&host));
	drop_directory(&root);
	root = make_directory();
	host.root_fd = root.fd;
	put_file(&root, TABLES "IVRS/x", "");
	expect("a directory", !firmware_find_lack(&host));
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("firmware");

	add_rows(tcase, looks_for_iommus, rows);
	add_rows(tcase, finds_one_in_each_template, names);
	add_rows(tcase, believes_no_part_of_a_table, names);
	add_rows(tcase, survives_any_byte, names);
	tcase_add_test(tcase, checks_the_offset);
	tcase_add_test(tcase, all_tables_count);
	tcase_add_test(tcase, what_cannot_be_read_is_unknown);
	return unit_run(tcase);
}
