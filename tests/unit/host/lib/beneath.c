/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/lib.h"
#include "unit.h"

/*
 * Below the root: etc/sub and links to it, inside and outside; "outside" is beside it.
 * wanted is the directory that is opened, below the whole tree.
 */
static const struct {
	const char *path;
	int error;
	const char *wanted;
} rows[] = {
	{ "file", 0, "root" },
	{ "etc/file", 0, "root/etc" },
	{ "etc/sub/file", 0, "root/etc/sub" },
	{ "etc/./sub//file", 0, "root/etc/sub" },
	{ "etc/../etc/file", 0, "root/etc" },
	{ "inside/file", 0, "root/etc/sub" },
	{ "etc/inside/file", 0, "root/etc/sub" },
	{ "../file", -EXDEV, NULL },
	{ "etc/../../outside/file", -EXDEV, NULL },
	{ "outside/file", -EXDEV, NULL },
	{ "etc/outside/file", -EXDEV, NULL },
	{ "/etc/file", -EXDEV, NULL },
	{ "absolute/file", -EXDEV, NULL },
	{ "missing/file", -ENOENT, NULL },
	{ "plain/file", -ENOTDIR, NULL },
	{ "dangling/file", -ENOENT, NULL },
};

static void put_tree(const struct directory *tree)
{
	put_file(tree, "root/etc/sub/file", "");
	put_file(tree, "root/plain", "");
	put_file(tree, "outside/file", "");
	put_link(tree, "root/inside", "etc/sub");
	put_link(tree, "root/etc/inside", "../etc/sub");
	put_link(tree, "root/outside", "../outside");
	put_link(tree, "root/etc/outside", "../../outside");
	put_link(tree, "root/absolute", "/etc");
	put_link(tree, "root/dangling", "nowhere");
}

START_TEST(opens)
{
	struct directory tree = make_directory();
	unsigned before;
	struct stat got, wanted;
	int root_fd, fd;

	put_tree(&tree);
	root_fd = openat(tree.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	before = count_fds();
	fd = beneath_open_parent(root_fd, rows[_i].path);
	if (rows[_i].error) {
		expect_number(rows[_i].path, fd, rows[_i].error);
		expect_number(rows[_i].path, count_fds(), before);
	} else {
		expect(rows[_i].path, fd >= 0 && fstat(fd, &got) == 0);
		expect(rows[_i].path, fstatat(tree.fd, rows[_i].wanted, &wanted, 0) == 0);
		expect_number(rows[_i].path, got.st_ino, wanted.st_ino);
		close(fd);
	}
	close(root_fd);
	drop_directory(&tree);
}

/* Links stay in the root: "/etc" is root/etc, and outside of it there is nothing. */
static const struct {
	const char *path;
	int error;
} reads[] = {
	{ "etc/sub/file", 0 },
	{ "inside/file", 0 },
	{ "absolute/sub/file", 0 },
	{ "outside/file", -ELOOP }, /* leads to itself */
	{ "etc/outside/file", -ELOOP },
	{ "dangling", -ENOENT },
	{ "missing", -ENOENT },
	{ "plain/file", -ENOTDIR },
	{ "etc", -EISDIR },
	/* It would wait for a writer. */
	{ "fifo", -EINVAL },
};

START_TEST(reads_files)
{
	const char *path = reads[_i].path;
	struct directory tree = make_directory();
	unsigned before;
	char *text;
	int root_fd;

	put_tree(&tree);
	expect_number(path, mkfifoat(tree.fd, "root/fifo", 0600), 0);
	root_fd = openat(tree.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	before = count_fds();
	expect_number(path, beneath_read(root_fd, path, &text), reads[_i].error);
	expect_number(path, count_fds(), before);
	expect(path, !text == (reads[_i].error != 0));
	free(text);
	close(root_fd);
	drop_directory(&tree);
}

START_TEST(lists_below_the_root)
{
	struct directory tree = make_directory();
	_cleanup_free_ char **inside = NULL, **outside = NULL;
	int root_fd;

	put_tree(&tree);
	root_fd = openat(tree.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	inside = dirlist_read(root_fd, "inside", "");
	outside = dirlist_read(root_fd, "outside", "");
	expect("a link inside", inside && inside[0]);
	expect("a link outside", outside && !outside[0]);
	close(root_fd);
	drop_directory(&tree);
}

START_TEST(refuses_long_paths)
{
	struct directory tree = make_directory();
	char path[8192];

	memset(path, 'x', sizeof(path));
	strcpy(path + sizeof(path) - 6, "/file");
	expect_number("long", beneath_open_parent(tree.fd, path), -ENAMETOOLONG);
	drop_directory(&tree);
}

START_TEST(formats_paths)
{
	struct directory tree = make_directory();
	_cleanup_free_ char *path = NULL, *found = NULL, *missing = NULL, *text = NULL;
	_cleanup_free_ char *longest = malloc(PATH_MAX), *too_long = NULL;

	put_file(&tree, "etc/file", "content");
	expect_number("short", beneath_format(&path, "etc/%s", "file"), 0);
	expect_text("short", path, "etc/file");
	memset(longest, 'x', PATH_MAX - 1);
	longest[PATH_MAX - 1] = '\0';
	expect_number("too long", beneath_format(&too_long, "%s%d", longest, 1),
		      -ENAMETOOLONG);
	expect_number("the whole path", strlen(too_long), PATH_MAX);
	found = beneath_find(tree.fd, "%s/%s", "etc", "file");
	expect_text("found", found, "etc/file");
	missing = beneath_find(tree.fd, "%s/%s", "etc", "other");
	expect("missing", !missing);
	expect("no such path", !beneath_find(tree.fd, "%s/file", longest));
	expect_number("read", beneath_readf(tree.fd, &text, "%s/file", "etc"), 0);
	expect_text("read", text, "content");
	free(text);
	expect_number("no such path", beneath_readf(tree.fd, &text, "%s/file", longest),
		      -ENAMETOOLONG);
	expect("no text", !text);
	drop_directory(&tree);
}

START_TEST(takes_last_components)
{
	expect_text("a path", beneath_name("etc/default/grub"), "grub");
	expect_text("a name", beneath_name("grub"), "grub");
	expect_text("a directory", beneath_name("etc/"), "");
}

static const struct {
	const char *name, *files, *end, *list;
} lists_of[] = {
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
	_cleanup_free_ char *files = strdup(lists_of[_i].files), **names = NULL;
	char path[64], list[256] = "";

	put_directory(&directory, "d");
	for (char *rest = files, *name; (name = strsep(&rest, " "));) {
		snprintf(path, sizeof(path), "d/%s", name);
		if (*name)
			put_file(&directory, path, "");
	}
	names = dirlist_read(directory.fd, "d", lists_of[_i].end);
	for (size_t i = 0; names[i]; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
			 i > 0 ? " " : "", names[i]);
	expect_text(lists_of[_i].name, list, lists_of[_i].list);
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
	TCase *tcase = tcase_create("beneath");

	add_rows(tcase, opens, rows);
	add_rows(tcase, reads_files, reads);
	tcase_add_test(tcase, lists_below_the_root);
	add_rows(tcase, lists, lists_of);
	tcase_add_test(tcase, lists_nothing);
	tcase_add_test(tcase, lists_many);
	tcase_add_test(tcase, refuses_long_paths);
	tcase_add_test(tcase, formats_paths);
	tcase_add_test(tcase, takes_last_components);
	return unit_run(tcase);
}
