/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/base.h"
#include "unit.h"

static const struct {
	const char *name, *file;
	int r;
	const char *path;
} rows[] = {
	{ "a path that fits", "b", 0, "a/b" },
	{ "one that just fits", "1234567", 0, "a/1234567" },
	{ "one byte too many", "12345678", -ENAMETOOLONG, "" },
	{ "many bytes too many", "1234567890123456789", -ENAMETOOLONG, "" },
};

START_TEST(never_cuts_a_path)
{
	char path[10] = "before";

	expect_number(rows[_i].name,
		      path_format(path, sizeof(path), "a/%s", rows[_i].file), rows[_i].r);
	expect_text(rows[_i].name, path, rows[_i].path);
}

int main(void)
{
	TCase *tcase = tcase_create("path");

	add_rows(tcase, never_cuts_a_path, rows);
	return unit_run(tcase);
}
