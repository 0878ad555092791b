/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any kernel command line: nothing outside of it is read, and nothing is left behind. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct request request;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (request_parse(text, &request) < 0)
		abort();
	request_free(&request);
	free(text);
	return 0;
}
