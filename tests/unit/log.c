/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "unit.h"

static struct directory root;

/* Standard error goes to a file of the made-up root. */
static void set_up(void)
{
	int fd;

	root = make_directory();
	put_file(&root, "stderr", "");
	fd = openat(root.fd, "stderr", O_WRONLY | O_APPEND);
	ck_assert_int_ge(dup2(fd, STDERR_FILENO), 0);
	close(fd);
}

static void tear_down(void)
{
	drop_directory(&root);
}

static void expect_files(const char *name, const char *kmsg, const char *error)
{
	_cleanup_free_ char *kmsg_is = get_file(&root, "dev/kmsg");
	_cleanup_free_ char *error_is = get_file(&root, "stderr");

	expect_text(name, kmsg_is ? kmsg_is : "(none)", kmsg);
	expect_text(name, error_is, error);
}

static const struct {
	const char *name;
	bool has_kmsg;
	bool also_stderr;
	const char *kmsg;
	const char *error;
} places[] = {
	{ "kmsg", true, false, "<30>passthru: a 1\n", "" },
	{ "both", true, true, "<30>passthru: a 1\n", "passthru: a 1\n" },
	{ "no kmsg", false, false, "(none)", "passthru: a 1\n" },
	{ "no kmsg, both", false, true, "(none)", "passthru: a 1\n" },
};

START_TEST(goes_to_its_place)
{
	if (places[_i].has_kmsg)
		put_file(&root, "dev/kmsg", "");
	log_open(root.fd, places[_i].also_stderr, false);
	log_line(LOG_LEVEL_INFO, "a %d", 1);
	expect_files(places[_i].name, places[_i].kmsg, places[_i].error);
}

START_TEST(has_a_severity)
{
	put_file(&root, "dev/kmsg", "");
	log_open(root.fd, false, false);
	log_line(LOG_LEVEL_ERROR, "a");
	log_line(LOG_LEVEL_WARNING, "b");
	log_line(LOG_LEVEL_INFO, "c");
	expect_files("levels", "<27>passthru: a\n<28>passthru: b\n<30>passthru: c\n", "");
}

START_TEST(speaks_before_it_is_opened)
{
	log_line(LOG_LEVEL_ERROR, "a");
	expect_files("unopened", "(none)", "passthru: a\n");
}

START_TEST(speaks_when_kmsg_is_full)
{
	put_link(&root, "dev/kmsg", "/dev/full");
	log_open(root.fd, false, false);
	log_line(LOG_LEVEL_ERROR, "a");
	expect_files("full", "", "passthru: a\n");
}

START_TEST(debugs_when_asked_to)
{
	put_file(&root, "dev/kmsg", "");
	log_open(root.fd, false, false);
	log_debug("a");
	log_set_verbose();
	log_debug("b");
	log_open(root.fd, false, true);
	log_debug("%s", "c");
	expect_files("debug", "<30>passthru: b\n<30>passthru: c\n", "");
}

/* A record is one line, whatever is in it. */
START_TEST(has_no_odd_bytes)
{
	put_file(&root, "dev/kmsg", "");
	log_open(root.fd, false, false);
	log_line(LOG_LEVEL_INFO, "%s", "a\nb\tc\x1b[1md\x7f\xe4 ~");
	expect_files("odd bytes", "<30>passthru: a?b?c?[1md?? ~\n", "");
}

/* The kernel cuts at 1024 less its own prefix; the rest comes as a record of its own. */
static const size_t lengths[] = { 0, 1, 463, 464, 465, 466, 467, 468, 600, 5000 };

START_TEST(is_cut)
{
	_cleanup_free_ char *text = malloc(lengths[_i] + 1), *line = NULL;
	size_t length;

	memset(text, 'x', lengths[_i]);
	text[lengths[_i]] = '\0';
	put_file(&root, "dev/kmsg", "");
	log_open(root.fd, false, false);
	log_line(LOG_LEVEL_INFO, "%s", text);
	line = get_file(&root, "dev/kmsg");
	length = strlen(line);
	ck_assert_uint_le(length, 480);
	ck_assert_int_eq(line[length - 1], '\n');
	ck_assert_ptr_eq(strchr(line, '\n'), line + length - 1);
	if (lengths[_i] < 465)
		ck_assert_uint_eq(length, lengths[_i] + strlen("<30>passthru: \n"));
	else
		ck_assert_uint_ge(length, 479);
}

START_TEST(leaves_nothing_open)
{
	unsigned before = count_fds();

	put_file(&root, "dev/kmsg", "");
	log_open(root.fd, true, true);
	log_line(LOG_LEVEL_INFO, "a");
	log_debug("a");
	ck_assert_uint_eq(count_fds(), before);
}

int main(void)
{
	TCase *tcase = tcase_create("log");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, goes_to_its_place, places);
	tcase_add_test(tcase, has_a_severity);
	tcase_add_test(tcase, speaks_before_it_is_opened);
	tcase_add_test(tcase, speaks_when_kmsg_is_full);
	tcase_add_test(tcase, debugs_when_asked_to);
	tcase_add_test(tcase, has_no_odd_bytes);
	add_rows(tcase, is_cut, lengths);
	tcase_add_test(tcase, leaves_nothing_open);
	return unit_run("log", tcase);
}
