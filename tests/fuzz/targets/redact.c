/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "dump/redact.h"
#include "input.h"

/* Any file of a dump. Its length stays, and what was redacted is not redacted again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct redaction redaction = { .host_name = "earth" };
	char *text = input_text(data, size), *made;
	size_t length = strlen(text);

	redact_text(&redaction, text);
	require(strlen(text) == length);
	redact_cmdline(&redaction, text);
	require(strlen(text) == length);
	made = redact_mounts(text);
	free(made);
	made = redact_report(text);
	free(made);
	made = redact_swaps(text);
	free(made);
	redact_dm_uuid(text);
	free(text);
	return 0;
}
