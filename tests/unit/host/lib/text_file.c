/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "unit.h"

START_TEST(keeps_what_is_written)
{
	struct text_file text;
	FILE *file = text_file_open(&text);
	_cleanup_free_ char *got = NULL;

	fprintf(file, "%d", 12);
	fputs(" and more", file);
	got = text_file_close(&text);
	expect_text("written", got, "12 and more");
}

START_TEST(may_be_empty)
{
	struct text_file text;
	_cleanup_free_ char *got = NULL;

	text_file_open(&text);
	got = text_file_close(&text);
	expect_text("empty", got, "");
}

/* A text that lacks something is none; the sanitizers see that it is freed. */
START_TEST(is_whole_or_none)
{
	struct text_file text = { .file = fopen("/dev/full", "w"),
				  .text = strdup("begin") };

	fputs("the rest", text.file);
	expect("after an error", !text_file_close(&text));
	expect("closed", !text_file_close(&text));
}

int main(void)
{
	TCase *tcase = tcase_create("text_file");

	tcase_add_test(tcase, keeps_what_is_written);
	tcase_add_test(tcase, may_be_empty);
	tcase_add_test(tcase, is_whole_or_none);
	return unit_run(tcase);
}
