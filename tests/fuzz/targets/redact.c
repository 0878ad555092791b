/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "dump/internal.h"
#include "input.h"

enum { TEXT, CMDLINE, MOUNTS, REPORT, SWAPS, DM_UUID, PARTS };
const unsigned input_parts = PARTS;

/* Whether this part has changed the text since last was copied; copies it once more. */
static void check_changed(char **last, const char *text, unsigned part)
{
	if (strcmp(*last, text) != 0)
		reached(part);
	free(*last);
	*last = strdup(text);
	require(*last);
}

/* Whether this part found something to keep. */
static void check_made(char *made, unsigned part)
{
	if (made && made[0])
		reached(part);
	free(made);
}

/* Any file of a dump. Its length stays, and what was redacted is not redacted again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct redaction redaction = { .host_name = "earth" };
	char *text = input_text(data, size), *last = input_text(data, size);
	size_t length = strlen(text);

	redact_text(&redaction, text);
	require(strlen(text) == length);
	check_changed(&last, text, TEXT);
	redact_cmdline(&redaction, text);
	require(strlen(text) == length);
	check_changed(&last, text, CMDLINE);
	check_made(redact_mounts(text), MOUNTS);
	check_made(redact_report(text), REPORT);
	check_made(redact_swaps(text), SWAPS);
	redact_dm_uuid(text);
	check_changed(&last, text, DM_UUID);
	free(last);
	free(text);
	return 0;
}
