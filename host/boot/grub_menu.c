/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

#define DEPTH_MAX   32
#define ENTRIES_MAX 4096

/* Ignored: functions, and entries that no branch leads to or that are too many. */
enum block { BLOCK_ENTRY, BLOCK_SUBMENU, BLOCK_IGNORED };

/* Of an "if": this branch is taken, a later one may be, or an earlier one was. */
enum branch { BRANCH_TAKEN, BRANCH_WAITING, BRANCH_DONE };

struct reader {
	struct grub_menu *menu;
	const char *environment;
	enum block blocks[DEPTH_MAX];
	size_t places[DEPTH_MAX]; /* their indexes in the entries of the menu */
	size_t block_count;
	enum branch branches[DEPTH_MAX];
	bool guesses[DEPTH_MAX]; /* only GRUB knows whether they are taken */
	size_t branch_count;
	struct wordlist wordlist; /* the current command */
	bool has_unknown;	  /* it uses a variable that only GRUB knows */
};

static const char *word(const struct reader *reader, size_t index)
{
	return index < reader->wordlist.count ? reader->wordlist.items[index] : "";
}

static bool is_last(const struct reader *reader, const char *text)
{
	return reader->wordlist.count > 1 &&
	       strcmp(word(reader, reader->wordlist.count - 1), text) == 0;
}

static bool is_command(const struct reader *reader, const char *const *names,
		       size_t count)
{
	return span_is_one_of(span_of(word(reader, 0)), names, count);
}

/* -- variables ----------------------------------------------------------------------- */

/* The environment block: lines of NAME=VALUE with backslashes, padded with "#". */
static int load_environment(struct reader *reader)
{
	_cleanup_free_ char *text = strdup(reader->environment);
	char *rest, *line;
	int r = text ? 0 : -ENOMEM;

	for (line = text ? strtok_r(text, "\n", &rest) : NULL; r == 0 && line;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *value = strchr(line, '='), *to;

		if (line[0] == '#' || !value)
			continue;
		*value++ = '\0';
		to = value;
		for (const char *at = value; *at; at++) {
			at += *at == '\\' && at[1];
			*to++ = *at;
		}
		*to = '\0';
		r = grub_variable_set(&reader->menu->variables, line, value);
	}
	return r;
}

/* The file of "load_env", "" for the usual one, which has the name grubenv. */
static const char *find_environment(const struct reader *reader)
{
	const char *path = "";

	for (size_t i = 1; i < reader->wordlist.count; i++) {
		if (strncmp(word(reader, i), "--file=", 7) == 0)
			path = word(reader, i) + 7;
		else if (strcmp(word(reader, i), "--file") == 0 ||
			 strcmp(word(reader, i), "-f") == 0)
			path = word(reader, i + 1);
	}
	return strcmp(beneath_name(path), "grubenv") == 0 ? "" : path;
}

static int load_variables(struct reader *reader)
{
	struct grub_menu *menu = reader->menu;
	const char *path = find_environment(reader);

	if (!path[0])
		return load_environment(reader);
	if (!menu->environment)
		menu->environment = strdup(path);
	return menu->environment ? 0 : -ENOMEM;
}

/* Whether only GRUB knows whether it follows the current command. */
static bool is_guessed(const struct reader *reader)
{
	for (size_t i = 0; i < reader->branch_count; i++)
		if (reader->guesses[i])
			return true;
	return false;
}

/* Runs "set NAME=VALUE" or "NAME=VALUE". */
static int assign(struct reader *reader, const char *text)
{
	const char *equals = strchr(text, '='), *once;
	char name[128];

	if (!equals || (size_t)(equals - text) >= sizeof(name))
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	if (strcmp(name, "default") == 0) {
		reader->menu->is_guessed = is_guessed(reader);
		once = grub_variable(&reader->menu->variables, "next_entry");
		reader->menu->is_once = once && *once && strcmp(once, equals + 1) == 0;
	}
	return grub_variable_set(&reader->menu->variables, name, equals + 1);
}

static int set_unknown(struct reader *reader, const char *name)
{
	return grub_variable_set(&reader->menu->variables, name, NULL);
}

/* The variable that "search" and its like set: --set=NAME, --set=1:NAME, --set NAME. */
static int set_found(struct reader *reader)
{
	int r = 0;

	for (size_t i = 1; r == 0 && i < reader->wordlist.count; i++) {
		const char *option = word(reader, i), *colon = strchr(option, ':');

		if (strncmp(option, "--set=", 6) == 0)
			r = set_unknown(reader, colon ? colon + 1 : option + 6);
		else if (strcmp(option, "--set") == 0 || strcmp(option, "-s") == 0)
			r = set_unknown(reader, word(reader, i + 1));
	}
	return r;
}

/* Returns 1 if the command sets a variable to what only GRUB knows, 0, or an errno. */
static int follow_unknown(struct reader *reader)
{
	static const char *const searches[] = { "search", "regexp", "probe", "smbios" };
	static const char *const others[] = { "read", "for", "increment", "decrement" };
	int r;

	if (is_command(reader, searches, ARRAY_SIZE(searches)))
		r = set_found(reader);
	else if (is_command(reader, others, ARRAY_SIZE(others)))
		r = set_unknown(reader,
				word(reader, reader->wordlist.count > 2 &&
							     word(reader, 1)[0] == '-'
						     ? 2
						     : 1));
	else
		return 0;
	return r < 0 ? r : 1;
}

/* -- conditions ---------------------------------------------------------------------- */

/* In this order, "-a" is the minimum of two values, and "-o" the maximum. */
enum truth { TRUTH_FALSE, TRUTH_UNKNOWN, TRUTH_TRUE };

struct test {
	char **at, **end;
	bool is_known;
};

static bool is_word(const struct test *test, size_t index, const char *text)
{
	return (size_t)(test->end - test->at) > index &&
	       strcmp(test->at[index], text) == 0;
}

static enum truth truth_of(bool is_true)
{
	return is_true ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth is_filled(const struct test *test, const char *text)
{
	if (text[0])
		return TRUTH_TRUE;
	return test->is_known ? TRUTH_FALSE : TRUTH_UNKNOWN;
}

/* Reads one condition, without a preceding "!". */
static enum truth read_condition(struct test *test)
{
	size_t left = (size_t)(test->end - test->at);
	bool unequal = is_word(test, 1, "!=");
	char **at = test->at;

	if (left > 2 && (unequal || is_word(test, 1, "=") || is_word(test, 1, "=="))) {
		test->at += 3;
		return test->is_known ? truth_of((strcmp(at[0], at[2]) == 0) != unequal)
				      : TRUTH_UNKNOWN;
	}
	if (left > 1 && (is_word(test, 0, "-n") || is_word(test, 0, "-z"))) {
		test->at += 2;
		return at[0][1] == 'n' ? is_filled(test, at[1])
				       : TRUTH_TRUE - is_filled(test, at[1]);
	}
	if (left > 1 && at[0][0] == '-') {
		test->at += 2;
		return TRUTH_UNKNOWN;
	}
	test->at++;
	return is_filled(test, at[0]);
}

static enum truth read_term(struct test *test)
{
	bool negative = false;
	enum truth term;

	for (; is_word(test, 0, "!") && test->end - test->at > 1; test->at++)
		negative = !negative;
	term = read_condition(test);
	return negative ? TRUTH_TRUE - term : term;
}

/*
 * The result of GRUB's command "[" for the words up to its "]". It is decided if no word
 * uses a variable that only GRUB knows; tests of files and numbers never are.
 */
static enum truth judge_test(const struct reader *reader)
{
	const struct wordlist *words = &reader->wordlist;
	struct test test = { words->items + 2, words->items + words->count - 1,
			     !reader->has_unknown };
	enum truth all = TRUTH_TRUE, any = TRUTH_FALSE;

	if (test.at >= test.end)
		return test.is_known ? TRUTH_FALSE : TRUTH_UNKNOWN;
	for (;; test.at++) {
		enum truth term = read_term(&test);

		all = term < all ? term : all;
		if (is_word(&test, 0, "-o")) {
			any = all > any ? all : any;
			all = TRUTH_TRUE;
		} else if (!is_word(&test, 0, "-a")) {
			break;
		}
		if (test.at + 1 == test.end)
			return TRUTH_UNKNOWN;
	}
	if (test.at != test.end)
		return TRUTH_UNKNOWN;
	return all > any ? all : any;
}

/* -- if ------------------------------------------------------------------------------ */

/* Only GRUB knows the result of other commands. */
static enum truth judge(const struct reader *reader)
{
	if (strcmp(word(reader, 1), "false") == 0)
		return TRUTH_FALSE;
	if (strcmp(word(reader, 1), "true") == 0)
		return TRUTH_TRUE;
	if (strcmp(word(reader, 1), "[") != 0 || !is_last(reader, "]"))
		return TRUTH_UNKNOWN;
	return judge_test(reader);
}

/* Takes the branch unless it is known that GRUB does not. */
static void judge_branch(struct reader *reader, size_t index, bool is_else)
{
	enum truth truth = is_else ? TRUTH_TRUE : judge(reader);

	reader->branches[index] = truth == TRUTH_FALSE ? BRANCH_WAITING : BRANCH_TAKEN;
	reader->guesses[index] = truth == TRUTH_UNKNOWN;
}

static bool is_followed(const struct reader *reader)
{
	for (size_t i = 0; i < reader->branch_count; i++)
		if (reader->branches[i] != BRANCH_TAKEN)
			return false;
	for (size_t i = 0; i < reader->block_count; i++)
		if (reader->blocks[i] == BLOCK_IGNORED)
			return false;
	return true;
}

static int begin_branch(struct reader *reader)
{
	if (reader->branch_count == DEPTH_MAX)
		return -E2BIG;
	judge_branch(reader, reader->branch_count++, false);
	return 1;
}

/* Returns 1 if the command is part of an "if", 0 if not, or a negative errno. */
static int follow_branch(struct reader *reader)
{
	const char *command = word(reader, 0);
	bool is_else = strcmp(command, "else") == 0;
	enum branch *branch;

	if (strcmp(command, "if") == 0)
		return begin_branch(reader);
	if (!is_else && strcmp(command, "elif") != 0 && strcmp(command, "fi") != 0)
		return 0;
	if (reader->branch_count == 0)
		return 1;
	if (strcmp(command, "fi") == 0) {
		reader->branch_count--;
		return 1;
	}
	branch = &reader->branches[reader->branch_count - 1];
	if (*branch == BRANCH_TAKEN)
		*branch = BRANCH_DONE;
	else if (*branch == BRANCH_WAITING)
		judge_branch(reader, reader->branch_count - 1, is_else);
	return 1;
}

/* -- blocks -------------------------------------------------------------------------- */

static size_t find_block(const struct reader *reader, enum block kind)
{
	for (size_t i = reader->block_count; i-- > 0;)
		if (reader->blocks[i] == kind)
			return reader->places[i];
	return GRUB_TOP;
}

/* Whether the next word is the value of the option: "--id X", but not "--id=X". */
static bool takes_word(const char *option)
{
	return option[0] == '-' && option[1] == '-' && !strchr(option, '=') &&
	       strcmp(option, "--unrestricted") != 0;
}

static int add_entry(struct reader *reader, bool is_submenu)
{
	struct grub_menu *menu = reader->menu;
	struct grub_entry entry = { .parent = find_block(reader, BLOCK_SUBMENU),
				    .is_submenu = is_submenu };
	const char *title = NULL, *id = NULL;
	struct grub_entry *added;

	for (size_t i = 1; i + 1 < reader->wordlist.count; i++) {
		const char *text = word(reader, i);

		if (strcmp(text, "--id") == 0)
			id = word(reader, i + 1);
		else if (strncmp(text, "--id=", 5) == 0)
			id = text + 5;
		else if (!title && strncmp(text, "--", 2) != 0)
			title = text;
		i += takes_word(text);
	}
	added = array_append(menu->entries, menu->count);
	if (!added)
		return -ENOMEM;
	entry.title = strdup(title ? title : "");
	entry.id = strdup(id ? id : title ? title : "");
	*added = entry;
	return entry.title && entry.id ? 0 : -ENOMEM;
}

static int begin_block(struct reader *reader, enum block kind)
{
	int r = 0;

	if (reader->block_count == DEPTH_MAX)
		return -E2BIG;
	if (kind != BLOCK_IGNORED && is_followed(reader) &&
	    reader->menu->count < ENTRIES_MAX) {
		r = add_entry(reader, kind == BLOCK_SUBMENU);
		reader->places[reader->block_count] = reader->menu->count - 1;
	} else {
		kind = BLOCK_IGNORED;
	}
	reader->blocks[reader->block_count++] = kind;
	return r;
}

/* Returns 1 if the command begins or ends a block, 0 if not, or a negative errno. */
static int follow_block(struct reader *reader)
{
	static const struct {
		const char *command;
		enum block kind;
	} kinds[] = {
		{ "menuentry", BLOCK_ENTRY },
		{ "submenu", BLOCK_SUBMENU },
		{ "function", BLOCK_IGNORED },
	};

	if (strcmp(word(reader, 0), "}") == 0) {
		reader->block_count -= reader->block_count > 0;
		return 1;
	}
	if (!is_last(reader, "{"))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		int r;

		if (strcmp(word(reader, 0), kinds[i].command) != 0)
			continue;
		r = begin_block(reader, kinds[i].kind);
		return r < 0 ? r : 1;
	}
	return 0;
}

/* -- commands ------------------------------------------------------------------------ */

/* What the current command is about: its entry, or what the menu boots without one. */
static struct grub_entry *find_target(const struct reader *reader)
{
	size_t place = find_block(reader, BLOCK_ENTRY);

	return place == GRUB_TOP ? &reader->menu->bare : &reader->menu->entries[place];
}

/* What was to be booted before is not, nor are its images loaded. */
static void clear_kernel(struct grub_entry *entry)
{
	wordlist_free(&entry->images);
	free(entry->cmdline);
	free(entry->kernel);
	entry->cmdline = entry->kernel = NULL;
}

static int set_kernel(const struct reader *reader, size_t arguments)
{
	struct grub_entry *entry = find_target(reader);

	clear_kernel(entry);
	entry->is_guessed = is_guessed(reader);
	entry->cmdline = grub_script_join(&reader->wordlist, arguments);
	entry->kernel = strdup(word(reader, 1));
	return entry->cmdline && entry->kernel ? 0 : -ENOMEM;
}

static int add_image(struct grub_entry *entry, const char *path)
{
	return wordlist_insert(&entry->images, entry->images.count, path);
}

/* Each "initrd" replaces those before it. */
static int set_images(const struct reader *reader)
{
	struct grub_entry *entry = find_target(reader);
	int r = 0;

	wordlist_free(&entry->images);
	for (size_t i = 1; r == 0 && i < reader->wordlist.count; i++)
		/* Any other file can be packed into an archive of that name in it. */
		if (strncmp(word(reader, i), "newc:", 5) != 0)
			r = add_image(entry, word(reader, i));
	return r;
}

/*
 * A module of Xen's or tboot's. The first one is the kernel; "placeholder" stands for its
 * file name. The next is its image, unless it is Xen's policy.
 */
static int add_module(const struct reader *reader)
{
	struct grub_entry *entry = find_target(reader);
	size_t at = 1;

	if (!entry->cmdline)
		return set_kernel(reader,
				  strcmp(word(reader, 2), "placeholder") == 0 ? 3 : 2);
	while (strncmp(word(reader, at), "--", 2) == 0)
		at++;
	if (!word(reader, at)[0] || entry->images.count ||
	    strncmp(beneath_name(word(reader, at)), "xenpolicy", 9) == 0)
		return 0;
	return add_image(entry, word(reader, at));
}

/* Returns 1 if the command loads something, 0 if not, or a negative errno. */
static int follow_load(const struct reader *reader)
{
	static const char *const kernels[] = { "linux", "linux16", "linuxefi" };
	static const char *const images[] = { "initrd", "initrd16", "initrdefi" };
	static const char *const hypervisors[] = { "multiboot", "multiboot2",
						   "xen_hypervisor" };
	static const char *const modules[] = { "module", "module2", "xen_module" };
	int r = 0;

	if (is_command(reader, kernels, ARRAY_SIZE(kernels)))
		r = set_kernel(reader, 2);
	else if (is_command(reader, images, ARRAY_SIZE(images)))
		r = set_images(reader);
	else if (is_command(reader, hypervisors, ARRAY_SIZE(hypervisors)))
		clear_kernel(find_target(reader));
	else if (is_command(reader, modules, ARRAY_SIZE(modules)))
		r = add_module(reader);
	else
		return 0;
	return r < 0 ? r : 1;
}

static int add_source(struct reader *reader)
{
	struct grub_menu *menu = reader->menu;
	struct grub_source *source = array_append(menu->sources, menu->source_count);

	if (!source)
		return -ENOMEM;
	source->is_guessed = is_guessed(reader);
	source->path = strdup(word(reader, 1));
	return source->path ? 0 : -ENOMEM;
}

static int follow_command(struct reader *reader)
{
	static const char *const sources[] = { "source",	 ".",
					       "configfile",	 "legacy_configfile",
					       "legacy_source",	 "syslinux_configfile",
					       "syslinux_source" };
	const char *command = word(reader, 0);
	bool is_entry = find_block(reader, BLOCK_ENTRY) != GRUB_TOP;
	int r = follow_load(reader);

	if (r != 0)
		return r;
	r = follow_unknown(reader);
	if (r != 0)
		return r;
	if (strcmp(command, "load_env") == 0 && !is_entry)
		return load_variables(reader);
	if (is_command(reader, sources, ARRAY_SIZE(sources)) && reader->block_count == 0)
		return add_source(reader);
	if (strcmp(command, "unset") == 0)
		return grub_variable_set(&reader->menu->variables, word(reader, 1), "");
	if (strcmp(command, "set") == 0)
		command = word(reader, 1);
	/* GRUB has chosen by the time that it runs the commands of an entry. */
	if (is_entry && strncmp(command, "default=", 8) == 0)
		return 0;
	return assign(reader, command);
}

static int follow(struct reader *reader)
{
	int r = follow_branch(reader);

	if (r == 0)
		r = follow_block(reader);
	if (r == 0 && is_followed(reader))
		r = follow_command(reader);
	return r < 0 ? r : 0;
}

int grub_menu_read(const char *config, const char *environment, struct grub_menu *ret)
{
	struct reader reader = { .menu = ret, .environment = environment };
	int r;

	*ret = (struct grub_menu){ 0 };
	while ((r = grub_script_next(&config, &ret->variables, &reader.wordlist,
				     &reader.has_unknown)) > 0) {
		r = follow(&reader);
		wordlist_free(&reader.wordlist);
		if (r < 0)
			break;
	}
	return r == -E2BIG ? 0 : r;
}

static void free_entry(struct grub_entry *entry)
{
	clear_kernel(entry);
	free(entry->title);
	free(entry->id);
}

void grub_menu_free(struct grub_menu *menu)
{
	for (size_t i = 0; i < menu->count; i++)
		free_entry(&menu->entries[i]);
	free(menu->entries);
	free_entry(&menu->bare);
	for (size_t i = 0; i < menu->source_count; i++)
		free(menu->sources[i].path);
	free(menu->sources);
	free(menu->environment);
	grub_variables_free(&menu->variables);
	*menu = (struct grub_menu){ 0 };
}

/* -- the default --------------------------------------------------------------------- */

size_t grub_path_part(const char *path, bool *ret_number)
{
	size_t length = 0;

	for (; path[length] && (path[length] != '>' || path[length + 1] == '>'); length++)
		length += path[length] == '>';
	*ret_number = length > 0 && strspn(path, "0123456789") >= length;
	return length;
}

bool grub_path_names(const char *path, const char *name)
{
	for (;; path++, name++) {
		if (*path == '>' && path[1] != '>')
			return *name == '\0';
		path += *path == '>';
		if (*path != *name)
			return false;
		if (*path == '\0')
			return true;
	}
}

/* The child of a menu that the first part of the path names, else its first child. */
static const struct grub_entry *find_child(const struct grub_menu *menu, size_t parent,
					   const char *path, bool *found)
{
	const struct grub_entry *first = NULL;
	unsigned long number, index = 0;
	bool is_number;

	if (grub_path_part(path, &is_number) == 0)
		is_number = true;
	number = is_number ? strtoul(path, NULL, 10) : 0;
	for (size_t i = 0; i < menu->count; i++) {
		const struct grub_entry *entry = &menu->entries[i];

		if (entry->parent != parent)
			continue;
		if (!first)
			first = entry;
		if (is_number ? index == number
			      : grub_path_names(path, entry->title) ||
					grub_path_names(path, entry->id))
			return entry;
		index++;
	}
	*found = false;
	return first;
}

const struct grub_entry *grub_menu_default(const struct grub_menu *menu, bool *ret_found)
{
	const char *path = grub_variable(&menu->variables, "default");
	const struct grub_entry *entry;
	size_t parent = GRUB_TOP;

	*ret_found = true;
	if (!path)
		path = "";
	for (;;) {
		bool is_number;

		entry = find_child(menu, parent, path, ret_found);
		if (!entry || !entry->is_submenu)
			return entry;
		parent = (size_t)(entry - menu->entries);
		path += *ret_found ? grub_path_part(path, &is_number) : strlen(path);
		path += *path == '>';
	}
}
