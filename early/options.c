/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "build.h"
#include "options.h"

static const char usage[] =
	"Usage: passthru-early [OPTION]...\n"
	"Binds the PCI devices that the kernel command line selects to vfio-pci.\n"
	"\n"
	"      --late            late stage: claim only the devices that were deferred\n"
	"                        until the root disk is known\n"
	"      --device ADDRESS  claim only the device at that address, which has just appeared\n"
	"      --dry-run         log what would be done and change nothing; write the\n"
	"                        report to standard output unless --report is given\n"
	"      --verbose         log everything, on standard error as well\n"
	"      --root DIR        use /sys, /proc, /dev, /run and /lib/modules below DIR\n"
	"      --cmdline STRING  use STRING instead of /proc/cmdline\n"
	"      --report FILE     write the report to FILE (\"-\" for standard output)\n"
	"                        instead of /run/passthru/report\n"
	"      --probe           only read the disk on standard input, for passthru(8)\n"
	"      --help            print this help and exit\n"
	"      --version         print the version and exit\n"
	"\n"
	"Exit status: 0 if every requested device is claimed or none is requested,\n"
	"1 if one is not, 2 for invalid arguments.\n";

enum {
	LATE = 1,
	DEVICE,
	DRY_RUN,
	VERBOSE,
	ROOT,
	CMDLINE,
	REPORT,
	PROBE,
	HELP,
	PRINT_VERSION
};

static const struct option long_options[] = {
	{ "late", no_argument, NULL, LATE },
	{ "device", required_argument, NULL, DEVICE },
	{ "dry-run", no_argument, NULL, DRY_RUN },
	{ "verbose", no_argument, NULL, VERBOSE },
	{ "root", required_argument, NULL, ROOT },
	{ "cmdline", required_argument, NULL, CMDLINE },
	{ "report", required_argument, NULL, REPORT },
	{ "probe", no_argument, NULL, PROBE },
	{ "help", no_argument, NULL, HELP },
	{ "version", no_argument, NULL, PRINT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static int refuse(const char *what, const char *argument)
{
	fprintf(stderr, "passthru-early: %s%s; see passthru-early --help\n", what,
		argument);
	return EXIT_USAGE;
}

/* Removes "/" from the end, so that an absolute path can follow. */
static int read_root(char *root, struct options *ret)
{
	size_t length = strlen(root);

	if (length == 0)
		return refuse("--root needs a directory", "");
	while (length > 0 && root[length - 1] == '/')
		root[--length] = '\0';
	ret->root = root;
	return -1;
}

static int read_device(const char *text, struct options *ret)
{
	struct address_pattern pattern;
	const char *why;
	size_t at;

	if (address_parse(text, strlen(text), &pattern, &why, &at) < 0)
		return refuse("--device: ", why);
	if (pattern.any_function || pattern.step_count)
		return refuse("--device takes one function, not ", text);
	ret->device = pattern.address;
	ret->has_device = true;
	return -1;
}

int options_parse(int argc, char **argv, struct options *ret)
{
	int option, status = -1;

	*ret = (struct options){ .root = "" };
	while (status < 0 &&
	       (option = getopt_long(argc, argv, "", long_options, NULL)) >= 0) {
		switch (option) {
		case LATE:
			ret->late = true;
			break;
		case DEVICE:
			status = read_device(optarg, ret);
			break;
		case DRY_RUN:
			ret->dry_run = true;
			break;
		case VERBOSE:
			ret->verbose = true;
			break;
		case ROOT:
			status = read_root(optarg, ret);
			break;
		case CMDLINE:
			ret->cmdline = optarg;
			break;
		case REPORT:
			ret->report = optarg;
			break;
		case PROBE:
			ret->probe = true;
			break;
		case HELP:
			fputs(usage, stdout);
			return EXIT_COMPLETE;
		case PRINT_VERSION:
			puts("passthru-early " VERSION);
			return EXIT_COMPLETE;
		default:
			return refuse("invalid arguments", "");
		}
	}
	if (status < 0 && optind < argc)
		return refuse("unexpected argument: ", argv[optind]);
	if (status < 0 && ret->late && ret->has_device)
		return refuse("--late and --device cannot be combined", "");
	return status;
}
