/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CMDLINE_TOKENIZER_H
#define PASSTHRU_CMDLINE_TOKENIZER_H

#include <stdbool.h>

#include "base/base.h"

/*
 * Splits the kernel command line as the kernel does: next_arg() and parse_args() in
 * lib/cmdline.c and kernel/params.c. Double quotes protect spaces, there are no escapes,
 * and everything after a lone "--" is for init.
 */
struct parameter {
	struct span name;
	struct span value; /* .at is NULL without "=" */
};

/*
 * Reads the next parameter and advances *rest, which begins as the whole text. Returns
 * false at the end or at a lone "--". The spans point into the text.
 */
bool tokenizer_next(struct text_cursor *rest, struct parameter *ret);

#endif
