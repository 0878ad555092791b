/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CMDLINE_H
#define PASSTHRU_CMDLINE_H

#include <stdbool.h>

#include "text.h"

/*
 * The kernel command line, taken apart as the kernel does it: next_arg() and
 * parse_args() in lib/cmdline.c and kernel/params.c. Double quotes protect blanks and
 * there are no escapes; what follows a lone "--" is for init.
 */
struct parameter {
	struct span name;
	struct span value; /* .at is NULL where there is no "=" */
};

/*
 * Takes the next parameter off *rest (start with the whole text). Returns false at the
 * end or at a lone "--". The spans point into the text.
 */
bool cmdline_next(struct text_cursor *rest, struct parameter *ret);

#endif
