/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "cmdline/cmdline.h"
#include "input.h"

enum { WANTED, PROBLEM, PARTS };
const unsigned input_parts = PARTS;

static bool is_within(const char *text, struct span span)
{
	return span.at >= text && span.at + span.length <= text + strlen(text);
}

/* The kernel command line. What a problem points to is in the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size);
	struct params params;

	require(params_parse(text, &params) == 0);
	require(params.timeout >= 1 && params.timeout <= 3600);
	if (params.wanted.count > 0)
		reached(WANTED);
	if (params.problem_count > 0)
		reached(PROBLEM);
	for (size_t i = 0; i < params.problem_count; i++) {
		const struct problem *problem = &params.problems[i];

		require(is_within(text, problem->parameter));
		if (problem->kind == PROBLEM_ITEM)
			require(is_within(text, problem->text) && problem->column >= 1 &&
				problem->column <= problem->text.length + 1);
	}
	for (size_t i = 0; i < params.wanted.count; i++)
		require(params.wanted.items[i].has_id ||
			params.wanted.items[i].has_address);
	params_free(&params);
	free(text);
	return 0;
}
