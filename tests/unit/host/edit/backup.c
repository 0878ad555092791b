/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "edit/edit.h"
#include "seams.h"
#include "unit.h"

#define BACKUPS "var/lib/passthru/test"

/* Two files that change, one that goes and one that is new. */
static const struct change changes[] = {
	{ "etc/a", (char *)"a\n", (char *)"A\n" },
	{ "etc/gone", (char *)"gone\n", NULL },
	{ "etc/b", (char *)"b\n", (char *)"B\n" },
	{ "etc/new/new", NULL, (char *)"new\n" },
};

static struct directory make_root(void)
{
	struct directory root = make_directory();

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		if (changes[i].old)
			put_file(&root, changes[i].path, changes[i].old);
	/* A FILE.passthru-new that nothing has to do with. */
	put_file(&root, "etc/other.passthru-new", "mine");
	return root;
}

/* What was said, freed by the caller. */
static char *said_by(struct directory *root, bool (*run)(struct directory *root),
		     bool *ret)
{
	divert(root, STDERR_FILENO, "said");
	*ret = run(root);
	undivert(STDERR_FILENO);
	return get_file(root, "said");
}

static bool apply(struct directory *root)
{
	char path[BACKUP_PATH_SIZE];
	bool done = backup_apply(root->fd, BACKUPS, changes, ARRAY_SIZE(changes), path);

	edit_end();
	expect("the path", done == (path[0] != '\0'));
	return done;
}

static bool undo(struct directory *root)
{
	bool done = backup_undo(root->fd, BACKUPS, NULL, NULL);

	edit_end();
	return done;
}

static void expect_file(const char *name, struct directory *root, const char *path,
			const char *text)
{
	_cleanup_free_ char *found = get_file(root, path);

	expect(name, !found == !text);
	if (found && text)
		expect_text(name, found, text);
}

static void expect_files(const char *name, struct directory *root, bool is_new)
{
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		expect_file(name, root, changes[i].path,
			    is_new ? changes[i].new : changes[i].old);
	expect_file(name, root, "etc/other.passthru-new", "mine");
}

START_TEST(applies_and_undoes)
{
	struct directory root = make_root();

	expect("apply", apply(&root));
	expect_files("applied", &root, true);
	expect("undo", undo(&root));
	expect_files("undone", &root, false);
	expect("nothing is left to undo", !undo(&root));
	drop_directory(&root);
}

/* -- files that others change -------------------------------------------------------- */

static void edit_a(struct directory *root)
{
	put_file(root, "etc/a", "mine\n");
}

static void create_new(struct directory *root)
{
	put_file(root, "etc/new/new", "mine\n");
}

static void edit_gone(struct directory *root)
{
	put_file(root, "etc/gone", "mine\n");
}

static void remove_b(struct directory *root)
{
	unlinkat(root->fd, "etc/b", 0);
}

static void link_b(struct directory *root)
{
	renameat(root->fd, "etc/b", root->fd, "etc/real");
	put_link(root, "etc/b", "real");
}

static void add_name_to_b(struct directory *root)
{
	ck_assert_int_eq(linkat(root->fd, "etc/b", root->fd, "etc/again", 0), 0);
}

static void change_mode_of_b(struct directory *root)
{
	fchmodat(root->fd, "etc/b", 0600, 0);
}

static void link_missing_directory(struct directory *root)
{
	put_link(root, "etc/new", "/nonexistent/outside");
}

/* Between reading and writing: nothing changes, and what others wrote stays. */
static const struct {
	const char *name;
	void (*meddle)(struct directory *root);
	const char *path, *text; /* what is there afterwards */
	const char *said;
} meddlings[] = {
	{ "edited", edit_a, "etc/a", "mine\n",
	  "nothing was changed: cannot change /etc/a: it has changed since it was read" },
	{ "created", create_new, "etc/new/new", "mine\n",
	  "/etc/new/new: it has changed" },
	{ "edited one that goes", edit_gone, "etc/gone", "mine\n", "/etc/gone: it has" },
	{ "removed", remove_b, "etc/b", NULL, "/etc/b: it has changed" },
	{ "became a link", link_b, "etc/real", "b\n", "/etc/b: it has changed" },
	{ "got another name", add_name_to_b, "etc/again", "b\n",
	  "/etc/b: it has changed" },
	{ "a missing directory outside", link_missing_directory, "etc/a", "a\n",
	  "cannot change /etc/new/new" },
};

START_TEST(keeps_what_others_write)
{
	struct directory root = make_root();
	_cleanup_free_ char *said = NULL;
	const char *name = meddlings[_i].name;
	bool done;

	meddlings[_i].meddle(&root);
	said = said_by(&root, apply, &done);
	expect(name, !done);
	expect_msg(strstr(said, meddlings[_i].said), "%s: said: %s", name, said);
	expect_file(name, &root, meddlings[_i].path, meddlings[_i].text);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		if (strcmp(changes[i].path, meddlings[_i].path) != 0 &&
		    (meddlings[_i].meddle != remove_b || i != 2))
			expect_file(name, &root, changes[i].path, changes[i].old);
	expect("nothing to undo", !undo(&root));
	drop_directory(&root);
}

/* Between writing and undoing: nothing is restored. */
static const struct {
	const char *name;
	void (*meddle)(struct directory *root);
	const char *said;
} later[] = {
	{ "edited later", edit_a, "nothing was restored: /etc/a has changed since" },
	{ "came back", edit_gone, "/etc/gone has changed since" },
	{ "removed later", remove_b, "/etc/b is missing now" },
	{ "became a link later", link_b, "/etc/b is a link now" },
	{ "got another name later", add_name_to_b,
	  "/etc/b is a link now, or has several" },
	{ "another mode", change_mode_of_b, "/etc/b has another mode or owner now" },
};

START_TEST(undoes_nothing)
{
	struct directory root = make_root();
	_cleanup_free_ char *said = NULL;
	bool done;

	expect(later[_i].name, apply(&root));
	later[_i].meddle(&root);
	said = said_by(&root, undo, &done);
	expect(later[_i].name, !done);
	expect_msg(strstr(said, later[_i].said), "%s: said: %s", later[_i].name, said);
	if (later[_i].meddle != edit_a)
		expect_file(later[_i].name, &root, "etc/a", "A\n");
	drop_directory(&root);
}

START_TEST(stays_inside)
{
	struct directory top = make_directory(), root = top;
	struct stat st;

	put_directory(&top, "root/etc");
	put_directory(&top, "outside");
	put_link(&top, "root/var", "../outside");
	root.fd = openat(top.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	divert(&top, STDERR_FILENO, "said");
	expect("outside", !backup_apply(root.fd, BACKUPS, &changes[3], 1,
					(char[BACKUP_PATH_SIZE]){ "" }));
	undivert(STDERR_FILENO);
	edit_end();
	expect("nothing is made there", fstatat(top.fd, "outside/lib", &st, 0) < 0);
	close(root.fd);
	drop_directory(&top);
}

/* -- programs that are killed, and errors -------------------------------------------- */

START_TEST(removes_leftovers)
{
	struct directory root = make_root();

	expect("apply", apply(&root));
	put_file(&root, "etc/a.passthru-new", "half");
	expect("undo", undo(&root));
	expect_file("after --undo", &root, "etc/a.passthru-new", NULL);
	put_file(&root, "etc/new/new.passthru-new", "half");
	expect("apply again", apply(&root));
	expect_file("after the next change", &root, "etc/new/new.passthru-new", NULL);
	expect_files("applied", &root, true);
	drop_directory(&root);
}

/* The files are restored in the order of the list; the second one cannot be. */
START_TEST(finishes_later)
{
	struct directory root = make_root();
	_cleanup_free_ char *said = NULL;
	bool done;

	expect("apply", apply(&root));
	seam_fail(SEAM_RENAME, 2, EIO);
	said = said_by(&root, undo, &done);
	expect("failed", seam_reset(SEAM_RENAME) && !done);
	expect_msg(strstr(said, "cannot restore /etc/gone"), "said: %s", said);
	expect_msg(strstr(said, "--undo a second time restores the rest"), "said: %s",
		   said);
	expect_file("restored", &root, "etc/a", "a\n");
	expect_file("not restored", &root, "etc/b", "B\n");
	expect("a second time", undo(&root));
	expect_files("undone", &root, false);
	drop_directory(&root);
}

/* A change of several files that fails leaves them as they were. */
START_TEST(rolls_back)
{
	for (unsigned nth = 1; nth < 20; nth++) {
		struct directory root = make_root();
		_cleanup_free_ char *said = NULL;
		bool done;

		seam_fail(SEAM_RENAME, nth, EIO);
		said = said_by(&root, apply, &done);
		if (seam_reset(SEAM_RENAME)) {
			expect_msg(!done, "rename %u", nth);
			expect_msg(strstr(said, "nothing was changed"), "rename %u: %s",
				   nth, said);
			expect_files("rolled back", &root, false);
		} else {
			expect_msg(done && nth > 5, "rename %u", nth);
			nth = 20;
		}
		drop_directory(&root);
	}
}

int main(void)
{
	TCase *tcase = tcase_create("backup");

	tcase_add_test(tcase, applies_and_undoes);
	add_rows(tcase, keeps_what_others_write, meddlings);
	add_rows(tcase, undoes_nothing, later);
	tcase_add_test(tcase, stays_inside);
	tcase_add_test(tcase, removes_leftovers);
	tcase_add_test(tcase, finishes_later);
	tcase_add_test(tcase, rolls_back);
	return unit_run(tcase);
}
