/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "trials/trials.h"
#include "unit.h"

static const struct {
	const char *text;
	const char *token; /* NULL: there is no trial; "": it is malformed */
	unsigned minutes;
} texts[] = {
	{ "", NULL, 0 },
	{ "passthru.ids=10de:13c2\n", NULL, 0 },
	{ "# passthru.trial=abc\n", NULL, 0 },
	{ "passthru.ids=10de:13c2 # passthru.trial=abc\n", NULL, 0 },
	{ "quiet trial=abc xpassthru.trial=abc\n", NULL, 0 },
	{ "passthru.trial=abc\n", "abc", 0 },
	{ "passthru.trial=abc:999 # for one boot\n", "abc", 999 },
	{ "\"passthru.trial=abc:1\"", "abc", 1 },
	{ "passthru.trial=abc:5\npassthru.skip=06:00.0 passthru.trial=x-_1\n", "x-_1",
	  0 },
	{ "passthru.trial=abc\npassthru.trial=\n", "", 0 },
	{ "passthru.trial=a/b\n", "", 0 },
	{ "passthru.trial=abc:0\n", "", 0 },
	{ "passthru.trial\n", "", 0 },
};

START_TEST(finds_words)
{
	struct trial trial;
	bool found = trials_find(texts[_i].text, &trial);

	expect_number(texts[_i].text, found, !!texts[_i].token);
	expect_text(texts[_i].text, trial.token, texts[_i].token ? texts[_i].token : "");
	expect_number(texts[_i].text, trial.minutes, texts[_i].minutes);
}

START_TEST(reads_the_files)
{
	struct directory root = make_directory();
	struct trial trial;

	expect("no file", !trials_find_configured(root.fd, &trial));
	expect("no file", !trials_find_running(root.fd, &trial));
	expect("no file", !trials_is_confirmed(root.fd, "abc"));
	put_file(&root, "etc/passthru/cmdline.d/a.conf", "passthru.trial=abc:7");
	put_file(&root, "etc/passthru/cmdline.d/b.conf", "passthru.ids=10de:13c2");
	put_file(&root, "etc/passthru/confirmed", "one\ntwo\nabcd\nlast");
	expect("configured", trials_find_configured(root.fd, &trial));
	expect_text("configured", trial.token, "abc");
	expect_number("configured", trial.minutes, 7);
	expect("a part of another", !trials_is_confirmed(root.fd, "abc"));
	expect("nothing", !trials_is_confirmed(root.fd, ""));
	expect("the first", trials_is_confirmed(root.fd, "one"));
	expect("one between", trials_is_confirmed(root.fd, "two"));
	expect("the last", trials_is_confirmed(root.fd, "last"));
	drop_directory(&root);
}

static const struct {
	const char *text;
	const char *token;
	unsigned minutes;
} runs[] = {
	{ "abc 5\n", "abc", 5 },
	{ "abc 0\n", "abc", 0 },
	{ "abc\n", "abc", 0 },
	{ "\n", NULL, 0 },
	{ "", NULL, 0 },
	{ "0123456789012345678901234567890123456789 5\n", NULL, 0 },
};

START_TEST(reads_this_boot)
{
	struct directory root = make_directory();
	struct trial trial;
	bool found;

	put_file(&root, TRIAL_RUN_PATH, runs[_i].text);
	found = trials_find_running(root.fd, &trial);
	expect_number(runs[_i].text, found, !!runs[_i].token);
	expect_text(runs[_i].text, trial.token, runs[_i].token ? runs[_i].token : "");
	expect_number(runs[_i].text, trial.minutes, runs[_i].minutes);
	drop_directory(&root);
}

START_TEST(makes_tokens)
{
	char one[TRIAL_TOKEN_SIZE], other[TRIAL_TOKEN_SIZE], text[64];
	struct trial trial;

	expect_number("one", trials_make_token(one), 0);
	expect_number("another", trials_make_token(other), 0);
	expect("they differ", strcmp(one, other) != 0);
	expect_number("digits", strspn(one, "0123456789abcdef"), 16);
	snprintf(text, sizeof(text), "passthru.trial=%s", one);
	expect("it is valid", trials_find(text, &trial));
	expect_text("it is valid", trial.token, one);
}

int main(void)
{
	TCase *tcase = tcase_create("words");

	add_rows(tcase, finds_words, texts);
	tcase_add_test(tcase, reads_the_files);
	add_rows(tcase, reads_this_boot, runs);
	tcase_add_test(tcase, makes_tokens);
	return unit_run(tcase);
}
