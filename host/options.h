/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_OPTIONS_H
#define PASSTHRU_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "host.h"

struct option_row {
	const char *name;
	/* Its name in the help, in brackets if it may be left out; NULL: it takes none */
	const char *value;
	const char *help;
	size_t field;	   /* in struct arguments: a string, or a bool without value */
	uint64_t excludes; /* what cannot be used together with it, as bits */
	char letter;	   /* for "-n" and the like, or 0 */
};

extern const struct option_row options[];
extern const size_t options_count;

bool option_may_lack_value(const struct option_row *option);

struct command {
	const char *name;
	int (*run)(struct host *host);
	const char *operands; /* in brackets if there need not be any; "" for none */
	uint64_t takes;	      /* the options, as bits */
	const char *help;
};

extern const struct command commands[];
extern const size_t commands_count;

/* Whether it takes the option of that index; NULL is passthru without a command. */
bool command_takes(const struct command *command, size_t option);

/* The user asks for help, about a command or, without one, about all of them. */
struct request_for_help {
	bool is_wanted;
	const struct command *command;
};

/*
 * Reads the command line: ret has its strings, *ret_run the command. Returns -1 to run
 * it, or the exit status if there is nothing to run: for help, after a message about what
 * is wrong, or when the version was printed.
 */
int options_parse(int argc, char **argv, struct arguments *ret,
		  struct request_for_help *ret_help, int (**ret_run)(struct host *host));

#endif
