/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "seams.h"
#include "unit.h"

static const size_t sizes[] = {
	0, 1, 2, 511, 1023, 1024, 2048, 4094, 4095, 4096, 4097, 8191, 8192, 65536, 500000,
};

/* COMMAND_LINE_SIZE is 2048 on x86 and differs elsewhere: nothing is truncated. */
START_TEST(reads_any_length)
{
	struct directory root = make_directory();
	_cleanup_free_ char *line = malloc(sizes[_i] + 1), *got = NULL;

	memset(line, 'x', sizes[_i]);
	line[sizes[_i]] = '\0';
	put_file(&root, "proc/cmdline", line);
	ck_assert_int_eq(file_read(root.fd, "proc/cmdline", &got), 0);
	ck_assert_uint_eq(strlen(got), sizes[_i]);
	ck_assert(strcmp(got, line) == 0);
	drop_directory(&root);
}

START_TEST(reports_errors)
{
	struct directory root = make_directory();
	char *text = NULL;

	expect_number("no file", file_read(root.fd, "proc/cmdline", &text), -ENOENT);
	put_directory(&root, "proc");
	put_directory(&root, "proc/cmdline");
	expect_number("a directory", file_read(root.fd, "proc/cmdline", &text), -EISDIR);
	expect("nothing is returned", !text);
	drop_directory(&root);
}

START_TEST(leaves_nothing_open)
{
	struct directory root = make_directory();
	unsigned before = count_fds();
	char *text = NULL;

	(void)file_read(root.fd, "proc/cmdline", &text);
	put_file(&root, "proc/cmdline", "quiet");
	ck_assert_int_eq(file_read(root.fd, "proc/cmdline", &text), 0);
	free(text);
	ck_assert_uint_eq(count_fds(), before);
	drop_directory(&root);
}

START_TEST(notes_the_file)
{
	static const char none[FILE_NOTE_SIZE];
	struct directory root = make_directory();
	char note[FILE_NOTE_SIZE] = "", text[8], path[200];
	char *whole;

	put_file(&root, "a", "1");
	file_note_to(note);
	expect("read", sysfs_read(root.fd, "a", text, sizeof(text)) == 1);
	expect_text("read", note, "a");
	expect_number("written", sysfs_write(root.fd, "b/c", "1"), -ENOENT);
	expect_text("written", note, "b/c");
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	expect("too long", file_read(root.fd, path, &whole) < 0);
	expect_number("too long", (int)strlen(note), FILE_NOTE_SIZE - 1);
	file_note_to(NULL);
	memcpy(note, none, sizeof(note));
	expect("no more", sysfs_read(root.fd, "a", text, sizeof(text)) == 1);
	expect_text("no more", note, "");
	drop_directory(&root);
}

START_TEST(survives_out_of_memory)
{
	struct directory root = make_directory();
	char *text = NULL;
	unsigned before = count_fds();

	put_file(&root, "a", "quiet");
	seam_fail(SEAM_ALLOCATE, 1, ENOMEM);
	expect_number("memory", file_read(root.fd, "a", &text), -ENOMEM);
	expect("memory", seam_reset(SEAM_ALLOCATE) && !text);
	ck_assert_uint_eq(count_fds(), before);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("file");

	add_rows(tcase, reads_any_length, sizes);
	tcase_add_test(tcase, reports_errors);
	tcase_add_test(tcase, leaves_nothing_open);
	tcase_add_test(tcase, notes_the_file);
	tcase_add_test(tcase, survives_out_of_memory);
	return unit_run(tcase);
}
