/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit/edit.h"
#include "unit.h"

#define DELETE ((size_t)-1)

/* An edit of one line: the new file, and the diff without its first lines. */
static const struct {
	const char *name, *before;
	size_t line; /* DELETE: the whole file */
	const char *text;
	const char *after, *diff;
} edits[] = {
	{ "a line changes", "a\nb\nc\n", 1, "x", "a\nx\nc\n",
	  "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n" },
	{ "a line goes", "a\nb\nc\n", 1, NULL, "a\nc\n",
	  "@@ -1,3 +1,2 @@\n a\n-b\n c\n" },
	{ "the only line goes", "a\n", 0, NULL, "", "@@ -1 +0,0 @@\n-a\n" },
	{ "a line becomes empty", "a\n", 0, "", "\n", "@@ -1 +1 @@\n-a\n+\n" },
	{ "three lines around it", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", 4, "x",
	  "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
	  "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n" },
	{ "no newline at the end", "a\nb", 1, "x", "a\nx",
	  "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
	  "+x\n\\ No newline at end of file\n" },
	{ "no newline at the end, elsewhere", "a\nb", 0, "x", "x\nb",
	  "@@ -1,2 +1,2 @@\n-a\n+x\n b\n\\ No newline at end of file\n" },
	{ "empty lines", "\n\na\n", 2, "x", "\n\nx\n",
	  "@@ -1,3 +1,3 @@\n \n \n-a\n+x\n" },
	{ "the file goes", "a\nb\n", DELETE, NULL, NULL, "@@ -1,2 +0,0 @@\n-a\n-b\n" },
};

/* The new content of the file, freed by the caller; NULL if it is removed. */
static char *result_of(const struct edit *edit)
{
	struct change change;

	ck_assert_int_eq(edit_change(edit, &change), 0);
	free(change.old);
	return change.new;
}

/* The output of change_print(), freed by the caller. */
static char *print(const struct directory *directory, const struct edit *edit)
{
	struct output output = { .file = stdout };
	struct change change;

	ck_assert_int_eq(edit_change(edit, &change), 0);
	ck_assert(change_is_any(&change));
	divert(directory, STDOUT_FILENO, "printed");
	change_print(&output, &change);
	undivert(STDOUT_FILENO);
	change_free(&change);
	return get_file(directory, "printed");
}

START_TEST(changes)
{
	struct directory root = make_directory();
	const char *row = edits[_i].name;
	_cleanup_free_ char *result = NULL, *diff = NULL;
	bool is_deleted = edits[_i].line == DELETE;
	struct edit edit;
	char title[64];

	put_file(&root, "etc/file", edits[_i].before);
	expect_number(row, edit_open(root.fd, "etc/file", &edit), 0);
	expect(row, !edit_is_changed(&edit));
	if (is_deleted)
		edit.is_deleted = true;
	else
		expect_number(row, edit_set(&edit, edits[_i].line, edits[_i].text), 0);
	expect(row, edit_is_changed(&edit));
	result = result_of(&edit);
	if (!is_deleted)
		expect_text(row, result, edits[_i].after);
	diff = print(&root, &edit);
	snprintf(title, sizeof(title), "--- a/etc/file\n+++ %s\n",
		 is_deleted ? "/dev/null" : "b/etc/file");
	expect(row, strncmp(diff, title, strlen(title)) == 0);
	expect_text(row, diff + strlen(title), edits[_i].diff);
	edit_free(&edit);
	drop_directory(&root);
}

START_TEST(changes_several_lines)
{
	struct directory root = make_directory();
	_cleanup_free_ char *diff = NULL;
	struct edit edit;

	put_file(&root, "f", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n");
	expect_number("open", edit_open(root.fd, "f", &edit), 0);
	expect_number("the first", edit_set(&edit, 0, NULL), 0);
	expect_number("one that is near", edit_set(&edit, 4, "x"), 0);
	expect_number("one that is far", edit_set(&edit, 11, "y"), 0);
	diff = print(&root, &edit);
	expect_text("one hunk", diff,
		    "--- a/f\n+++ b/f\n"
		    "@@ -1,12 +1,11 @@\n-1\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n 9\n 10\n"
		    " 11\n-12\n+y\n");
	edit_free(&edit);
	drop_directory(&root);
}

START_TEST(keeps)
{
	struct directory root = make_directory();
	_cleanup_free_ char *result = NULL;
	struct edit edit;

	put_file(&root, "f", "a\nb\n");
	expect_number("open", edit_open(root.fd, "f", &edit), 0);
	expect_number("changed", edit_set(&edit, 0, "x"), 0);
	expect_number("and back", edit_set(&edit, 0, "a"), 0);
	expect("no change is left", !edit_is_changed(&edit));
	result = result_of(&edit);
	expect_text("the same", result, "a\nb\n");
	edit_free(&edit);
	drop_directory(&root);
}

static const struct {
	const char *name, *old, *new, *diff;
} files[] = {
	{ "a new file", NULL, "a\n", "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n" },
	{ "a file that goes", "a\n", NULL,
	  "--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n" },
	{ "a new file that is empty", NULL, "", "--- /dev/null\n+++ b/f\n" },
};

START_TEST(prints_files)
{
	struct directory root = make_directory();
	struct output output = { .file = stdout };
	struct change change = { .path = "f",
				 .old = (char *)files[_i].old,
				 .new = (char *)files[_i].new };
	_cleanup_free_ char *diff = NULL;

	expect(files[_i].name, change_is_any(&change));
	divert(&root, STDOUT_FILENO, "printed");
	change_print(&output, &change);
	undivert(STDOUT_FILENO);
	diff = get_file(&root, "printed");
	expect_text(files[_i].name, diff, files[_i].diff);
	drop_directory(&root);
}

/* Files that must not be edited. */
static const struct {
	const char *path;
	int error;
} refused[] = {
	{ "missing", -ENOENT }, { "directory", -ELOOP },  { "link", -ELOOP },
	{ "dangling", -ELOOP }, { "../outside", -ELOOP }, { "above/outside", -ELOOP },
	{ "nul", -EILSEQ },	{ "new\nline", -EINVAL },
};

START_TEST(refuses)
{
	struct directory top = make_directory(), root = top;
	struct edit edit;

	put_file(&top, "outside", "");
	put_file(&top, "root/file", "");
	put_file(&top, "root/new\nline", "");
	put_bytes(&top, "root/nul", "a\0b", 3);
	put_directory(&top, "root/directory");
	put_link(&top, "root/link", "file");
	put_link(&top, "root/dangling", "nowhere");
	put_link(&top, "root/above", "..");
	root.fd = openat(top.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	expect_number(refused[_i].path, edit_open(root.fd, refused[_i].path, &edit),
		      refused[_i].error);
	close(root.fd);
	drop_directory(&top);
}

START_TEST(reads_an_empty_file)
{
	struct directory root = make_directory();
	_cleanup_free_ char *result = NULL;
	struct edit edit;

	put_file(&root, "f", "");
	expect_number("open", edit_open(root.fd, "f", &edit), 0);
	expect_number("lines", edit.count, 0);
	result = result_of(&edit);
	expect_text("empty", result, "");
	edit_free(&edit);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("change");

	add_rows(tcase, changes, edits);
	tcase_add_test(tcase, changes_several_lines);
	tcase_add_test(tcase, keeps);
	add_rows(tcase, prints_files, files);
	add_rows(tcase, refuses, refused);
	tcase_add_test(tcase, reads_an_empty_file);
	return unit_run(tcase);
}
