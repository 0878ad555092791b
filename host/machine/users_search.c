/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a search for users has found so far. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/base.h"
#include "machine/internal.h"

void users_found(struct search *search, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	search->count++;
	search->each(search->data, text);
}

void users_add_node(struct search *search, const struct node *node)
{
	struct node *added = array_append(search->nodes, search->node_count);

	if (added)
		*added = *node;
	else
		search->error = -ENOMEM;
}
