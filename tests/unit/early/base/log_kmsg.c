/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "unit.h"

static struct directory root;

/* Standard error goes to a file in the temporary root. */
static void set_up(void)
{
	root = make_directory();
	divert(&root, STDERR_FILENO, "stderr");
}

static void tear_down(void)
{
	undivert(STDERR_FILENO);
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

START_TEST(writes_to_kmsg_and_stderr)
{
	if (places[_i].has_kmsg)
		put_file(&root, "dev/kmsg", "");
	log_open(root.fd, places[_i].also_stderr, false);
	log_line(LOG_LEVEL_INFO, "a %d", 1);
	expect_files(places[_i].name, places[_i].kmsg, places[_i].error);
}

START_TEST(writes_the_severity)
{
	put_file(&root, "dev/kmsg", "");
	log_open(root.fd, false, false);
	log_line(LOG_LEVEL_ERROR, "a");
	log_line(LOG_LEVEL_WARNING, "b");
	log_line(LOG_LEVEL_INFO, "c");
	expect_files("levels", "<27>passthru: a\n<28>passthru: b\n<30>passthru: c\n", "");
}

START_TEST(writes_before_log_open)
{
	log_line(LOG_LEVEL_ERROR, "a");
	expect_files("unopened", "(none)", "passthru: a\n");
}

START_TEST(writes_to_stderr_if_kmsg_fails)
{
	put_link(&root, "dev/kmsg", "/dev/full");
	log_open(root.fd, false, false);
	log_line(LOG_LEVEL_ERROR, "a");
	expect_files("full", "", "passthru: a\n");
}

START_TEST(debugs_if_verbose)
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

/* A record is one line of printable ASCII. */
START_TEST(replaces_odd_bytes)
{
	put_file(&root, "dev/kmsg", "");
	log_open(root.fd, false, false);
	log_line(LOG_LEVEL_INFO, "%s", "a\nb\tc\x1b[1md\x7f\xe4 ~");
	expect_files("odd bytes", "<30>passthru: a?b?c?[1md?? ~\n", "");
}

/* The kernel splits records at 1024 bytes less its prefix. */
static const size_t lengths[] = { 0, 1, 463, 464, 465, 466, 467, 468, 600, 5000 };

START_TEST(truncates)
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
	TCase *tcase = tcase_create("log_kmsg");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, writes_to_kmsg_and_stderr, places);
	tcase_add_test(tcase, writes_the_severity);
	tcase_add_test(tcase, writes_before_log_open);
	tcase_add_test(tcase, writes_to_stderr_if_kmsg_fails);
	tcase_add_test(tcase, debugs_if_verbose);
	tcase_add_test(tcase, replaces_odd_bytes);
	add_rows(tcase, truncates, lengths);
	tcase_add_test(tcase, leaves_nothing_open);
	return unit_run(tcase);
}
