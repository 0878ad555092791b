/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The help, in lines of at most 80 columns. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "help.h"

/* Two of each command, and where there is more to read than in passthru(8). */
static const struct {
	const char *command, *examples[2], *more;
} notes[] = {
	{ "list", { "gpu", "-v 06:00" }, NULL },
	{ "enable", { "06:00.0", "--dry-run nvidia" }, "passthru-cmdline(7)" },
	{ "disable", { "06:00.0", "--all" }, "passthru-cmdline(7)" },
	{ "confirm", { "", "--json" }, NULL },
	{ "claim", { "06:00.0", "--vfs 4 01:00.0" }, NULL },
	{ "release", { "06:00.0", "--vfs 0 01:00.0" }, NULL },
	{ "plan", { "", "--cmdline \"passthru.ids=10de:2786\"" }, "passthru-cmdline(7)" },
	{ "status", { "", "--format prometheus" }, "passthru-report(5)" },
	{ "check", { "", "--strict" }, NULL },
	{ "migrate", { "", "--apply" }, NULL },
	{ "args", { "06:00.0", "\"RTX 4070\"" }, "passthru-cmdline(7)" },
	{ "guest", { "06:00.0", "--qemu nvidia" }, NULL },
	{ "rom", { "06:00.0", "nvidia card.rom" }, NULL },
};

static const char what_help[] =
	"WHAT is an address (06:00.0), a slot (06:00), a path (00:03.1/00.0), or what\n"
	"else passthru list takes and one card has: gpu, usb, nvidia, 4070, 10de:2786.\n";

static const char filter_help[] =
	"FILTER is one of these; several add up:\n"
	"  gpu, display, vga, audio, usb, disk, storage, nvme, net, network, bridge\n"
	"  06:00.0, 06:00, 06:, 00:03.1/00.0    an address, a slot, a bus, a path\n"
	"  10de:, 10de:2786                     a vendor, an ID\n"
	"  13, group:13                         an IOMMU group\n"
	"  vfio-pci, nvidia, \"RTX 4070\"         a driver, or words of a name\n";

static void print_option(const struct option_row *option)
{
	char text[32];
	const char *space = option->value && !option_may_lack_value(option) ? " " : "";

	snprintf(text, sizeof(text), "--%s%s%s", option->name, space,
		 option->value ? option->value : "");
	if (option->letter)
		printf("  -%c, %-20s %s\n", option->letter, text, option->help);
	else
		printf("      %-20s %s\n", text, option->help);
}

static void print_options(const struct command *command)
{
	for (size_t i = 0; i < options_count; i++)
		if (command_takes(command, i))
			print_option(&options[i]);
}

static void print_examples(const struct command *command)
{
	for (size_t i = 0; i < ARRAY_SIZE(notes); i++) {
		if (strcmp(notes[i].command, command->name) != 0)
			continue;
		puts("\nExamples:");
		for (size_t j = 0; j < ARRAY_SIZE(notes[i].examples); j++)
			printf("  passthru %s%s%s\n", command->name,
			       notes[i].examples[j][0] ? " " : "", notes[i].examples[j]);
		printf("\nSee passthru(8)%s%s.\n", notes[i].more ? " and " : "",
		       notes[i].more ? notes[i].more : "");
	}
}

static void print_command(const struct command *command)
{
	printf("Usage: passthru %s [OPTION]...%s%s\n", command->name,
	       command->operands[0] ? " " : "", command->operands);
	printf("%c%s.\n\n", toupper((unsigned char)command->help[0]), command->help + 1);
	print_options(command);
	if (strstr(command->operands, "WHAT"))
		printf("\n%s", what_help);
	if (strstr(command->operands, "FILTER"))
		printf("\n%s", filter_help);
	print_examples(command);
}

static void print_all(void)
{
	puts("Usage: passthru [COMMAND] [OPTION]... [ARGUMENT]...\n"
	     "Without a command: where this machine stands, and the next step.\n");
	for (size_t i = 0; i < commands_count; i++)
		printf("  %s %-*s %s\n", commands[i].name,
		       21 - (int)strlen(commands[i].name), commands[i].operands,
		       commands[i].help);
	putchar('\n');
	print_options(NULL);
	puts("\npassthru COMMAND --help has the options of a command, and examples.\n"
	     "Exit status: 0 all is well, 1 not, 2 unusable arguments. See passthru(8).");
}

void help_print(const struct command *command)
{
	if (command)
		print_command(command);
	else
		print_all();
}
