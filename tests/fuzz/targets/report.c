/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "input.h"
#include "report/internal.h"

enum { DEVICE, PROBLEM, PARTS };
const unsigned input_parts = PARTS;

static void read_records(const char *text)
{
	static const char *const keys[] = { "device", "verdict", "reason", "" };
	struct report_record record;
	char value[8];

	while (report_next(&text, &record))
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			(void)report_is(&record, keys[i]);
			(void)report_get(&record, keys[i], value, sizeof(value));
			require(strnlen(value, sizeof(value)) < sizeof(value));
		}
}

/* A report. Each device that it has can be found by its address. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size), phrase[PHRASE_SIZE];
	struct run_result result;

	read_records(text);
	if (report_parse(text, &result) == 0) {
		for (size_t i = 0; i < result.plan.count; i++)
			require(run_result_find(&result,
						&result.devices.devices[i].address));
		for (size_t i = 0; i < result.problem_count; i++)
			phrase_problem(&result.problems[i], phrase);
		if (result.plan.count > 0)
			reached(DEVICE);
		if (result.problem_count > 0)
			reached(PROBLEM);
		(void)run_result_defers(&result, NULL);
	}
	run_result_free(&result);
	free(text);
	return 0;
}
