/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * passthru: inspects and configures PCI passthrough. options.c has the commands; each is
 * in the file of its name in commands/.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "help.h"
#include "host.h"
#include "options.h"
#include "root.h"
#include "ui/ui.h"

/* Returns status if all output was written. */
static int flush(int status)
{
	struct pollfd reader = { .fd = STDOUT_FILENO };

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	/* The reader closed the pipe: stay quiet. */
	if (poll(&reader, 1, 0) < 1 || !(reader.revents & POLLERR))
		warn("cannot write to standard output");
	return STATUS_NOT_GOOD;
}

int main(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	struct host host = { .arguments = &arguments, .root_fd = -1 };
	struct request_for_help help;
	int (*run)(struct host * host);
	int status = options_parse(argc, argv, &arguments, &help, &run);

	if (status >= 0) {
		if (help.is_wanted && status == STATUS_GOOD)
			help_print(help.command);
		json_finish(arguments.command, arguments.json && status != STATUS_GOOD);
		return flush(status);
	}
	output_open(stdout, &host.output);
	status = root_open(&host) ? -1 : STATUS_USAGE;
	if (status < 0 && arguments.lacks_operands)
		status = choose_operands(&host, &arguments);
	if (status < 0)
		status = run(&host);
	json_finish(arguments.command, arguments.json);
	root_close(&host);
	return flush(status);
}
