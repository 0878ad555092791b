/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/internal.h"
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

START_TEST(opens_directories)
{
	struct directory tree = make_directory();
	int root_fd;
	DIR *stream;

	put_tree(&tree);
	root_fd = openat(tree.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	stream = beneath_open_directory(root_fd, "inside");
	expect("a link inside", stream);
	closedir(stream);
	expect("a link outside", !beneath_open_directory(root_fd, "outside"));
	expect("a file", !beneath_open_directory(root_fd, "plain"));
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

START_TEST(names)
{
	expect_text("a path", beneath_name("etc/default/grub"), "grub");
	expect_text("a name", beneath_name("grub"), "grub");
	expect_text("a directory", beneath_name("etc/"), "");
}

int main(void)
{
	TCase *tcase = tcase_create("beneath");

	add_rows(tcase, opens, rows);
	add_rows(tcase, reads_files, reads);
	tcase_add_test(tcase, opens_directories);
	tcase_add_test(tcase, refuses_long_paths);
	tcase_add_test(tcase, names);
	return unit_run(tcase);
}
