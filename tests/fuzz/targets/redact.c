/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "dump/internal.h"
#include "input.h"
#include "lib/lib.h"

static const struct {
	redact_file *put_redacted;
	bool keeps_lines;
} files[] = {
	{ redact_put_cmdline, true },	  { redact_put_shell, true },
	{ redact_put_modules, true },	  { redact_put_entry, true },
	{ redact_put_mounts, false },	  { redact_put_swaps, false },
	{ redact_put_report, true },	  { redact_put_cpu, false },
	{ redact_put_os_release, false }, { redact_put_dm_uuid, false },
	{ redact_put_dm_line, false },	  { redact_put_line, true },
};
const unsigned input_parts = ARRAY_SIZE(files);

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* Any file of a dump: the lines keep their numbers, and the host name does not survive.
 */
static void redact(const char *text, unsigned part)
{
	struct redaction redaction = { .host_name = "earth" };
	struct text_file redacted;
	FILE *file = text_file_open(&redacted);
	char *made;

	require(file);
	files[part].put_redacted(&redaction, file, text);
	made = text_file_close(&redacted);
	require(made);
	/* The last line of the report may lack its end. */
	if (files[part].keeps_lines)
		require(count_lines(made) - count_lines(text) <=
			(files[part].put_redacted == redact_put_report));
	if (made[0] && strcmp(made, text) != 0)
		reached(part);
	redact_close(&redaction);
	free(made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size);

	for (unsigned i = 0; i < ARRAY_SIZE(files); i++)
		redact(text, i);
	free(text);
	return 0;
}
