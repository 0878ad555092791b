/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/internal.h"
#include "unit.h"

#define MENU                                               \
	"menuentry One --id one { linux /a first; }\n"     \
	"submenu Two --id two {\n"                         \
	"	menuentry Three --id=three { linux /b third }\n" \
	"	menuentry Four { linux /c 'x y' fourth; }\n"     \
	"}\n"                                              \
	"menuentry Five --class os 'five-id' { chainloader /d; }\n"

/* The title of the default entry; found: it is not the fallback. */
static const struct {
	const char *path, *title;
	bool found;
} defaults[] = {
	{ "", "One", true },
	{ "0", "One", true },
	{ "One", "One", true },
	{ "one", "One", true },
	{ "1", "Three", true },
	{ "two", "Three", true },
	{ "1>1", "Four", true },
	{ "Two>Four", "Four", true },
	{ "two>three", "Three", true },
	{ "2", "Five", true },
	{ "7", "One", false },
	{ "Four", "One", false },
	{ "two>seven", "Three", false },
};

START_TEST(chooses)
{
	const char *row = defaults[_i].path;
	const struct grub_entry *entry;
	struct grub_menu menu;
	char config[1024];
	bool found = false;

	snprintf(config, sizeof(config), "set default='%s'\n" MENU, row);
	expect_number(row, grub_menu_read(config, "", &menu), 0);
	expect_number(row, menu.count, 5);
	entry = grub_menu_default(&menu, &found);
	expect(row, entry != NULL);
	expect_text(row, entry->title, defaults[_i].title);
	expect_number(row, found, defaults[_i].found);
	grub_menu_free(&menu);
}

START_TEST(reads)
{
	struct grub_menu menu;

	expect_number("menu", grub_menu_read(MENU, "", &menu), 0);
	expect_text("a command line", menu.entries[0].cmdline, "first");
	expect("a submenu", menu.entries[1].is_submenu && !menu.entries[1].cmdline);
	expect_number("its parent", menu.entries[1].parent, GRUB_TOP);
	expect_number("the parent of what is in it", menu.entries[3].parent, 1);
	expect_text("blanks", menu.entries[3].cmdline, "\"x y\" fourth");
	expect("no Linux", !menu.entries[4].cmdline);
	expect_text("no ID", menu.entries[3].id, "Four");
	grub_menu_free(&menu);
}

/* Conditions and the environment decide about the default. */
static const struct {
	const char *name, *config, *environment, *title;
	bool is_once;
} environments[] = {
	{ "saved", "load_env\nset default=$saved_entry\n" MENU, "saved_entry=two>Four\n",
	  "Four", false },
	{ "not loaded", "set default=$saved_entry\n" MENU, "saved_entry=two>Four\n",
	  "One", false },
	{ "comments", "load_env\nset default=$saved_entry\n" MENU,
	  "#saved_entry=two\n####", "One", false },
	{ "backslashes", "load_env\nset default=$saved_entry\n" MENU,
	  "saved_entry=tw\\o\n", "Three", false },
	{ "once",
	  "load_env\nif [ $next_entry ]; then set default=$next_entry; else set default=0; fi\n" MENU,
	  "next_entry=1>1\n", "Four", true },
	{ "not once",
	  "load_env\nif [ $next_entry ]; then set default=$next_entry; else set default=2; fi\n" MENU,
	  "next_entry=\n", "Five", false },
	{ "a false branch", "set a=x\nif [ $a = y ]; then set default=2; fi\n" MENU, "",
	  "One", false },
	{ "what cannot be known is true", "if [ -f /x ]; then set default=2; fi\n" MENU,
	  "", "Five", false },
	{ "elif",
	  "set a=x\nif [ $a = y ]; then\nset default=2\nelif [ $a = x ]; then\nset default=1\nelse\nset default=0\nfi\n" MENU,
	  "", "Three", false },
	{ "a variable that is not set is empty",
	  "if [ \"$x\" = 1 ]; then set default=2; fi\n" MENU, "", "One", false },
	{ "so is one that is unset",
	  "set x=1\nunset x\nif [ $x ]; then set default=2; fi\n" MENU, "", "One",
	  false },
	{ "what is searched for is not known",
	  "set x=1\nsearch --no-floppy --set=x --label y\nif [ $x != 1 ]; then set default=2; fi\n" MENU,
	  "", "Five", false },
	{ "nor what an expression has found",
	  "regexp --set=1:x '(.*)' y\nif [ -z $x ]; then set default=2; fi\n" MENU, "",
	  "Five", false },
	{ "nor what is typed", "read x\nif [ $x ]; then set default=2; fi\n" MENU, "",
	  "Five", false },
	{ "the status of true and false",
	  "if false; then set default=2; elif true; then set default=1; fi\n" MENU, "",
	  "Three", false },
	{ "another file's variables are not known",
	  "load_env -f (hd0)512+1\nset default=$saved_entry\n" MENU, "saved_entry=two\n",
	  "One", false },
	{ "the usual file, by its name",
	  "load_env --file=$dir/grubenv\nset default=$saved_entry\n" MENU,
	  "saved_entry=two\n", "Three", false },
	{ "functions are not followed", "function f {\nset default=2\n}\n" MENU, "",
	  "One", false },
	{ "an entry sets it too late",
	  "menuentry Zero { set default=2; linux /a; }\n" MENU, "", "Zero", false },
};

START_TEST(follows)
{
	const char *row = environments[_i].name;
	const struct grub_entry *entry;
	struct grub_menu menu;
	bool found;

	expect_number(row,
		      grub_menu_read(environments[_i].config,
				     environments[_i].environment, &menu),
		      0);
	entry = grub_menu_default(&menu, &found);
	expect(row, entry != NULL);
	expect_text(row, entry->title, environments[_i].title);
	expect_number(row, menu.is_once, environments[_i].is_once);
	grub_menu_free(&menu);
}

static const struct {
	const char *path;
	size_t length;
	bool is_number;
	const char *name;
} paths[] = {
	{ "1>2", 1, true, "1" },    { "12", 2, true, "12" },
	{ "One", 3, false, "One" }, { "One>Two", 3, false, "One" },
	{ "1st", 3, false, "1st" }, { "a>>b>c", 4, false, "a>b" },
	{ "", 0, false, "" },
};

START_TEST(reads_paths)
{
	bool is_number;

	expect_number(paths[_i].path, grub_path_part(paths[_i].path, &is_number),
		      paths[_i].length);
	expect_number(paths[_i].path, is_number, paths[_i].is_number);
	expect(paths[_i].path, grub_path_names(paths[_i].path, paths[_i].name));
	expect(paths[_i].path, !grub_path_names(paths[_i].path, "other"));
}

START_TEST(finds_none)
{
	struct grub_menu menu;
	bool found;

	expect_number("no entries", grub_menu_read("linux /a alone\n", "", &menu), 0);
	expect("no entries", !grub_menu_default(&menu, &found));
	expect_text("outside of all entries", menu.bare.cmdline, "alone");
	grub_menu_free(&menu);
}

int main(void)
{
	TCase *tcase = tcase_create("grub_menu");

	add_rows(tcase, chooses, defaults);
	tcase_add_test(tcase, reads);
	add_rows(tcase, follows, environments);
	add_rows(tcase, reads_paths, paths);
	tcase_add_test(tcase, finds_none);
	return unit_run(tcase);
}
