/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "input.h"

const unsigned input_parts = 1;

/* A kernel command line. What it becomes has nothing more to replace. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = { .at = (const char *)data, .length = size };
	struct legacy_line rewritten, again;

	if (memchr(data, '\0', size))
		return 0;
	require(legacy_rewrite_cmdline(line, &rewritten) == 0);
	if (!rewritten.unclear) {
		if (rewritten.items[0])
			reached(0);
		require(legacy_rewrite_cmdline(span_of(rewritten.text), &again) == 0);
		require(!again.items[0] && !again.has_support);
		require(strcmp(again.text, rewritten.text) == 0);
		legacy_line_free(&again);
	}
	legacy_line_free(&rewritten);
	return 0;
}
