/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline/cmdline.h"
#include "input.h"

enum { RESCUE, FILTER, PARTS };
const unsigned input_parts = PARTS;

static void ignore(void *data, struct span word)
{
	(void)data, (void)word;
}

/* A configuration, and a kernel command line. Nothing in the former hides what follows.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size), *filtered, *whole;
	struct params params;
	struct cmdline cmdline;

	require(cmdline_split(text, &cmdline) == 0);
	require(cmdline.count <= cmdline.total);
	if (config_find_rescue(&cmdline).length > 0)
		reached(RESCUE);
	cmdline_free(&cmdline);
	require(config_filter(text, ignore, NULL, &filtered) == 0);
	if (filtered[0])
		reached(FILTER);
	require(asprintf(&whole, "%spassthru.timeout=1234", filtered) >= 0);
	require(params_parse(whole, &params) == 0);
	require(params.timeout == 1234);
	params_free(&params);
	free(whole);
	free(filtered);
	free(text);
	return 0;
}
