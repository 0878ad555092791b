/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMPLAIN_H
#define PASSTHRU_COMPLAIN_H

#include "util.h"

/*
 * One line on standard error: what is wrong and what to do next. On a terminal it is
 * broken at blanks, and what could command the terminal becomes "?".
 */
void complain(const char *format, ...) _printf_(1, 2);

/* The same without the program's name before it: what is done, or asked. */
void say(const char *format, ...) _printf_(1, 2);

#endif
