/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/base.h"
#include "seams.h"
#include "unit.h"

static struct directory root;

static void set_up(void)
{
	root = make_directory();
}

static void tear_down(void)
{
	drop_directory(&root);
}

/* Attributes, read into a buffer of eight bytes. */
static const struct {
	const char *content;
	const char *text;
} attributes[] = {
	{ "", "" },
	{ "\n", "" },
	{ "a", "a" },
	{ "a\n", "a" },
	{ "a\n\n", "a\n" },
	{ "a b\n", "a b" },
	{ "abcdef\n", "abcdef" },
	{ "abcdefg\n", "abcdefg" },
	{ "abcdefgh\n", "abcdefg" },
};

START_TEST(reads_attributes)
{
	const char *content = attributes[_i].content;
	char buffer[8];

	memset(buffer, 'x', sizeof(buffer));
	put_file(&root, "a/b", content);
	expect_number(content, sysfs_read(root.fd, "a/b", buffer, sizeof(buffer)),
		      strlen(attributes[_i].text));
	expect_text(content, buffer, attributes[_i].text);
}

START_TEST(reads_bytes)
{
	unsigned char buffer[4] = { 0 };

	put_bytes(&root, "config", "\x01\x00\n", 3);
	expect_number("bytes", sysfs_read_bytes(root.fd, "config", buffer, 4), 3);
	expect("bytes", memcmp(buffer, "\x01\x00\n", 4) == 0);
	expect_number("part", sysfs_read_bytes(root.fd, "config", buffer, 2), 2);
}

START_TEST(reports_read_errors)
{
	char buffer[8];

	put_directory(&root, "directory");
	put_file(&root, "file", "");
	expect_number("none", sysfs_read(root.fd, "none", buffer, 8), -ENOENT);
	expect_number("directory", sysfs_read(root.fd, "directory", buffer, 8), -EISDIR);
	expect_number("under a file", sysfs_read(root.fd, "file/x", buffer, 8), -ENOTDIR);
	expect_number("bytes", sysfs_read_bytes(root.fd, "none", buffer, 8), -ENOENT);
}

START_TEST(writes)
{
	_cleanup_free_ char *content = NULL;

	put_file(&root, "a", "");
	expect_number("a", sysfs_write(root.fd, "a", "0000:06:00.0"), 0);
	content = get_file(&root, "a");
	expect_text("a", content, "0000:06:00.0");
	/* A write to an attribute neither creates nor truncates a file. */
	expect_number("none", sysfs_write(root.fd, "none", "x"), -ENOENT);
	expect("none", !sysfs_exists(root.fd, "none"));
	expect_number("a", sysfs_write(root.fd, "a", "1"), 0);
	free(content);
	content = get_file(&root, "a");
	expect_text("a", content, "1000:06:00.0");
}

START_TEST(reports_write_errors)
{
	put_directory(&root, "directory");
	put_link(&root, "full", "/dev/full");
	expect_number("directory", sysfs_write(root.fd, "directory", "x"), -EISDIR);
	expect_number("full", sysfs_write(root.fd, "full", "x"), -ENOSPC);
}

/* A short write is an error. */
START_TEST(reports_short_writes)
{
	struct rlimit limit, usual;
	int r;

	signal(SIGXFSZ, SIG_IGN);
	put_file(&root, "a", "");
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &usual), 0);
	limit = (struct rlimit){ .rlim_cur = 2, .rlim_max = usual.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	r = sysfs_write(root.fd, "a", "abc");
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &usual), 0);
	expect_number("a", r, -EIO);
}

static const struct {
	const char *target;
	int r;
	const char *name;
} links[] = {
	{ "../../../bus/pci/drivers/nouveau", 0, "nouveau" },
	{ "nouveau", 0, "nouveau" },
	{ "../../13", 0, "13" },
	{ "../../abcdefghijklmno", 0, "abcdefghijklmno" },
	{ "../../abcdefghijklmnop", -ENAMETOOLONG, "" },
};

START_TEST(reads_links)
{
	char name[16] = "";

	put_link(&root, "driver", links[_i].target);
	expect_number(links[_i].target,
		      sysfs_read_link(root.fd, "driver", name, sizeof(name)),
		      links[_i].r);
	expect_text(links[_i].target, name, links[_i].name);
}

START_TEST(reads_targets)
{
	char target[8] = "";

	put_link(&root, "fits", "../a/bc");
	put_link(&root, "long", "../a/bcd");
	expect_number("fits", sysfs_read_target(root.fd, "fits", target, 8), 0);
	expect_text("fits", target, "../a/bc");
	expect_number("long", sysfs_read_target(root.fd, "long", target, 8),
		      -ENAMETOOLONG);
	expect_number("none", sysfs_read_target(root.fd, "none", target, 8), -ENOENT);
}

START_TEST(reports_what_is_not_a_link)
{
	char name[16];

	put_file(&root, "file", "");
	expect_number("none", sysfs_read_link(root.fd, "none", name, 16), -ENOENT);
	expect_number("file", sysfs_read_link(root.fd, "file", name, 16), -EINVAL);
}

START_TEST(knows_what_exists)
{
	put_file(&root, "a/file", "");
	expect("file", sysfs_exists(root.fd, "a/file"));
	expect("directory", sysfs_exists(root.fd, "a"));
	expect("none", !sysfs_exists(root.fd, "a/none"));
	expect("none", !sysfs_exists(root.fd, "none/file"));
}

START_TEST(leaves_nothing_open)
{
	unsigned before = count_fds();
	char buffer[8];

	put_file(&root, "file", "x");
	put_directory(&root, "directory");
	put_link(&root, "full", "/dev/full");
	(void)!sysfs_read(root.fd, "file", buffer, 8);
	(void)!sysfs_read(root.fd, "directory", buffer, 8);
	(void)!sysfs_read(root.fd, "none", buffer, 8);
	(void)!sysfs_write(root.fd, "file", "x");
	(void)!sysfs_write(root.fd, "full", "x");
	ck_assert_uint_eq(count_fds(), before);
}

int main(void)
{
	TCase *tcase = tcase_create("sysfs");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, reads_attributes, attributes);
	tcase_add_test(tcase, reads_bytes);
	tcase_add_test(tcase, reports_read_errors);
	tcase_add_test(tcase, writes);
	tcase_add_test(tcase, reports_write_errors);
	tcase_add_test(tcase, reports_short_writes);
	add_rows(tcase, reads_links, links);
	tcase_add_test(tcase, reads_targets);
	tcase_add_test(tcase, reports_what_is_not_a_link);
	tcase_add_test(tcase, knows_what_exists);
	tcase_add_test(tcase, leaves_nothing_open);
	return unit_run(tcase);
}
