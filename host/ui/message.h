/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_UI_MESSAGE_H
#define PASSTHRU_UI_MESSAGE_H

#include "base/base.h"

/*
 * Prints a line on standard error: what happened and what to do. A terminal gets it
 * wrapped; control characters become "?".
 */
void warn(const char *format, ...) _printf_(1, 2);

/*
 * The same, followed by what the negative errno r means, and by the advice to be root if
 * that is what was missing.
 */
void warn_error(int r, const char *format, ...) _printf_(2, 3);

/* The same without the name of the program, for progress and questions. */
void info(const char *format, ...) _printf_(1, 2);

#endif
