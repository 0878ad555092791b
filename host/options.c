/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands and options of passthru, and what each takes. */
#include <assert.h>
#include <getopt.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
	IOMMU,
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
	FORCE,
	ROOT,
	VERBOSE,
	JSON,
	HELP,
	PRINT_VERSION,
	OPTION_COUNT,
	OPERANDS = OPTION_COUNT
};

#define BIT(option) (UINT64_C(1) << (option))
static_assert(OPERANDS < 64, "there are more options than bits");

/* The settings of enable, as bits, and the row of one. */
#define SETTING_OPTIONS (BIT(POWER + 1) - BIT(BAR0))
#define GUEST_OPTIONS	(BIT(LIBVIRT) | BIT(QEMU) | BIT(PROXMOX) | BIT(KUBEVIRT))
#define SETTING_OPTION(kind, name, value, help)                \
	{                                                      \
		name, value, help,                             \
			offsetof(struct arguments, settings) + \
				(kind) * sizeof(const char *), \
			BIT(UNDO) | BIT(VFS), 0                \
	}

const struct option_row options[OPTION_COUNT] = {
	[DRY_RUN] = { "dry-run", NULL, "change nothing",
		      offsetof(struct arguments, dry_run), 0, 'n' },
	[UNDO] = { "undo", NULL, "restore the files from before the last change",
		   offsetof(struct arguments, undo),
		   BIT(DRY_RUN) | BIT(ALL) | BIT(APPLY) | BIT(OPERANDS), 0 },
	[ALL] = { "all", NULL, "all devices", offsetof(struct arguments, all),
		  BIT(OPERANDS), 0 },
	[ADOPT] = { "adopt", NULL, "count the lists of vfio-pci itself, or no longer",
		    offsetof(struct arguments, adopt),
		    BIT(OPERANDS) | BIT(UNDO) | BIT(ALL) | BIT(VFS) | SETTING_OPTIONS,
		    0 },
	[IOMMU] = { "iommu", NULL, "turn the IOMMU on, too, by the kernel command line",
		    offsetof(struct arguments, iommu),
		    BIT(UNDO) | BIT(TRIAL) | BIT(PROFILE), 0 },
	[APPLY] = { "apply", NULL, "make the changes, with backups",
		    offsetof(struct arguments, apply), 0, 0 },
	[YES] = { "yes", NULL, "confirm what the host would miss",
		  offsetof(struct arguments, yes), 0, 0 },
	[STRICT] = { "strict", NULL, "exit with 1 for a warning, too",
		     offsetof(struct arguments, strict), 0, 0 },
	[CMDLINE] = { "cmdline", "TEXT", "use this kernel command line",
		      offsetof(struct arguments, cmdline), 0, 0 },
	[DUMP] = { "dump", "FILE", "write a dump (.tar, .tar.gz, .tar.zst)",
		   offsetof(struct arguments, dump), BIT(JSON) | BIT(OPERANDS), 0 },
	[FORMAT] = { "format", "NAME", "print text, json, prometheus or nfd",
		     offsetof(struct arguments, format), 0, 0 },
	[VFS] = { "vfs", "COUNT", "so many virtual functions, or \"any\"",
		  offsetof(struct arguments, vfs), BIT(UNDO), 0 },
	[TRIAL] = { "trial", "[=MINUTES]", "for one boot only, unless that is confirmed",
		    offsetof(struct arguments, trial), BIT(UNDO), 0 },
	[PROFILE] = { "profile", "NAME", "a configuration that boot entries choose",
		      offsetof(struct arguments, profile),
		      BIT(UNDO) | BIT(TRIAL) | BIT(ADOPT), 0 },
	[BAR0] = SETTING_OPTION(SETTING_BAR0, "bar0", "SIZE",
				"resize BAR 0, such as 256M, 8G, min, max"),
	[BAR0 + 1] = SETTING_OPTION(SETTING_BAR1, "bar1", "SIZE", "the same for BAR 1"),
	[BAR0 + 2] = SETTING_OPTION(SETTING_BAR2, "bar2", "SIZE", "the same for BAR 2"),
	[BAR0 + 3] = SETTING_OPTION(SETTING_BAR3, "bar3", "SIZE", "the same for BAR 3"),
	[BAR0 + 4] = SETTING_OPTION(SETTING_BAR4, "bar4", "SIZE", "the same for BAR 4"),
	[BAR0 + 5] = SETTING_OPTION(SETTING_BAR5, "bar5", "SIZE", "the same for BAR 5"),
	[BAR0 + 6] = SETTING_OPTION(SETTING_RESET, "reset", "METHOD",
				    "reset by this method, such as flr or bus"),
	[BAR0 + 7] = SETTING_OPTION(SETTING_D3COLD, "d3cold", "VALUE",
				    "on or off: whether it may lose its power"),
	[POWER] = SETTING_OPTION(SETTING_POWER, "power", "VALUE",
				 "on or auto: whether it stays awake"),
	[LIBVIRT] = { "libvirt", NULL, "elements for libvirt, the default",
		      offsetof(struct arguments, libvirt),
		      BIT(QEMU) | BIT(PROXMOX) | BIT(KUBEVIRT), 0 },
	[QEMU] = { "qemu", "[=iommufd]", "options of QEMU",
		   offsetof(struct arguments, qemu), BIT(PROXMOX) | BIT(KUBEVIRT), 0 },
	[PROXMOX] = { "proxmox", NULL, "lines for the guest's file in Proxmox",
		      offsetof(struct arguments, proxmox), BIT(KUBEVIRT), 0 },
	[KUBEVIRT] = { "kubevirt", NULL, "YAML for KubeVirt",
		       offsetof(struct arguments, kubevirt), BIT(ROM), 0 },
	[ROM] = { "rom", "FILE", "a video BIOS for the display",
		  offsetof(struct arguments, rom), 0, 0 },
	[FORCE] = { "force", NULL, "replace FILE if it is there",
		    offsetof(struct arguments, force), 0, 0 },
	[ROOT] = { "root", "DIR", "a machine whose files are below DIR, or a dump",
		   offsetof(struct arguments, root), 0, 0 },
	[VERBOSE] = { "verbose", NULL, "name each virtual function",
		      offsetof(struct arguments, verbose), 0, 'v' },
	[JSON] = { "json", NULL, "print JSON", offsetof(struct arguments, json), 0, 0 },
	[HELP] = { .name = "help", .help = "show this help", .letter = 'h' },
	[PRINT_VERSION] = { .name = "version",
			    .help = "show the version",
			    .letter = 'V' },
};

const size_t options_count = OPTION_COUNT;

/* What commands take that need not run on the machine. */
#define ELSEWHERE (BIT(ROOT) | BIT(JSON))

const struct command commands[] = {
	{ "list", list_run, "[FILTER]...", ELSEWHERE | BIT(DUMP) | BIT(VERBOSE),
	  "list IOMMU groups and devices" },
	{ "enable", enable_run, "WHAT...",
	  ELSEWHERE | BIT(DRY_RUN) | BIT(UNDO) | BIT(YES) | BIT(ADOPT) | BIT(VFS) |
		  BIT(IOMMU) | BIT(PROFILE) | BIT(TRIAL) | SETTING_OPTIONS,
	  "claim devices from the next boot on" },
	{ "disable", disable_run, "WHAT...|--all",
	  ELSEWHERE | BIT(DRY_RUN) | BIT(UNDO) | BIT(ALL) | BIT(ADOPT) | BIT(PROFILE),
	  "leave devices to the host again" },
	{ "confirm", confirm_run, "", ELSEWHERE, "keep what enable --trial has tried" },
	{ "claim", claim_run, "WHAT...", BIT(JSON) | BIT(YES) | BIT(VFS),
	  "claim devices now, if nothing uses them" },
	{ "release", release_run, "WHAT...", BIT(JSON) | BIT(VFS),
	  "give devices back to the host now" },
	{ "plan", plan_run, "", ELSEWHERE | BIT(CMDLINE) | BIT(STRICT) | BIT(VERBOSE),
	  "show what the next boot will do" },
	{ "status", status_run, "", ELSEWHERE | BIT(FORMAT) | BIT(VERBOSE),
	  "show what this boot did and whether it still holds" },
	{ "check", check_run, "", ELSEWHERE | BIT(STRICT), "verify the setup" },
	{ "migrate", migrate_run, "", ELSEWHERE | BIT(APPLY) | BIT(UNDO) | BIT(YES),
	  "replace softdep, vfio-pci.ids= and the like" },
	{ "args", args_run, "WHAT...", ELSEWHERE,
	  "print the kernel parameter for devices" },
	{ "guest", guest_run, "WHAT...", ELSEWHERE | GUEST_OPTIONS | BIT(ROM),
	  "print what a guest needs to use devices" },
	{ "rom", rom_run, "WHAT [FILE]", ELSEWHERE | BIT(FORCE),
	  "write the video BIOS to a file" },
};

const size_t commands_count = ARRAY_SIZE(commands);

bool command_takes(const struct command *command, size_t option)
{
	uint64_t takes = command ? command->takes : ELSEWHERE;

	return (takes | BIT(HELP) | BIT(PRINT_VERSION)) & BIT(option);
}

bool option_may_lack_value(const struct option_row *option)
{
	return option->value && option->value[0] == '[';
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
	{ "vbios", "rom" },
	{ "param", "args" },
	{ "cmdline", "args" },
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

/* The option that getopt_long() has found, by its name or its letter; or OPTION_COUNT. */
static int find_option(int found)
{
	if (found < OPTION_COUNT) /* which is less than any letter */
		return found;
	for (int i = 0; i < OPTION_COUNT; i++)
		if (options[i].letter == found)
			return i;
	return OPTION_COUNT;
}

/* For getopt_long(). */
static void make_tables(struct option table[static OPTION_COUNT + 1],
			char letters[static OPTION_COUNT + 1])
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		table[i] = (struct option){ options[i].name,
					    option_may_lack_value(&options[i])
						    ? optional_argument
					    : options[i].value ? required_argument
							       : no_argument,
					    NULL, i };
		if (options[i].letter)
			*letters++ = options[i].letter;
	}
}

/* Reads the options, as bits. Says what is wrong with them; returns whether nothing is.
 */
static bool read_options(int argc, char **argv, struct arguments *ret,
			 uint64_t *ret_given)
{
	struct option table[OPTION_COUNT + 1] = { 0 };
	char letters[OPTION_COUNT + 1] = { 0 };
	int option;

	make_tables(table, letters);
	*ret_given = 0;
	while ((option = getopt_long(argc, argv, letters, table, NULL)) >= 0) {
		option = find_option(option);
		if (option == OPTION_COUNT) {
			warn("see passthru --help");
			return false;
		}
		*ret_given |= BIT(option);
		if (option != HELP && option != PRINT_VERSION)
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
			warn("--%s cannot be used with %s; see passthru %s --help",
			     options[i].name, command->name, command->name);
			good = false;
		}
	if (given & BIT(OPERANDS) && !command->operands[0]) {
		warn("%s takes no argument such as \"%s\"; see passthru %s --help",
		     command->name, arguments->operands[0], command->name);
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

/*
 * Warns if the operands are missing, unless they can be chosen on the terminal. Some
 * options are used in their place.
 */
static bool check_present(const struct command *command, uint64_t given,
			  struct arguments *ret)
{
	if (!command->operands[0] || command->operands[0] == '[' ||
	    given & (BIT(OPERANDS) | BIT(ALL) | BIT(ADOPT) | BIT(UNDO)))
		return true;
	ret->lacks_operands = !ret->json && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (ret->lacks_operands)
		return true;
	warn("name the addresses of devices, as passthru list shows them%s; on a terminal, passthru %s lets you choose",
	     command->takes & BIT(ALL) ? ", or use --all" : "", command->name);
	return false;
}

/* Without a command. Returns what options_parse() does. */
static int parse_overview(struct arguments *ret, uint64_t given)
{
	ret->command = "overview";
	for (int i = 0; i < OPTION_COUNT; i++)
		if (given & BIT(i) & ~ELSEWHERE) {
			warn("--%s needs a command; see passthru --help",
			     options[i].name);
			return STATUS_USAGE;
		}
	return -1;
}

/* The help that is asked for. Returns what options_parse() does. */
static int parse_help(const char *name, struct request_for_help *ret)
{
	ret->is_wanted = true;
	ret->command = name ? find_command(name) : NULL;
	return name && !ret->command ? STATUS_USAGE : STATUS_GOOD;
}

int options_parse(int argc, char **argv, struct arguments *ret,
		  struct request_for_help *ret_help, int (**ret_run)(struct host *host))
{
	const struct command *command;
	uint64_t given;

	*ret_help = (struct request_for_help){ 0 };
	if (!read_options(argc, argv, ret, &given))
		return STATUS_USAGE;
	argv += optind;
	if (given & BIT(PRINT_VERSION) || (argv[0] && strcmp(argv[0], "version") == 0)) {
		puts("passthru " VERSION);
		return STATUS_GOOD;
	}
	if (argv[0] && strcmp(argv[0], "help") == 0)
		return parse_help(argv[1], ret_help);
	if (given & BIT(HELP))
		return parse_help(argv[0], ret_help);
	if (!argv[0]) {
		*ret_run = overview_run;
		return parse_overview(ret, given);
	}
	ret->command = argv[0];
	ret->operands = argv + 1;
	ret->operand_count = argc - optind - 1;
	if (ret->operand_count)
		given |= BIT(OPERANDS);
	command = find_command(ret->command);
	if (!command || !check_taken(command, ret, given) ||
	    !check_together(ret, given) || !check_present(command, given, ret))
		return STATUS_USAGE;
	*ret_run = command->run;
	return -1;
}
