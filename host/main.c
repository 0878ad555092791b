/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * passthru: inspects and configures PCI passthrough. This file parses the arguments; each
 * command is in the file of its name in commands/.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "host.h"
#include "root.h"
#include "ui/message.h"

static const char usage[] =
	"Usage: passthru COMMAND [OPTION]... [ARGUMENT]...\n"
	"\n"
	"  list [FILTER]...   list IOMMU groups and devices; gpu, usb, nvidia, 06:00 ...\n"
	"  enable ADDRESS...  claim these devices from the next boot on\n"
	"  disable ADDRESS... leave them to the host again\n"
	"  claim ADDRESS...   claim these devices now, if nothing uses them\n"
	"  release ADDRESS... give them back to the host now\n"
	"  plan               show what the next boot will do\n"
	"  status             show what this boot did and whether it still holds\n"
	"  check              verify the setup\n"
	"  migrate            replace softdep, vfio-pci.ids= and the like\n"
	"  args ADDRESS...    print the kernel parameter for these devices\n"
	"\n"
	"      --dry-run      enable, disable: change nothing\n"
	"      --undo         enable, disable, migrate: restore the backups\n"
	"      --all          disable: all devices\n"
	"      --apply        migrate: make the changes, with backups\n"
	"      --cmdline TEXT plan: use this command line, not the configured one\n"
	"      --dump FILE    list: write what a bug report needs (.tar, .tar.gz)\n"
	"      --root DIR     read the machine whose files are below DIR, or in a dump\n"
	"      --json         print JSON; status also: --format NAME, prometheus or nfd\n"
	"  -h, --help, --version\n"
	"\n"
	"Exit status: 0 all is well; 1 not as requested, or failed; 2 invalid arguments.\n";

/* The options of a command, as bits. */
enum {
	TAKES_DUMP = 1,
	TAKES_CMDLINE = 4,
	TAKES_APPLY = 8,
	TAKES_UNDO = 16,
	TAKES_OPERANDS = 32,
	TAKES_DRY_RUN = 64,
	TAKES_ALL = 128,
	TAKES_FORMAT = 256
};

static const struct command {
	const char *name;
	int (*run)(struct host *host);
	unsigned takes;
} commands[] = {
	{ "args", args_run, TAKES_OPERANDS },
	{ "check", check_run, 0 },
	{ "claim", claim_run, TAKES_OPERANDS },
	{ "disable", disable_run,
	  TAKES_UNDO | TAKES_DRY_RUN | TAKES_ALL | TAKES_OPERANDS },
	{ "enable", enable_run, TAKES_UNDO | TAKES_DRY_RUN | TAKES_OPERANDS },
	{ "list", list_run, TAKES_DUMP | TAKES_OPERANDS },
	{ "migrate", migrate_run, TAKES_APPLY | TAKES_UNDO },
	{ "plan", plan_run, TAKES_CMDLINE },
	{ "release", release_run, TAKES_OPERANDS },
	{ "status", status_run, TAKES_FORMAT },
};

enum {
	JSON = 1,
	FORMAT,
	ROOT,
	DUMP,
	CMDLINE,
	APPLY,
	UNDO,
	DRY_RUN,
	ALL,
	HELP,
	PRINT_VERSION
};

static const struct option long_options[] = {
	{ "json", no_argument, NULL, JSON },
	{ "format", required_argument, NULL, FORMAT },
	{ "root", required_argument, NULL, ROOT },
	{ "dump", required_argument, NULL, DUMP },
	{ "cmdline", required_argument, NULL, CMDLINE },
	{ "apply", no_argument, NULL, APPLY },
	{ "undo", no_argument, NULL, UNDO },
	{ "dry-run", no_argument, NULL, DRY_RUN },
	{ "all", no_argument, NULL, ALL },
	{ "help", no_argument, NULL, HELP },
	{ "version", no_argument, NULL, PRINT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static const struct command *find_command(const char *name)
{
	const struct command *nearest = &commands[0];
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		size_t distance = text_distance(span_of(name), span_of(commands[i].name));

		if (distance == 0)
			return &commands[i];
		if (distance < best) {
			best = distance;
			nearest = &commands[i];
		}
	}
	if (best < strlen(name))
		warn("unknown command %s; did you mean %s? See passthru --help", name,
		     nearest->name);
	else
		warn("unknown command %s; see passthru --help", name);
	return NULL;
}

/* Returns the bit of the option, 0 for one that every command takes, or -1. */
static int note_option(int option, struct arguments *ret)
{
	switch (option) {
	case JSON:
		ret->json = true;
		return 0;
	case FORMAT:
		ret->format = optarg;
		return TAKES_FORMAT;
	case ROOT:
		ret->root = optarg;
		return 0;
	case DUMP:
		ret->dump = optarg;
		return TAKES_DUMP;
	case CMDLINE:
		ret->cmdline = optarg;
		return TAKES_CMDLINE;
	case APPLY:
		ret->apply = true;
		return TAKES_APPLY;
	case UNDO:
		ret->undo = true;
		return TAKES_UNDO;
	case DRY_RUN:
		ret->dry_run = true;
		return TAKES_DRY_RUN;
	case ALL:
		ret->all = true;
		return TAKES_ALL;
	default:
		return -1;
	}
}

/* Warns about each given option that the command does not take. */
static bool takes_all(const struct command *command, const struct arguments *arguments,
		      unsigned given)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ TAKES_DUMP, "--dump" },	{ TAKES_CMDLINE, "--cmdline" },
		{ TAKES_APPLY, "--apply" },	{ TAKES_UNDO, "--undo" },
		{ TAKES_DRY_RUN, "--dry-run" }, { TAKES_ALL, "--all" },
		{ TAKES_FORMAT, "--format" },
	};
	unsigned wrong = given & ~command->takes;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (wrong & names[i].bit)
			warn("%s cannot be used with %s; see passthru --help",
			     names[i].name, command->name);
	if (wrong & TAKES_OPERANDS)
		warn("%s takes no argument such as \"%s\"; see passthru --help",
		     command->name, arguments->operands[0]);
	return !wrong;
}

/* Returns -1 to run the command, or an exit status. */
static int parse(int argc, char **argv, struct arguments *ret,
		 const struct command **ret_command)
{
	unsigned given = 0;
	int option;

	while ((option = getopt_long(argc, argv, "h", long_options, NULL)) >= 0) {
		int bit = note_option(option, ret);

		if (option == 'h')
			option = HELP;
		if (option == HELP || option == PRINT_VERSION) {
			fputs(option == HELP ? usage : "passthru " VERSION "\n", stdout);
			return STATUS_GOOD;
		}
		if (bit < 0) {
			warn("see passthru --help");
			return STATUS_USAGE;
		}
		given |= (unsigned)bit;
	}
	if (optind == argc) {
		fputs(usage, stderr);
		return STATUS_USAGE;
	}
	ret->command = argv[optind++];
	if (strcmp(ret->command, "help") == 0) {
		fputs(usage, stdout);
		return STATUS_GOOD;
	}
	ret->operands = argv + optind;
	ret->operand_count = argc - optind;
	*ret_command = find_command(ret->command);
	if (!*ret_command)
		return STATUS_USAGE;
	if (ret->operand_count)
		given |= TAKES_OPERANDS;
	return takes_all(*ret_command, ret, given) ? -1 : STATUS_USAGE;
}

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
	const struct command *command;
	int status = parse(argc, argv, &arguments, &command);

	if (status >= 0)
		return flush(status);
	output_open(stdout, &host.output);
	status = STATUS_USAGE;
	if (root_open(&host) == 0)
		status = flush(command->run(&host));
	root_close(&host);
	return status;
}
