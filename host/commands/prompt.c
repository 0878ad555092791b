/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions on the terminal. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "commands/internal.h"
#include "ui/ui.h"

bool prompt_read(const char *question, char answer[static PROMPT_SIZE])
{
	struct output output;
	size_t length;
	int c;

	fflush(stdout);
	output_open(stderr, &output);
	/* It may have names of devices. */
	output_styled(&output, STYLE_PLAIN, question);
	if (!fgets(answer, PROMPT_SIZE, stdin)) {
		fputc('\n', stderr);
		return false;
	}
	length = strcspn(answer, "\n");
	/* What does not fit is no part of the next answer. */
	for (c = answer[length]; c != '\n' && c != EOF;)
		c = getchar();
	answer[length] = '\0';
	return true;
}

bool prompt_confirm(const char *question)
{
	char answer[PROMPT_SIZE];

	return prompt_read(question, answer) &&
	       (strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0);
}
