/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_OPTIONS_H
#define PASSTHRU_OPTIONS_H

#include "host.h"

/*
 * Reads the command line: ret has its strings, *ret_run the command. Returns -1 to run
 * it, or the exit status if there is nothing to run: the help was printed, or a message
 * about what is wrong.
 */
int options_parse(int argc, char **argv, struct arguments *ret,
		  int (**ret_run)(struct host *host));

#endif
