/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline/params.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Parses any text as a kernel command line; the sanitizers find bad reads and leaks. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct params params;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (params_parse(text, &params) < 0)
		abort();
	params_free(&params);
	free(text);
	return 0;
}
