/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "migrate/target.h"
#include "unit.h"

#define TARGETS_MAX 4

/*
 * Each target is a word: G GRUB, E a boot entry, K kernel-install, U a fragment of a
 * unified kernel image; then r: the parameter replaces something, e: effective, c: a
 * candidate, o: it has an obstacle. The expectation has "+" for each chosen target.
 */
static const struct {
	const char *name, *targets;
	bool has_items;
	const char *chosen;
} choices[] = {
	{ "no devices", "Gec", false, "-" },
	{ "a candidate", "Gec", true, "+" },
	{ "no candidate", "Ge", true, "-" },
	{ "another boot loader's", "Gc Kec", true, "-+" },
	{ "a replaced one comes before candidates", "Gec Ger", true, "-+" },
	{ "every replaced one", "Ger Ger", true, "++" },
	{ "a replaced one without effect is edited, too", "Er Gec", true, "++" },
	{ "but not a fragment", "Ur Gec", true, "-+" },
	{ "one of GRUB's files", "Gec Gec", true, "+-" },
	{ "every boot entry", "Eec Eec Ee", true, "++-" },
	{ "boot entries of GRUB and its defaults", "Eec Gec", true, "++" },
	{ "one fragment", "Uec Uec", true, "+-" },
	{ "a fragment and another file", "Kec Uec", true, "+-" },
	{ "an obstacle is chosen, and what it overrides", "Geco Gec", true, "++" },
	{ "an obstacle after another file", "Gec Geco", true, "+-" },
};

static void read_target(const char *word, size_t length, struct target *ret)
{
	static const char loaders[] = { [LOADER_NONE] = '-',
					[LOADER_GRUB] = 'G',
					[LOADER_ENTRIES] = 'E',
					[LOADER_KERNEL_INSTALL] = 'K',
					[LOADER_UKI] = 'U' };

	*ret = (struct target){ 0 };
	while (loaders[ret->loader] != word[0])
		ret->loader++;
	ret->replaced = memchr(word, 'r', length) ? 0 : SIZE_MAX;
	ret->is_effective = memchr(word, 'e', length) != NULL;
	ret->is_candidate = memchr(word, 'c', length) != NULL;
	ret->obstacle = memchr(word, 'o', length) ? strdup("a note") : NULL;
}

START_TEST(chooses)
{
	struct target targets[TARGETS_MAX];
	char chosen[TARGETS_MAX + 1] = "";
	size_t count = 0;

	for (const char *at = choices[_i].targets; *at; at += *at == ' ') {
		size_t length = strcspn(at, " ");

		read_target(at, length, &targets[count++]);
		at += length;
	}
	target_decide(targets, count, choices[_i].has_items);
	for (size_t i = 0; i < count; i++) {
		chosen[i] = targets[i].is_chosen ? '+' : '-';
		target_free(&targets[i]);
	}
	expect_text(choices[_i].name, chosen, choices[_i].chosen);
}

/* One line of a file, whose value is between quotes. */
static const struct {
	const char *name, *words;
	bool is_chosen, is_appended;
	size_t replaced;
	const char *line;
} lines[] = {
	{ "at the end", "a b", true, false, SIZE_MAX, "x=\"a b passthru.ids=1:2,3:4\"" },
	{ "in place", "a b", true, false, 1, "x=\"a passthru.ids=1:2,3:4 b\"" },
	{ "what is missing", "passthru.ids=1:2 a", true, false, SIZE_MAX,
	  "x=\"passthru.ids=1:2 a passthru.ids=3:4\"" },
	{ "nothing is missing", "passthru.ids=3:4,1:2", true, false, SIZE_MAX,
	  "x=\"passthru.ids=3:4,1:2\"" },
	{ "appended", "a", true, true, SIZE_MAX, "x=\" a passthru.ids=1:2,3:4\"" },
	{ "nothing is appended", "", false, true, SIZE_MAX, "x=\"\"" },
	{ "without the parameter", "a", false, false, SIZE_MAX, "x=\"a\"" },
};

START_TEST(edits)
{
	struct directory root = make_directory();
	struct legacy_settings settings = { .edits = calloc(1, sizeof(struct edit)),
					    .edit_count = 1 };
	struct target target = { .before = strdup("x=\""),
				 .after = strdup("\""),
				 .is_changed = true,
				 .is_appended = lines[_i].is_appended,
				 .replaced = lines[_i].replaced,
				 .is_effective = true,
				 .is_chosen = lines[_i].is_chosen };
	const char *row = lines[_i].name;

	put_file(&root, "f", "old\n");
	expect_number(row, edit_open(root.fd, "f", settings.edits), 0);
	expect_number(row, settings_add_item(&settings, "1:2"), 0);
	expect_number(row, settings_add_item(&settings, "3:4"), 0);
	expect_number(row, settings_add_item(&settings, "1:2"), 0);
	expect_number(row, wordlist_split(lines[_i].words, &target.words), 0);
	expect_number(row, target_edit(&target, &settings), 0);
	expect_text(row, settings.edits[0].lines[0].new, lines[_i].line);
	expect(row, settings.has_target == lines[_i].is_chosen);
	target_free(&target);
	settings_free(&settings);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("target");

	add_rows(tcase, chooses, choices);
	add_rows(tcase, edits, lines);
	return unit_run("host/target", tcase);
}
