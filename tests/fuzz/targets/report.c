/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "input.h"
#include "report/reader.h"

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
	char *text = input_text(data, size);
	const char *at = text;
	struct report_device device, found;
	struct report_phase phase;
	bool dryrun;

	read_records(text);
	(void)report_read_header(text, &dryrun);
	(void)report_early_us(text);
	(void)report_defers(text, NULL);
	while (report_next_device(&at, &device)) {
		require(report_find_device(text, &device.address, &found));
		require(report_has_device(text, &device.address));
		(void)report_defers(text, &device.address);
	}
	at = text;
	while (report_next_phase(&at, &phase))
		;
	free(text);
	return 0;
}
