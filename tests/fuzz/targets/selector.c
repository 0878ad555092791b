/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/base.h"
#include "cmdline/cmdline.h"
#include "input.h"

enum { ID, ADDRESS, ANY, PARTS };
const unsigned input_parts = PARTS;

/* One item of a list, each way. What is wrong with it is at some place in it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const parsers[])(struct span, struct selector *,
				      struct selector_error *) = { selector_parse_id,
								   selector_parse_address,
								   selector_parse_any };
	struct span text = { .at = (const char *)data, .length = size };

	for (size_t i = 0; i < ARRAY_SIZE(parsers); i++) {
		struct selector_error error = { 0 };
		struct selector selector;

		if (parsers[i](text, &selector, &error) == 0) {
			require(selector.has_id || selector.has_address);
			reached((unsigned)i);
		} else {
			require(error.why && error.at <= size);
		}
	}
	return 0;
}
