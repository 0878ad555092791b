/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/lib.h"
#include "trials/trials.h"
#include "unit.h"

#define DIRECTORY "sys/firmware/efi/efivars/"
#define BOOT	  "01234567-89ab-cdef-0123-456789abcdef"
#define OTHER	  "76543210-89ab-cdef-0123-456789abcdef"

static void put_variable(const struct directory *root, const char *text)
{
	char path[256], name[TRIAL_NAME_SIZE];

	trial_variable_name("abc", name);
	snprintf(path, sizeof(path), DIRECTORY "%s", name);
	put_file(root, path, text);
}

/* Without its attributes, whose NUL bytes end a text. */
static void expect_variable(const struct directory *root, const char *what,
			    const char *text)
{
	char path[256], name[TRIAL_NAME_SIZE], value[256] = "";
	ssize_t length;

	trial_variable_name("abc", name);
	snprintf(path, sizeof(path), DIRECTORY "%s", name);
	length = sysfs_read_bytes(root->fd, path, value, sizeof(value) - 1);
	if (!text) {
		expect_number(what, length, -ENOENT);
		return;
	}
	expect(what, length > 4 && memcmp(value, "\7\0\0", 4) == 0);
	expect_text(what, value + 4, text);
}

/* -- what they say ------------------------------------------------------------------- */

static const struct {
	const char *is_confirmed; /* NULL: text is all of it */
	const char *text;
	enum variable_state state;
} values[] = {
	{ "no", BOOT, VARIABLE_TRIED },
	{ "no", OTHER, VARIABLE_TRIED },
	{ "yes", BOOT, VARIABLE_CONFIRMED },
	{ NULL, "", VARIABLE_STRANGE },
	{ NULL, "abc tried", VARIABLE_STRANGE },
	{ NULL, "\7abc confirmed " BOOT, VARIABLE_STRANGE },
};

static void put_value(const struct directory *root, int row)
{
	char value[TRIAL_VALUE_SIZE], path[256], name[TRIAL_NAME_SIZE];
	FILE *file;
	size_t length;

	put_variable(root, values[row].text);
	if (!values[row].is_confirmed)
		return;
	length = trial_format_value("abc", values[row].is_confirmed[0] == 'y',
				    values[row].text, value);
	trial_variable_name("abc", name);
	snprintf(path, sizeof(path), "%s/" DIRECTORY "%s", root->path, name);
	file = fopen(path, "w");
	expect("a file", file && fwrite(value, 1, length, file) == length);
	fclose(file);
}

START_TEST(reads)
{
	struct directory root = make_directory();
	const struct host host = { .root_fd = root.fd };
	unsigned before = count_fds();

	put_value(&root, _i);
	expect_number(values[_i].text, trials_read_variable(&host, "abc"),
		      values[_i].state);
	expect_number("another token", trials_read_variable(&host, "ab"),
		      VARIABLE_ABSENT);
	expect_number("descriptors", count_fds(), before);
	drop_directory(&root);
}

/* -- changing them ------------------------------------------------------------------- */

START_TEST(confirms_and_removes)
{
	struct directory root = make_directory();
	const struct host host = { .root_fd = root.fd };
	unsigned before = count_fds();

	expect_number("no EFI", trials_read_variable(&host, "abc"), VARIABLE_NO_EFI);
	expect_number("no EFI", trials_confirm_variable(&host, "abc"), -ENOENT);
	expect_number("no EFI", trials_remove_variable(&host, "abc"), 0);
	put_file(&root, DIRECTORY "others", "");
	expect_number("no ID of the boot", trials_confirm_variable(&host, "abc"),
		      -ENOENT);
	expect_variable(&root, "is not there", NULL);
	put_file(&root, "proc/sys/kernel/random/boot_id", BOOT "\n");
	expect_number("one is made", trials_confirm_variable(&host, "abc"), 0);
	expect_variable(&root, "as it is made", "abc confirmed " BOOT "\n");
	put_file(&root, "proc/sys/kernel/random/boot_id", OTHER "\n");
	expect_number("one is overwritten", trials_confirm_variable(&host, "abc"), 0);
	expect_variable(&root, "as it becomes", "abc confirmed " OTHER "\n");
	expect_number("state", trials_read_variable(&host, "abc"), VARIABLE_CONFIRMED);
	/* A longer one is not passthru's. */
	put_variable(
		&root,
		"a much longer text than any that passthru writes into a variable of "
		"its own, so that some of it remains after it");
	expect_number("one of something else", trials_confirm_variable(&host, "abc"),
		      -EIO);
	expect_number("it goes", trials_remove_variable(&host, "abc"), 1);
	expect_variable(&root, "is gone", NULL);
	expect_number("it is gone", trials_remove_variable(&host, "abc"), 0);
	expect_number("others stay", trials_remove_variable(&host, "others"), 0);
	expect("others stay", file_exists(root.fd, DIRECTORY "others"));
	expect_number("descriptors", count_fds(), before);
	drop_directory(&root);
}

/* A link leads to what has that name below the root, if anything. */
START_TEST(stays_below_the_root)
{
	struct directory root = make_directory();
	const struct host host = { .root_fd = root.fd };
	_cleanup_free_ char *obstacle = NULL;
	char name[TRIAL_NAME_SIZE], path[256];

	put_file(&root, "proc/sys/kernel/random/boot_id", BOOT "\n");
	put_link(&root, "sys", "/sys");
	expect_number("a directory", trials_confirm_variable(&host, "abc"), -ELOOP);
	obstacle = trials_find_obstacle(&host, true);
	expect("no obstacle is overlooked", obstacle);
	drop_directory(&root);
	root = make_directory();
	put_file(&root, "proc/sys/kernel/random/boot_id", BOOT "\n");
	put_file(&root, DIRECTORY "others", "");
	put_file(&root, "victim", "as it was");
	trial_variable_name("abc", name);
	snprintf(path, sizeof(path), DIRECTORY "%s", name);
	put_link(&root, path, "../../../../victim");
	expect_number(
		"a file",
		trials_confirm_variable(&(struct host){ .root_fd = root.fd }, "abc"),
		-ELOOP);
	drop_directory(&root);
}

START_TEST(finds_obstacles)
{
	struct directory root = make_directory();
	const struct host host = { .root_fd = root.fd };
	_cleanup_free_ char *without = trials_find_obstacle(&host, false);
	char *with;

	expect("there is no EFI", without && strstr(without, "has none"));
	put_file(&root, DIRECTORY "others", "");
	with = trials_find_obstacle(&host, false);
	expect("there is EFI", !with);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("variables");

	add_rows(tcase, reads, values);
	tcase_add_test(tcase, confirms_and_removes);
	tcase_add_test(tcase, stays_below_the_root);
	tcase_add_test(tcase, finds_obstacles);
	return unit_run(tcase);
}
