/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit/edit.h"
#include "unit.h"

/* The diff without its first lines. */
static const struct {
	const char *name, *old, *new, *diff;
} changes[] = {
	{ "a line changes", "a\nb\nc\n", "a\nx\nc\n",
	  "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n" },
	{ "a line goes", "a\nb\nc\n", "a\nc\n", "@@ -1,3 +1,2 @@\n a\n-b\n c\n" },
	{ "three lines around it", "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
	  "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
	  "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n" },
	{ "several lines in one hunk", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n",
	  "2\n3\n4\nx\n6\n7\n8\n9\n10\n11\ny\n",
	  "@@ -1,12 +1,11 @@\n-1\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n 9\n 10\n 11\n-12\n+y\n" },
	{ "no newline at the end", "a\nb", "a\nx",
	  "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
	  "+x\n\\ No newline at end of file\n" },
	{ "a new file", NULL, "a\n", "@@ -0,0 +1 @@\n+a\n" },
	{ "a new file that is empty", NULL, "", "" },
	{ "a file that goes", "a\nb\n", NULL, "@@ -1,2 +0,0 @@\n-a\n-b\n" },
	{ "an empty file that goes", "", NULL, "" },
};

START_TEST(prints)
{
	struct directory root = make_directory();
	struct output output = { .file = stdout };
	struct change change = { .path = "f",
				 .old = (char *)changes[_i].old,
				 .new = (char *)changes[_i].new };
	_cleanup_free_ char *diff = NULL;
	char title[64];

	expect(changes[_i].name, change_is_any(&change));
	divert(&root, STDOUT_FILENO, "printed");
	change_print(&output, &change);
	undivert(STDOUT_FILENO);
	diff = get_file(&root, "printed");
	snprintf(title, sizeof(title), "--- %s\n+++ %s\n",
		 change.old ? "a/f" : "/dev/null", change.new ? "b/f" : "/dev/null");
	expect(changes[_i].name, strncmp(diff, title, strlen(title)) == 0);
	expect_text(changes[_i].name, diff + strlen(title), changes[_i].diff);
	drop_directory(&root);
}

/* Files that must not be changed. */
static const struct {
	const char *path;
	int error;
} refused[] = {
	{ "missing", -ENOENT }, { "directory", -ELOOP },  { "link", -ELOOP },
	{ "dangling", -ELOOP }, { "../outside", -ELOOP }, { "above/outside", -ELOOP },
	{ "linked", -EMLINK },	{ "nul", -EILSEQ },	  { "new\nline", -EINVAL },
};

START_TEST(refuses)
{
	struct directory top = make_directory(), root = top;
	struct change change;

	put_file(&top, "outside", "");
	put_file(&top, "root/file", "");
	put_file(&top, "root/linked", "");
	put_file(&top, "root/new\nline", "");
	put_bytes(&top, "root/nul", "a\0b", 3);
	put_directory(&top, "root/directory");
	ck_assert_int_eq(linkat(top.fd, "root/linked", top.fd, "root/other", 0), 0);
	put_link(&top, "root/link", "file");
	put_link(&top, "root/dangling", "nowhere");
	put_link(&top, "root/above", "..");
	root.fd = openat(top.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	expect_number(refused[_i].path, change_open(root.fd, refused[_i].path, &change),
		      refused[_i].error);
	change_free(&change);
	close(root.fd);
	drop_directory(&top);
}

START_TEST(opens)
{
	struct directory root = make_directory();
	struct change change;

	put_file(&root, "f", "a\n");
	expect_number("open", change_open(root.fd, "f", &change), 0);
	expect_text("path", change.path, "f");
	expect_text("old", change.old, "a\n");
	expect("no change", !change_is_any(&change));
	change_free(&change);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("change");

	add_rows(tcase, prints, changes);
	add_rows(tcase, refuses, refused);
	tcase_add_test(tcase, opens);
	return unit_run(tcase);
}
