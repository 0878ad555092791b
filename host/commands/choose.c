/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On a terminal, without WHAT: a numbered list of devices to choose from. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/internal.h"
#include "lib/lib.h"
#include "outlook/outlook.h"
#include "ui/ui.h"

struct choice;

/* What a command offers, and asks. */
struct command_choice {
	const char *command;
	bool (*offers)(const struct choice *choice, const struct device *device);
	const char *verb, *when; /* of the question; NULL: the command changes nothing */
	const char *nothing;	 /* to say if there is nothing to offer */
	bool takes;		 /* the host misses the device then */
};

struct choice {
	struct host *host;
	struct arguments *arguments;
	struct machine machine;
	struct request request; /* what the configuration requests now */
	struct device **offered;
	size_t count;
	const struct command_choice *command;
};

/* -- what is offered ----------------------------------------------------------------- */

/* Base classes and classes of <linux/pci_ids.h> that no guest is given. */
static bool is_of_board(const struct device *device)
{
	uint32_t class = device->pci->id.class >> 8;

	switch (class >> 8) {
	case 0x05: /* memory */
	case 0x0b: /* processors */
	case 0x11: /* signal processing: sensors of temperature and the like */
	case 0x13: /* instrumentation */
		return true;
	}
	return class == 0x0780 || class == 0x0806 || class == 0x0880 || class == 0x0c05;
}

static bool is_enabled(const struct choice *choice, const struct device *device)
{
	const struct params *params = &choice->request.params;

	return device_gives_vfs(device, params) ||
	       (!device->physical && device_is_requested(device, params));
}

/* Virtual functions may be many; they are named by their addresses. */
static bool can_be_given(const struct choice *choice, const struct device *device)
{
	return !device->needed_for && !device->physical && !is_of_board(device) &&
	       (!choice->arguments->vfs || device->pf.total);
}

static bool can_be_enabled(const struct choice *choice, const struct device *device)
{
	return can_be_given(choice, device) && !is_enabled(choice, device);
}

static bool can_be_claimed(const struct choice *choice, const struct device *device)
{
	return can_be_given(choice, device) && !device->is_claimed;
}

static bool can_be_released(const struct choice *choice, const struct device *device)
{
	return choice->arguments->vfs ? device->vf_count > 0 : device->is_claimed;
}

/* The first one is also for commands that are not among them. */
static const struct command_choice commands[] = {
	{ "args", can_be_given, NULL, NULL, "There is no device to give to a guest.",
	  true },
	{ "enable", can_be_enabled, "Claim", " from the next boot on",
	  "There is no device that could be enabled and is not.", true },
	{ "disable", is_enabled, "Leave", " to the host from the next boot on",
	  "Nothing is enabled, so there is nothing to disable.", false },
	{ "claim", can_be_claimed, "Claim", " now",
	  "There is no device that could be claimed and is not.", true },
	{ "release", can_be_released, "Give", " back to the host now",
	  "Nothing is claimed, so there is nothing to release.", false },
};

/* The other functions of a graphics card belong to its display. */
static bool is_other_of_card(const struct device *device)
{
	return device->card && device->card != device;
}

static void offer(struct choice *choice, bool displays)
{
	for (size_t i = 0; i < choice->machine.count; i++) {
		struct device *device = &choice->machine.devices[i];

		if (device_is_display(device) == displays &&
		    device_can_be_meant(device) && !is_other_of_card(device) &&
		    choice->command->offers(choice, device))
			choice->offered[choice->count++] = device;
	}
}

/* Most people look for a graphics card. */
static bool find_offered(struct choice *choice)
{
	choice->offered = calloc(choice->machine.count + 1, sizeof(struct device *));
	if (choice->offered) {
		offer(choice, true);
		offer(choice, false);
	}
	if (!choice->offered)
		warn("out of memory");
	return choice->offered;
}

/* -- showing it ---------------------------------------------------------------------- */

/* What comes with the device that is chosen. */
static void print_members(const struct choice *choice, const struct device *device)
{
	const struct machine *machine = &choice->machine;
	const char *separator = "with ";
	struct text_file text;
	FILE *file = text_file_open(&text);
	_cleanup_free_ char *members = NULL;

	for (size_t i = 0; file && i < machine->count; i++) {
		const struct device *other = &machine->devices[i];

		if (other == device || !other->is_chosen)
			continue;
		fprintf(file, "%s%s", separator, device_short_address(machine, other));
		separator = ", ";
	}
	members = text_file_close(&text);
	if (members && members[0])
		output_wrapped(&choice->host->output, STYLE_DIM, 6, 6, "      %s",
			       members);
}

static void print_remarks(const struct choice *choice)
{
	struct outlook outlook = { 0 };

	if (outlook_make(&(struct outlook_input){ .machine = &choice->machine },
			 &outlook) == 0)
		for (size_t i = 0; i < outlook.count; i++)
			output_wrapped(&choice->host->output,
				       outlook.items[i].level == REMARK_NOTE ? STYLE_NOTE
									     : STYLE_BAD,
				       0, 8, "      * %s", outlook.items[i].text);
	outlook_free(&outlook);
}

/* As if it were chosen, to tell what that would mean. */
static void print_device(struct choice *choice, size_t number, struct device *device)
{
	const struct output *output = &choice->host->output;
	struct machine *machine = &choice->machine;
	char name[FULL_NAME_SIZE], group[32] = "";

	for (size_t i = 0; i < machine->count; i++)
		machine->devices[i].is_chosen = false;
	device->is_chosen = true;
	choice_add_members(machine);
	if (device->pci->group != NO_GROUP)
		snprintf(group, sizeof(group), ", group %d", device->pci->group);
	device_full_name(device, name);
	output_wrapped(output, STYLE_PLAIN, 0, 6, "%3zu   %s %s%s", number,
		       device_short_address(machine, device), name, group);
	print_members(choice, device);
	if (choice->command->takes)
		print_remarks(choice);
	device->is_chosen = false;
}

/* -- choosing ------------------------------------------------------------------------ */

/* Whatever is no number of the list is asked for again. Returns NULL to leave. */
static const struct device *ask_number(const struct choice *choice)
{
	char answer[PROMPT_SIZE];

	while (prompt_read("Number, or q to leave: ", answer)) {
		char *end;
		unsigned long number = strtoul(answer, &end, 10);

		if (strcasecmp(answer, "q") == 0)
			return NULL;
		if (isdigit((unsigned char)answer[0]) && !*end && number >= 1 &&
		    number <= choice->count)
			return choice->offered[number - 1];
		info("Write a number from 1 to %zu, or q.", choice->count);
	}
	return NULL;
}

static bool ask_whether(const struct choice *choice, const struct device *device)
{
	_cleanup_free_ char *question = NULL;
	char name[FULL_NAME_SIZE];

	if (!choice->command->verb || choice->arguments->dry_run)
		return true;
	device_full_name(device, name);
	if (asprintf(&question, "%s %s %s%s? [y/N] ", choice->command->verb,
		     device_short_address(&choice->machine, device), name,
		     choice->command->when) < 0) {
		question = NULL;
		return false;
	}
	return prompt_confirm(question);
}

/* Returns -1 once the command has its operand, or an exit status. */
static int choose(struct choice *choice)
{
	static char address[ADDRESS_SIZE];
	static char *operands[] = { address };
	const struct device *device;

	if (!find_offered(choice))
		return STATUS_NOT_GOOD;
	if (!choice->count) {
		info("%s", choice->command->nothing);
		return choice->command->takes ? STATUS_NOT_GOOD : STATUS_GOOD;
	}
	for (size_t i = 0; i < choice->count; i++)
		print_device(choice, i + 1, choice->offered[i]);
	if (choice->command->takes)
		output_wrapped(
			&choice->host->output, STYLE_DIM, 0, 0,
			"Not offered: bridges, virtual functions, what the system needs; passthru list has all.");
	device = ask_number(choice);
	if (!device || !ask_whether(choice, device)) {
		info("Nothing was changed.");
		return STATUS_NOT_GOOD;
	}
	strcpy(address, device->address);
	choice->arguments->operands = operands;
	choice->arguments->operand_count = 1;
	return -1;
}

/* What cannot be read, the command says. */
static void read_request(struct choice *choice)
{
	struct work work = { .host = choice->host };
	_cleanup_free_ char *text = NULL;

	if (configure_open(&work) && configure_read(&work, &text) == 0)
		(void)configure_parse(text, &choice->request);
	change_free(&work.change);
	change_free(&work.groups);
}

int choose_operands(struct host *host, struct arguments *arguments)
{
	struct choice choice = { .host = host,
				 .arguments = arguments,
				 .command = &commands[0] };
	int status = STATUS_NOT_GOOD;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i].command, arguments->command) == 0)
			choice.command = &commands[i];
	read_request(&choice);
	if (choice_open(host, &choice.machine))
		status = choose(&choice);
	free(choice.offered);
	configure_free_request(&choice.request);
	machine_free(&choice.machine);
	return status;
}
