/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * passthru: what there is to know about passing PCI devices through on this machine.
 * Here the arguments are read; each command is in a file of its name.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "host.h"
#include "root.h"
#include "text.h"

static const char usage[] =
	"Usage: passthru COMMAND [OPTION]... [ARGUMENT]...\n"
	"\n"
	"  list [gpu|audio|usb|disk|net|10de:|ADDRESS|GROUP]...\n"
	"                     IOMMU groups with their devices\n"
	"  args ADDRESS...    the kernel parameter that passes these devices\n"
	"  check              whether all is in place, and what to do where it is not\n"
	"  migrate            from softdep, vfio-pci.ids= and the like to the parameter\n"
	"  plan               what the next boot will do\n"
	"  status             what this boot did, and whether it is still so\n"
	"\n"
	"      --pick         with args: ask which devices on the terminal\n"
	"      --json         print for programs; the format is in passthru(8)\n"
	"      --cmdline TEXT with plan: by this command line, not the configured one\n"
	"      --apply        with migrate: do it, with backups; --undo takes it back\n"
	"      --root DIR     read the machine whose files are below DIR, or in the "
	"file\n"
	"                     of a dump\n"
	"      --dump FILE    with list: write what a report about this machine needs\n"
	"                     to FILE (.tar, .tar.gz), without serial numbers\n"
	"      --help, --version\n"
	"\n"
	"Exit status: 0 all is well; 1 something is not as it should be, or could not "
	"be\n"
	"done; 2 these arguments cannot be used.\n";

/* Which options a command takes, as bits. */
enum {
	TAKES_DUMP = 1,
	TAKES_PICK = 2,
	TAKES_CMDLINE = 4,
	TAKES_APPLY = 8,
	TAKES_OPERANDS = 32
};

static const struct command {
	const char *name;
	int (*run)(struct host *host);
	unsigned takes;
} commands[] = {
	{ "args", args_run, TAKES_PICK | TAKES_OPERANDS },
	{ "check", check_run, 0 },
	{ "list", list_run, TAKES_DUMP | TAKES_OPERANDS },
	{ "migrate", migrate_run, TAKES_APPLY },
	{ "plan", plan_run, TAKES_CMDLINE },
	{ "status", status_run, 0 },
};

enum { JSON = 1, ROOT, DUMP, PICK, CMDLINE, APPLY, UNDO, HELP, PRINT_VERSION };

static const struct option long_options[] = {
	{ "json", no_argument, NULL, JSON },
	{ "root", required_argument, NULL, ROOT },
	{ "dump", required_argument, NULL, DUMP },
	{ "pick", no_argument, NULL, PICK },
	{ "cmdline", required_argument, NULL, CMDLINE },
	{ "apply", no_argument, NULL, APPLY },
	{ "undo", no_argument, NULL, UNDO },
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
		complain("there is no command %s, the nearest is %s; see passthru --help",
			 name, nearest->name);
	else
		complain("there is no command %s; see passthru --help", name);
	return NULL;
}

/* Returns the bit of the option, 0 for those that all commands take, or -1. */
static int note_option(int option, struct arguments *ret)
{
	switch (option) {
	case JSON:
		ret->json = true;
		return 0;
	case ROOT:
		ret->root = optarg;
		return 0;
	case DUMP:
		ret->dump = optarg;
		return TAKES_DUMP;
	case PICK:
		ret->pick = true;
		return TAKES_PICK;
	case CMDLINE:
		ret->cmdline = optarg;
		return TAKES_CMDLINE;
	case APPLY:
		ret->apply = true;
		return TAKES_APPLY;
	case UNDO:
		ret->undo = true;
		return TAKES_APPLY;
	default:
		return -1;
	}
}

/* Whether the command takes all that is given; says what it does not take. */
static bool takes_all(const struct command *command, const struct arguments *arguments,
		      unsigned given)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ TAKES_DUMP, "--dump" },
		{ TAKES_PICK, "--pick" },
		{ TAKES_CMDLINE, "--cmdline" },
		{ TAKES_APPLY, "--apply or --undo" },
	};
	unsigned wrong = given & ~command->takes;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (wrong & names[i].bit)
			complain("%s cannot be used with %s; see passthru --help",
				 names[i].name, command->name);
	if (wrong & TAKES_OPERANDS)
		complain("%s takes no argument such as \"%s\"; see passthru --help",
			 command->name, arguments->operands[0]);
	return !wrong;
}

/* Returns -1 to go on, or an exit status. */
static int parse(int argc, char **argv, struct arguments *ret,
		 const struct command **ret_command)
{
	unsigned given = 0;
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) >= 0) {
		int bit = note_option(option, ret);

		if (option == HELP || option == PRINT_VERSION) {
			fputs(option == HELP ? usage : "passthru " VERSION "\n", stdout);
			return STATUS_GOOD;
		}
		if (bit < 0) {
			complain("see passthru --help");
			return STATUS_USAGE;
		}
		given |= (unsigned)bit;
	}
	if (optind == argc) {
		fputs(usage, stderr);
		return STATUS_USAGE;
	}
	ret->command = argv[optind++];
	ret->operands = argv + optind;
	ret->operand_count = argc - optind;
	*ret_command = find_command(ret->command);
	if (!*ret_command)
		return STATUS_USAGE;
	if (ret->operand_count)
		given |= TAKES_OPERANDS;
	return takes_all(*ret_command, ret, given) ? -1 : STATUS_USAGE;
}

/* What has been printed is to arrive. Returns status if it has. */
static int flush(int status)
{
	struct pollfd reader = { .fd = STDOUT_FILENO };

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	/* Who has read enough of a pipe needs no word about it. */
	if (poll(&reader, 1, 0) < 1 || !(reader.revents & POLLERR))
		complain("cannot write to standard output");
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
