/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "migrate/migrate.h"

const unsigned input_parts = 1;

/* A kernel command line. What it becomes has nothing more to replace. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = { .at = (const char *)data, .length = size };
	struct words words, again;

	if (memchr(data, '\0', size))
		return 0;
	require(words_rewrite_cmdline(line, &words) == 0);
	if (!words.unclear) {
		if (words.items[0])
			reached(0);
		require(words_rewrite_cmdline(span_of(words.text), &again) == 0);
		require(!again.items[0] && !again.has_support);
		require(strcmp(again.text, words.text) == 0);
		words_free(&again);
	}
	words_free(&words);
	return 0;
}
