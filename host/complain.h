/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMPLAIN_H
#define PASSTHRU_COMPLAIN_H

#include "util.h"

/* One line on standard error: what is wrong and what to do next. */
void complain(const char *format, ...) _printf_(1, 2);

#endif
