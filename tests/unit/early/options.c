/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "options.h"
#include "unit.h"

#define ARGUMENTS 8

static const struct {
	const char *arguments[ARGUMENTS];
	int status;
	struct options options;
	const char *device; /* of --device; NULL for none */
} rows[] = {
	{ { NULL }, -1, { .root = "" }, NULL },
	{ { "--dry-run" }, -1, { .root = "", .dry_run = true }, NULL },
	{ { "--verbose" }, -1, { .root = "", .verbose = true }, NULL },
	{ { "--root", "/mnt" }, -1, { .root = "/mnt" }, NULL },
	{ { "--root=/mnt" }, -1, { .root = "/mnt" }, NULL },
	{ { "--root=/mnt///" }, -1, { .root = "/mnt" }, NULL },
	{ { "--root=/" }, -1, { .root = "" }, NULL },
	{ { "--root=." }, -1, { .root = "." }, NULL },
	{ { "--root=/a", "--root=/b" }, -1, { .root = "/b" }, NULL },
	{ { "--cmdline", "passthru.ids=1:2" },
	  -1,
	  { .root = "", .cmdline = "passthru.ids=1:2" },
	  NULL },
	{ { "--cmdline=" }, -1, { .root = "", .cmdline = "" }, NULL },
	{ { "--cmdline", "--verbose" },
	  -1,
	  { .root = "", .cmdline = "--verbose" },
	  NULL },
	{ { "--report", "file" }, -1, { .root = "", .report = "file" }, NULL },
	{ { "--report=-" }, -1, { .root = "", .report = "-" }, NULL },
	{ { "--dry-run", "--verbose", "--root", "/a", "--cmdline=b", "--report=c" },
	  -1,
	  { .dry_run = true,
	    .verbose = true,
	    .root = "/a",
	    .cmdline = "b",
	    .report = "c" },
	  NULL },
	{ { "--device", "0000:06:00.0" },
	  -1,
	  { .root = "", .has_device = true },
	  "0000:06:00.0" },
	{ { "--device=10000:01:00.0" },
	  -1,
	  { .root = "", .has_device = true },
	  "10000:01:00.0" },
	{ { "--late" }, -1, { .root = "", .late = true }, NULL },
	{ { "--help" }, EXIT_COMPLETE, { 0 }, NULL },
	{ { "--version" }, EXIT_COMPLETE, { 0 }, NULL },
	{ { "--dry-run", "--help" }, EXIT_COMPLETE, { 0 }, NULL },
	/* unusable */
	{ { "--nonsense" }, EXIT_USAGE, { 0 }, NULL },
	{ { "-v" }, EXIT_USAGE, { 0 }, NULL },
	{ { "-x" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--root" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--root=" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--cmdline" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--report" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--device" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--device=" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--device=06:00.*" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--device=10de:13c2" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--device=00:08.1/00.0" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--device=06:00.0 " }, EXIT_USAGE, { 0 }, NULL },
	{ { "--device=x", "--verbose" }, EXIT_USAGE, { 0 }, NULL },
	{ { "06:00.0" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--late", "--device=06:00.0" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--device=06:00.0", "--late" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--dry-run", "06:00.0" }, EXIT_USAGE, { 0 }, NULL },
	{ { "--", "06:00.0" }, EXIT_USAGE, { 0 }, NULL },
	{ { "" }, EXIT_USAGE, { 0 }, NULL },
};

static struct directory root;

/* What is printed goes to files. */
static void set_up(void)
{
	root = make_directory();
	divert(&root, STDOUT_FILENO, "out");
	divert(&root, STDERR_FILENO, "err");
	optind = 0; /* getopt_long() begins again */
}

static void tear_down(void)
{
	undivert(STDERR_FILENO);
	undivert(STDOUT_FILENO);
	drop_directory(&root);
}

static void expect_string(const char *name, const char *got, const char *want)
{
	ck_assert_msg(!got == !want && (!got || strcmp(got, want) == 0),
		      "%s: \"%s\", not \"%s\"", name, got ? got : "(none)",
		      want ? want : "(none)");
}

static void expect_options(const char *name, const struct options *got,
			   const struct options *want, const char *device)
{
	expect_number(name, got->dry_run, want->dry_run);
	expect_number(name, got->verbose, want->verbose);
	expect_number(name, got->late, want->late);
	expect_number(name, got->has_device, want->has_device);
	expect_string(name, got->root, want->root);
	expect_string(name, got->cmdline, want->cmdline);
	expect_string(name, got->report, want->report);
	if (device) {
		struct pci_address address = address_of(device);

		expect_number(name, address_compare(&got->device, &address), 0);
	}
}

START_TEST(understands)
{
	char *argv[ARGUMENTS + 2] = { strdup("passthru-early") };
	_cleanup_free_ char *out = NULL, *err = NULL;
	const char *name = rows[_i].arguments[0] ? rows[_i].arguments[0] : "(none)";
	struct options options;
	int argc = 1, status;

	for (; argc <= ARGUMENTS && rows[_i].arguments[argc - 1]; argc++)
		argv[argc] = strdup(rows[_i].arguments[argc - 1]);
	status = options_parse(argc, argv, &options);
	fflush(stdout);
	fflush(stderr);
	out = get_file(&root, "out");
	err = get_file(&root, "err");
	expect_number(name, status, rows[_i].status);
	if (status < 0)
		expect_options(name, &options, &rows[_i].options, rows[_i].device);
	expect_number(name, out[0] != '\0', status == EXIT_COMPLETE);
	expect_number(name, err[0] != '\0', status == EXIT_USAGE);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
}

START_TEST(tells_its_version)
{
	char name[] = "passthru-early", version[] = "--version";
	char *argv[] = { name, version, NULL };
	_cleanup_free_ char *out = NULL;
	struct options options;

	ck_assert_int_eq(options_parse(2, argv, &options), EXIT_COMPLETE);
	fflush(stdout);
	out = get_file(&root, "out");
	expect_text("--version", out, "passthru-early " VERSION "\n");
}

int main(void)
{
	TCase *tcase = tcase_create("options");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, understands, rows);
	tcase_add_test(tcase, tells_its_version);
	return unit_run(tcase);
}
