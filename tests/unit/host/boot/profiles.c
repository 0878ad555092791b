/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "unit.h"

#define NAME_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct profile profiles[] = { { "play", (char *)"passthru.ids=1:2\n" },
				     { "work", (char *)"# nothing\n" } };
static const struct configuration machine = { (char *)"passthru.off\n", profiles, 2 };

/* What counts with each command line. */
static const struct {
	const char *cmdline;
	const char *text; /* of the configuration and the command line */
	const char *path; /* of the configuration */
	const char *no_profile;
} rows[] = {
	{ "ro", "\"passthru.off\" ro", "etc/passthru/cmdline.d", "" },
	{ "ro passthru.profile=play", "\"passthru.ids=1:2\" ro passthru.profile=play",
	  "etc/passthru/profiles/play.conf", "" },
	{ "passthru.profile=play passthru.profile=work",
	  "passthru.profile=play passthru.profile=work",
	  "etc/passthru/profiles/work.conf", "" },
	{ "\"passthru.profile=play\" passthru.addrs=06:00",
	  "\"passthru.ids=1:2\" \"passthru.profile=play\" passthru.addrs=06:00",
	  "etc/passthru/profiles/play.conf", "" },
	{ "passthru.profile=games", "passthru.profile=games",
	  "etc/passthru/profiles/games.conf",
	  "passthru.profile=games names none of the profiles (play, work), so no configuration counts" },
	{ "passthru.profile=Play", "passthru.profile=Play",
	  "etc/passthru/profiles/Play.conf",
	  "passthru.profile=Play names none of the profiles (play, work), so no configuration counts" },
	{ "passthru.profile=../profiles/play", "passthru.profile=../profiles/play",
	  "etc/passthru/cmdline.d",
	  "passthru.profile=../profiles/play names none of the profiles (play, work), so no configuration counts" },
	{ "passthru.profile=play.conf", "passthru.profile=play.conf",
	  "etc/passthru/cmdline.d",
	  "passthru.profile=play.conf names none of the profiles (play, work), so no configuration counts" },
	{ "passthru.profile=", "passthru.profile=", "etc/passthru/cmdline.d",
	  "passthru.profile= names none of the profiles (play, work), so no configuration counts" },
	{ "passthru.profile", "passthru.profile", "etc/passthru/cmdline.d",
	  "passthru.profile= names none of the profiles (play, work), so no configuration counts" },
	{ "passthru.profile=" NAME_63, "passthru.profile=" NAME_63,
	  "etc/passthru/profiles/" NAME_63 ".conf",
	  "passthru.profile=" NAME_63
	  " names none of the profiles (play, work), so no configuration counts" },
	{ "passthru.profile=x" NAME_63, "passthru.profile=x" NAME_63,
	  "etc/passthru/cmdline.d",
	  "passthru.profile=xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa names none of the profiles (play, work), so no configuration counts" },
	/* for init(8), and for a rescue */
	{ "ro -- passthru.profile=play", "\"passthru.off\" ro -- passthru.profile=play",
	  "etc/passthru/cmdline.d", "" },
	{ "single passthru.profile=play", "single passthru.profile=play",
	  "etc/passthru/cmdline.d", "" },
	{ "passthru.profile=games passthru.config=off",
	  "passthru.profile=games passthru.config=off", "etc/passthru/cmdline.d", "" },
};

START_TEST(chooses)
{
	struct whole_cmdline whole;

	ck_assert_int_eq(whole_cmdline_make(&machine, rows[_i].cmdline, &whole), 0);
	expect_text(rows[_i].cmdline, whole.text, rows[_i].text);
	expect_text(rows[_i].cmdline, whole.path, rows[_i].path);
	expect_text(rows[_i].cmdline, whole.no_profile, rows[_i].no_profile);
	whole_cmdline_free(&whole);
}

static const struct {
	const char *path;
	const char *list; /* of the profiles, once a file with it was added */
} files[] = {
	{ "etc/passthru/profiles/a-B_9.conf", "a-B_9" },
	{ "etc/passthru/profiles/" NAME_63 ".conf", NAME_63 },
	{ "etc/passthru/profiles/x" NAME_63 ".conf", "none" },
	{ "etc/passthru/profiles/.conf", "none" },
	{ "etc/passthru/profiles/a", "none" },
	{ "etc/passthru/profiles/a.conf.before-trial", "none" },
	{ "etc/passthru/profiles/a b.conf", "none" },
	{ "etc/passthru/profiles/a/b.conf", "none" },
	{ "etc/passthru/profiles.conf", "none" },
	{ "etc/passthru/cmdline", "none" },
	{ "", "none" },
};

START_TEST(adds)
{
	struct configuration configuration = { 0 };
	char list[PROFILE_LIST_SIZE];

	ck_assert_int_eq(
		configuration_add(&configuration, files[_i].path, strdup("passthru.off")),
		0);
	ck_assert_int_eq(configuration_add(&configuration, files[_i].path, strdup("2")),
			 0);
	configuration_list(&configuration, list);
	expect_text(files[_i].path, list, files[_i].list);
	if (strcmp(list, "none") != 0)
		expect_text(files[_i].path, configuration_find(&configuration, list),
			    "2");
	configuration_free(&configuration);
}

int main(void)
{
	TCase *tcase = tcase_create("profiles");

	add_rows(tcase, chooses, rows);
	add_rows(tcase, adds, files);
	return unit_run(tcase);
}
