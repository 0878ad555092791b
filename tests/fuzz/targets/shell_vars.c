/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/base.h"
#include "input.h"
#include "lib/lib.h"

enum { ASSIGNMENT, WORDS, PARTS };
const unsigned input_parts = PARTS;

static void edit_words(const char *line)
{
	struct wordlist words;

	if (wordlist_split(line, &words) < 0)
		return;
	if (words.count > 0) {
		wordlist_unquote(words.items[0]);
		wordlist_remove(&words, 0);
	}
	if (words.count > 0)
		reached(WORDS);
	require(wordlist_insert(&words, 0, "new") == 0);
	require(wordlist_join(&words, 0) == 0);
	wordlist_free(&words);
}

/* Defaults of GRUB, or dracut.conf. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size), *value;
	struct shell_assignment assignment;
	const char *at = text;
	bool plain;

	while (shell_vars_next(&at, &assignment)) {
		value = shell_vars_value(&assignment, "old");
		require(value);
		reached(ASSIGNMENT);
		free(value);
	}
	value = shell_vars_resolve(text, "GRUB_CMDLINE_LINUX", "old", &plain);
	require(value);
	edit_words(value);
	free(value);
	edit_words(text);
	free(text);
	return 0;
}
