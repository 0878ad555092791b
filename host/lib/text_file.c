/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdlib.h>

#include "base/base.h"
#include "lib/lib.h"

FILE *text_file_open(struct text_file *ret)
{
	*ret = (struct text_file){ 0 };
	ret->file = open_memstream(&ret->text, &ret->size);
	return ret->file;
}

char *text_file_close(struct text_file *text)
{
	_cleanup_free_ char *written = NULL;
	bool good = text->file && !ferror(text->file);

	/* The text is there to be freed even if closing fails. */
	if (text->file && fclose(text->file) != 0)
		good = false;
	written = text->text;
	*text = (struct text_file){ 0 };
	return good ? take_pointer(written) : NULL;
}
