/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_HELP_H
#define PASSTHRU_HELP_H

#include "options.h"

/* Prints the help about a command or, if it is NULL, about all of them. */
void help_print(const struct command *command);

#endif
