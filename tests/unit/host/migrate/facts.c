/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "migrate/internal.h"
#include "unit.h"

/*
 * Each fact is a word: R a request, S a support, U unclear, C to check, N a note; then
 * e: of every boot (else of a command line), g: in GRUB's defaults, x: it can be edited.
 * Conditions: G a generator, M GRUB's menu can be generated, C passthru is configured.
 * applies has "+" for each fact whose line changes.
 */
static const struct {
	const char *name, *facts, *conditions;
	enum decision decision;
	const char *applies;
} rows[] = {
	{ "no facts", "", "GM", DECISION_NOTHING, "" },
	{ "of every boot", "Rex", "GM", DECISION_MIGRATE, "+" },
	{ "on a command line", "Rx", "GM", DECISION_MIGRATE, "+" },
	{ "with what helps it", "Rex Sx", "GM", DECISION_MIGRATE, "++" },
	{ "only what helps", "Sx Sx", "GM", DECISION_NOTHING, "--" },
	{ "which is superfluous", "Sx", "GMC", DECISION_MIGRATE, "+" },
	{ "a package's file", "Re Sx", "GM", DECISION_MIGRATE, "-+" },
	{ "one unclear line", "Rex U Sx", "GM", DECISION_UNCLEAR, NULL },
	{ "unclear alone", "U", "", DECISION_UNCLEAR, NULL },
	{ "notes do not matter", "C N", "GM", DECISION_NOTHING, "--" },
	{ "notes and a request", "C Rex N", "GM", DECISION_MIGRATE, "-+-" },
	{ "no generator", "Rex", "M", DECISION_NO_GENERATOR, NULL },
	{ "no generator and nothing to do", "Sx", "M", DECISION_NOTHING, "-" },
	{ "GRUB's menu cannot be generated", "Rgx", "G", DECISION_NO_GRUB, NULL },
	{ "and need not be", "Rex", "G", DECISION_MIGRATE, "+" },
	{ "for what helps", "Rex Sgx", "G", DECISION_NO_GRUB, NULL },
};

static void put_fact(struct facts *facts, const char *word, size_t length)
{
	static const char kinds[] = { [FACT_REQUEST] = 'R',
				      [FACT_SUPPORT] = 'S',
				      [FACT_UNCLEAR] = 'U',
				      [FACT_CHECK] = 'C',
				      [FACT_NOTE] = 'N' };
	enum fact_kind kind = FACT_REQUEST;
	struct fact *fact;

	while (kinds[kind] != word[0])
		kind++;
	/* The first file is GRUB's, the second one is not. */
	fact = facts_add(facts, kind, memchr(word, 'g', length) ? 0 : 1, 0);
	ck_assert_ptr_nonnull(fact);
	fact->scope = memchr(word, 'e', length) ? SCOPE_EVERY_BOOT : SCOPE_CMDLINE;
	fact->has_edit = memchr(word, 'x', length);
}

START_TEST(decides)
{
	struct fact_file files[] = { { .format = FORMAT_GRUB },
				     { .format = FORMAT_MODPROBE } };
	struct facts facts = { .files = files, .file_count = ARRAY_SIZE(files) };
	struct conditions conditions = {
		.has_generator = strchr(rows[_i].conditions, 'G'),
		.can_rebuild_grub = strchr(rows[_i].conditions, 'M'),
		.is_configured = strchr(rows[_i].conditions, 'C'),
	};
	char applies[8] = "";

	for (const char *at = rows[_i].facts; *at; at += *at == ' ') {
		size_t length = strcspn(at, " ");

		put_fact(&facts, at, length);
		at += length;
	}
	expect_number(rows[_i].name, facts_decide(&facts, &conditions),
		      rows[_i].decision);
	for (size_t i = 0; i < facts.count; i++)
		applies[i] =
			fact_applies(&facts, &conditions, &facts.items[i]) ? '+' : '-';
	if (rows[_i].applies)
		expect_text(rows[_i].name, applies, rows[_i].applies);
	facts.files = NULL;
	facts.file_count = 0;
	facts_free(&facts);
}

/* One line of a file becomes a text, or goes. */
static const struct {
	const char *name, *before;
	size_t line;
	const char *replacement, *after;
} rewritings[] = {
	{ "a line changes", "a\nb\nc\n", 1, "x", "a\nx\nc\n" },
	{ "a line goes", "a\nb\nc\n", 1, NULL, "a\nc\n" },
	{ "the only line goes", "a\n", 0, NULL, "" },
	{ "a line becomes empty", "a\n", 0, "", "\n" },
	{ "no newline at the end", "a\nb", 1, "x", "a\nx" },
	{ "no newline at the end, elsewhere", "a\nb", 0, "x", "x\nb" },
	{ "the last line goes", "a\nb", 1, NULL, "a\n" },
	{ "empty lines", "\n\na\n", 2, "x", "\n\nx\n" },
	{ "no line", "", 0, "x", "" },
};

START_TEST(rewrites)
{
	struct fact_file files[] = { { .change = { .old = (char *)"x\n" } },
				     { .change = {
					       .old = (char *)rewritings[_i].before } } };
	struct facts facts = { .files = files, .file_count = ARRAY_SIZE(files) };
	struct conditions conditions = { 0 };
	const char *row = rewritings[_i].name;
	_cleanup_free_ char *changed = NULL;
	_cleanup_free_ char *other = NULL;
	struct fact *fact = facts_add(&facts, FACT_REQUEST, 1, rewritings[_i].line);

	ck_assert_ptr_nonnull(fact);
	fact->replacement = (char *)rewritings[_i].replacement;
	fact->has_edit = true;
	changed = facts_rewrite(&facts, &conditions, 1);
	expect_text(row, changed, rewritings[_i].after);
	other = facts_rewrite(&facts, &conditions, 0);
	expect_text(row, other, "x\n");
	free(facts.items);
}

int main(void)
{
	TCase *tcase = tcase_create("facts");

	add_rows(tcase, decides, rows);
	add_rows(tcase, rewrites, rewritings);
	return unit_run(tcase);
}
