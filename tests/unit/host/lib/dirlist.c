/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/lib.h"
#include "unit.h"

static const struct {
	const char *name, *files, *end, *list;
} rows[] = {
	{ "sorted by bytes", "b.conf a.conf 10.conf 9.conf B.conf", ".conf",
	  "10.conf 9.conf B.conf a.conf b.conf" },
	{ "other ends", "a.conf b.conf.bak conf c.cfg", ".conf", "a.conf" },
	{ "hidden", ".a.conf a.conf", ".conf", "a.conf" },
	{ "nothing but the end", ".conf", ".conf", "" },
	{ "any end", "b a", "", "a b" },
	{ "none", "", ".conf", "" },
};

START_TEST(lists)
{
	struct directory directory = make_directory();
	_cleanup_free_ char *files = strdup(rows[_i].files), **names = NULL;
	char path[64], list[256] = "";

	put_directory(&directory, "d");
	for (char *rest = files, *name; (name = strsep(&rest, " "));) {
		snprintf(path, sizeof(path), "d/%s", name);
		if (*name)
			put_file(&directory, path, "");
	}
	names = dirlist_read(directory.fd, "d", rows[_i].end);
	for (size_t i = 0; names[i]; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
			 i > 0 ? " " : "", names[i]);
	expect_text(rows[_i].name, list, rows[_i].list);
	drop_directory(&directory);
}

START_TEST(lists_nothing)
{
	struct directory directory = make_directory();
	unsigned before = count_fds();
	_cleanup_free_ char **missing = dirlist_read(directory.fd, "d", "");
	_cleanup_free_ char **file = NULL;

	put_file(&directory, "f", "");
	file = dirlist_read(directory.fd, "f", "");
	expect("no directory", missing && !missing[0]);
	expect("a file", file && !file[0]);
	expect_number("descriptors", count_fds(), before);
	drop_directory(&directory);
}

START_TEST(lists_many)
{
	struct directory directory = make_directory();
	_cleanup_free_ char **names = NULL;
	char path[64];

	for (int i = 999; i >= 0; i--) {
		snprintf(path, sizeof(path), "d/%03d", i);
		put_file(&directory, path, "");
	}
	names = dirlist_read(directory.fd, "d", "");
	for (int i = 0; i < 1000; i++)
		expect_number("a name", atoi(names[i]), i);
	expect("the end", !names[1000]);
	drop_directory(&directory);
}

int main(void)
{
	TCase *tcase = tcase_create("dirlist");

	add_rows(tcase, lists, rows);
	tcase_add_test(tcase, lists_nothing);
	tcase_add_test(tcase, lists_many);
	return unit_run(tcase);
}
