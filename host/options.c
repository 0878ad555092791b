/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands and options of passthru: what each takes, and the help about it. */
#include <getopt.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "build.h"
#include "options.h"
#include "ui/ui.h"

/* What a command line can have. OPERANDS is no option, but takes part in their rules. */
enum {
	DRY_RUN,
	UNDO,
	ALL,
	ADOPT,
	APPLY,
	YES,
	STRICT,
	CMDLINE,
	DUMP,
	FORMAT,
	VFS,
	TRIAL,
	PROFILE,
	BAR0, /* and the other settings, in the order of enum setting_kind */
	POWER = BAR0 + SETTING_POWER,
	LIBVIRT, /* and the others that guest prints for */
	QEMU,
	PROXMOX,
	KUBEVIRT,
	ROM,
	ROOT,
	VERBOSE,
	JSON,
	HELP,
	PRINT_VERSION,
	OPTION_COUNT,
	OPERANDS = OPTION_COUNT
};

#define BIT(option) (UINT64_C(1) << (option))

/* The settings of enable, as bits, and the row of one. */
#define SETTING_OPTIONS (BIT(POWER + 1) - BIT(BAR0))
#define GUEST_OPTIONS	(BIT(LIBVIRT) | BIT(QEMU) | BIT(PROXMOX) | BIT(KUBEVIRT))
#define SETTING_OPTION(kind, name, value, help)                \
	{                                                      \
		name, value, help,                             \
			offsetof(struct arguments, settings) + \
				(kind) * sizeof(const char *), \
			BIT(UNDO) | BIT(VFS)                   \
	}

static const struct {
	const char *name;
	/* Its name in the help, in brackets if it may be left out; NULL: it takes none */
	const char *value;
	const char *help;
	size_t field;	   /* in struct arguments: a string, or a bool without value */
	uint64_t excludes; /* what cannot be used together with it, as bits */
} options[OPTION_COUNT] = {
	[DRY_RUN] = { "dry-run", NULL, "change nothing",
		      offsetof(struct arguments, dry_run), 0 },
	[UNDO] = { "undo", NULL, "restore the backups", offsetof(struct arguments, undo),
		   BIT(DRY_RUN) | BIT(ALL) | BIT(APPLY) | BIT(OPERANDS) },
	[ALL] = { "all", NULL, NULL, offsetof(struct arguments, all), BIT(OPERANDS) },
	[ADOPT] = { "adopt", NULL, "count the lists of vfio-pci itself, or no longer",
		    offsetof(struct arguments, adopt),
		    BIT(OPERANDS) | BIT(UNDO) | BIT(ALL) | BIT(VFS) | SETTING_OPTIONS },
	[APPLY] = { "apply", NULL, "make the changes, with backups",
		    offsetof(struct arguments, apply), 0 },
	[YES] = { "yes", NULL, "confirm what the host would miss",
		  offsetof(struct arguments, yes), 0 },
	[STRICT] = { "strict", NULL, "exit with 1 for a warning, too",
		     offsetof(struct arguments, strict), 0 },
	[CMDLINE] = { "cmdline", "TEXT", "use this command line, not the configured one",
		      offsetof(struct arguments, cmdline), 0 },
	[DUMP] = { "dump", "FILE",
		   "write what a bug report needs (.tar, .tar.gz, .tar.zst)",
		   offsetof(struct arguments, dump), BIT(JSON) | BIT(OPERANDS) },
	[FORMAT] = { "format", "NAME", "print text, json, prometheus or nfd",
		     offsetof(struct arguments, format), 0 },
	[VFS] = { "vfs", "COUNT", "make so many virtual functions and claim them",
		  offsetof(struct arguments, vfs), BIT(UNDO) },
	[TRIAL] = { "trial", "[=MINUTES]", "for one boot only, unless that is confirmed",
		    offsetof(struct arguments, trial), BIT(UNDO) },
	[PROFILE] = { "profile", "NAME", "a configuration that boot entries choose",
		      offsetof(struct arguments, profile),
		      BIT(UNDO) | BIT(TRIAL) | BIT(ADOPT) },
	[BAR0] = SETTING_OPTION(SETTING_BAR0, "bar0", "SIZE",
				"--bar1 to --bar5, --reset, --d3cold, --power, too"),
	[BAR0 + 1] = SETTING_OPTION(SETTING_BAR1, "bar1", "SIZE", NULL),
	[BAR0 + 2] = SETTING_OPTION(SETTING_BAR2, "bar2", "SIZE", NULL),
	[BAR0 + 3] = SETTING_OPTION(SETTING_BAR3, "bar3", "SIZE", NULL),
	[BAR0 + 4] = SETTING_OPTION(SETTING_BAR4, "bar4", "SIZE", NULL),
	[BAR0 + 5] = SETTING_OPTION(SETTING_BAR5, "bar5", "SIZE", NULL),
	[BAR0 + 6] = SETTING_OPTION(SETTING_RESET, "reset", "METHOD", NULL),
	[BAR0 + 7] = SETTING_OPTION(SETTING_D3COLD, "d3cold", "VALUE", NULL),
	[POWER] = SETTING_OPTION(SETTING_POWER, "power", "VALUE", NULL),
	[LIBVIRT] = { "libvirt", NULL,
		      "print for libvirt, or --qemu, --proxmox, --kubevirt",
		      offsetof(struct arguments, libvirt),
		      BIT(QEMU) | BIT(PROXMOX) | BIT(KUBEVIRT) },
	[QEMU] = { "qemu", "[=iommufd]", NULL, offsetof(struct arguments, qemu),
		   BIT(PROXMOX) | BIT(KUBEVIRT) },
	[PROXMOX] = { "proxmox", NULL, NULL, offsetof(struct arguments, proxmox),
		      BIT(KUBEVIRT) },
	[KUBEVIRT] = { "kubevirt", NULL, NULL, offsetof(struct arguments, kubevirt),
		       BIT(ROM) },
	[ROM] = { "rom", "FILE", "a video BIOS for the display",
		  offsetof(struct arguments, rom), 0 },
	[ROOT] = { "root", "DIR",
		   "read the machine whose files are below DIR, or in a dump",
		   offsetof(struct arguments, root), 0 },
	[VERBOSE] = { "verbose", NULL, "name each virtual function",
		      offsetof(struct arguments, verbose), 0 },
	[JSON] = { "json", NULL, "print JSON", offsetof(struct arguments, json), 0 },
	[HELP] = { .name = "help" },
	[PRINT_VERSION] = { .name = "version" },
};

/* What commands take that need not run on the machine; the help names no command there.
 */
#define ELSEWHERE (BIT(ROOT) | BIT(JSON))

static const struct command {
	const char *name;
	int (*run)(struct host *host);
	const char *operands; /* in brackets if there need not be any; "" for none */
	uint64_t takes;	      /* the options, as bits */
	const char *help;
} commands[] = {
	{ "list", list_run, "[FILTER]...", ELSEWHERE | BIT(DUMP) | BIT(VERBOSE),
	  "list IOMMU groups and devices; gpu, usb, nvidia, 06:00 ..." },
	{ "enable", enable_run, "ADDRESS...",
	  ELSEWHERE | BIT(DRY_RUN) | BIT(UNDO) | BIT(YES) | BIT(ADOPT) | BIT(VFS) |
		  BIT(PROFILE) | BIT(TRIAL) | SETTING_OPTIONS,
	  "claim these devices from the next boot on" },
	{ "disable", disable_run, "ADDRESS...|--all",
	  ELSEWHERE | BIT(DRY_RUN) | BIT(UNDO) | BIT(ALL) | BIT(ADOPT) | BIT(PROFILE),
	  "leave them to the host again" },
	{ "confirm", confirm_run, "", ELSEWHERE, "keep what enable --trial has tried" },
	{ "claim", claim_run, "ADDRESS...", BIT(JSON) | BIT(YES) | BIT(VFS),
	  "claim these devices now, if nothing uses them" },
	{ "release", release_run, "ADDRESS...", BIT(JSON) | BIT(VFS),
	  "give them back to the host now" },
	{ "plan", plan_run, "", ELSEWHERE | BIT(CMDLINE) | BIT(STRICT) | BIT(VERBOSE),
	  "show what the next boot will do" },
	{ "status", status_run, "", ELSEWHERE | BIT(FORMAT) | BIT(VERBOSE),
	  "show what this boot did and whether it still holds" },
	{ "check", check_run, "", ELSEWHERE | BIT(STRICT), "verify the setup" },
	{ "migrate", migrate_run, "", ELSEWHERE | BIT(APPLY) | BIT(UNDO) | BIT(YES),
	  "replace softdep, vfio-pci.ids= and the like" },
	{ "args", args_run, "ADDRESS...", ELSEWHERE,
	  "print the kernel parameter for these devices" },
	{ "guest", guest_run, "ADDRESS...", ELSEWHERE | GUEST_OPTIONS | BIT(ROM),
	  "print what a guest needs to use them" },
};

/* -- the help ------------------------------------------------------------------------ */

static bool may_lack_value(int option)
{
	return options[option].value && options[option].value[0] == '[';
}

/* "enable, disable: " if these take the option; nothing for options of all commands. */
static void print_takers(int option, FILE *file)
{
	const char *separator = "";

	if (BIT(option) & ELSEWHERE)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].takes & BIT(option)) {
			fprintf(file, "%s%s", separator, commands[i].name);
			separator = ", ";
		}
	fputs(": ", file);
}

static void print_help(FILE *file)
{
	fputs("Usage: passthru COMMAND [OPTION]... [ARGUMENT]...\n", file);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *command = &commands[i];

		fprintf(file, "  %s %-*s %s\n", command->name,
			17 - (int)strlen(command->name), command->operands,
			command->help);
	}
	for (int i = 0; i < JSON; i++) {
		if (!options[i].help) /* named with another one */
			continue;
		fprintf(file, "  %s--%s%s%-*s ", i == VERBOSE ? "-v, " : "    ",
			options[i].name, may_lack_value(i) ? "" : " ",
			11 + may_lack_value(i) - (int)strlen(options[i].name),
			options[i].value ? options[i].value : "");
		print_takers(i, file);
		fprintf(file, "%s\n", options[i].help);
	}
	fputs("      --json, -h, --help, --version; exit status: 0 all is well, 1 not, 2 unusable\n",
	      file);
}

/* -- the command line ---------------------------------------------------------------- */

/* What people write for them. */
static const struct {
	const char *name, *meant;
} synonyms[] = {
	{ "bind", "claim (now) or enable (from the next boot on)" },
	{ "attach", "claim (takes it from the host) or release (gives it back)" },
	{ "detach", "claim (takes it from the host) or release (gives it back)" },
	{ "unbind", "release" },
	{ "unclaim", "release" },
	{ "reattach", "release" },
	{ "free", "release" },
	{ "keep", "confirm" },
	{ "commit", "confirm" },
	{ "install", "enable" },
	{ "add", "enable" },
	{ "set", "enable" },
	{ "set-override", "enable" },
	{ "configure", "enable" },
	{ "config", "enable" },
	{ "setup", "enable" },
	{ "init", "enable" },
	{ "undisable", "enable" },
	{ "remove", "disable" },
	{ "delete", "disable" },
	{ "uninstall", "disable" },
	{ "unset", "disable" },
	{ "unset-override", "disable" },
	{ "unenable", "disable" },
	{ "off", "disable" },
	{ "ls", "list" },
	{ "show", "list" },
	{ "devices", "list" },
	{ "groups", "list" },
	{ "dump", "list --dump FILE" },
	{ "preview", "plan" },
	{ "dry-run", "plan" },
	{ "report", "status" },
	{ "verify", "check" },
	{ "doctor", "check" },
	{ "import", "migrate" },
	{ "undo", "enable --undo, disable --undo or migrate --undo" },
	{ "xml", "guest" },
	{ "hostdev", "guest" },
	{ "vm", "guest" },
	{ "param", "args" },
	{ "cmdline", "args" },
	{ "version", "--version" },
};

/* What the user may have meant, or NULL. */
static const char *find_meant(const char *name)
{
	size_t best = SIZE_MAX;
	const char *meant = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(synonyms); i++)
		if (strcmp(name, synonyms[i].name) == 0)
			return synonyms[i].meant;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		size_t slips = text_slips(span_of(name), span_of(commands[i].name));

		if (slips < best) {
			best = slips;
			meant = commands[i].name;
		}
	}
	return meant;
}

static const struct command *find_command(const char *name)
{
	const char *meant;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	meant = find_meant(name);
	if (meant)
		warn("unknown command %s; did you mean %s? See passthru --help", name,
		     meant);
	else
		warn("unknown command %s; passthru --help and passthru(8) list them",
		     name);
	return NULL;
}

static void store(int option, struct arguments *ret)
{
	void *field = (char *)ret + options[option].field;

	if (options[option].value)
		*(const char **)field = optarg ? optarg : "";
	else
		*(bool *)field = true;
}

/* Reads the options, as bits. Says what is wrong with them; returns whether nothing is.
 */
static bool read_options(int argc, char **argv, struct arguments *ret,
			 uint64_t *ret_given)
{
	struct option table[OPTION_COUNT + 1] = { 0 };
	int option;

	for (int i = 0; i < OPTION_COUNT; i++)
		table[i] = (struct option){ options[i].name,
					    may_lack_value(i)  ? optional_argument
					    : options[i].value ? required_argument
							       : no_argument,
					    NULL, i };
	*ret_given = 0;
	while ((option = getopt_long(argc, argv, "hv", table, NULL)) >= 0) {
		if (option == 'h')
			option = HELP;
		if (option == 'v')
			option = VERBOSE;
		if (option >= OPTION_COUNT) {
			warn("see passthru --help");
			return false;
		}
		*ret_given |= BIT(option);
		if (option == HELP || option == PRINT_VERSION)
			break;
		store(option, ret);
	}
	return true;
}

/* Warns about each given option that the command does not take. */
static bool check_taken(const struct command *command, const struct arguments *arguments,
			uint64_t given)
{
	bool good = true;

	for (int i = 0; i < OPTION_COUNT; i++)
		if (given & BIT(i) & ~command->takes) {
			warn("--%s cannot be used with %s; see passthru --help",
			     options[i].name, command->name);
			good = false;
		}
	if (given & BIT(OPERANDS) && !command->operands[0]) {
		warn("%s takes no argument such as \"%s\"; see passthru --help",
		     command->name, arguments->operands[0]);
		good = false;
	}
	return good;
}

/* Warns about what is given together with an option that excludes it. */
static bool check_together(const struct arguments *arguments, uint64_t given)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		uint64_t excluded = (given & BIT(i)) ? given & options[i].excludes : 0;

		for (int j = 0; j < OPTION_COUNT; j++)
			if (excluded & BIT(j)) {
				warn("--%s cannot be used together with --%s",
				     options[i].name, options[j].name);
				return false;
			}
		if (excluded) {
			warn("--%s cannot be used together with \"%s\"; give only one of them",
			     options[i].name, arguments->operands[0]);
			return false;
		}
	}
	return true;
}

/* Warns if the operands are missing. Some options are used in their place. */
static bool check_present(const struct command *command, uint64_t given)
{
	if (!command->operands[0] || command->operands[0] == '[' ||
	    given & (BIT(OPERANDS) | BIT(ALL) | BIT(ADOPT) | BIT(UNDO)))
		return true;
	warn("name the addresses of devices, as passthru list shows them%s",
	     command->takes & BIT(ALL) ? ", or use --all" : "");
	return false;
}

int options_parse(int argc, char **argv, struct arguments *ret,
		  int (**ret_run)(struct host *host))
{
	const struct command *command;
	uint64_t given;

	if (!read_options(argc, argv, ret, &given))
		return STATUS_USAGE;
	if (given & BIT(PRINT_VERSION)) {
		puts("passthru " VERSION);
		return STATUS_GOOD;
	}
	if (given & BIT(HELP) || (optind < argc && strcmp(argv[optind], "help") == 0)) {
		print_help(stdout);
		return STATUS_GOOD;
	}
	if (optind == argc) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	ret->command = argv[optind++];
	ret->operands = argv + optind;
	ret->operand_count = argc - optind;
	if (ret->operand_count)
		given |= BIT(OPERANDS);
	command = find_command(ret->command);
	if (!command || !check_taken(command, ret, given) ||
	    !check_together(ret, given) || !check_present(command, given))
		return STATUS_USAGE;
	*ret_run = command->run;
	return -1;
}
