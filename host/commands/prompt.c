/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/prompt.h"
#include "ui/message.h"

/* Leaves out bridges and devices that back the system. */
static bool is_offered(const struct device *device)
{
	return !device->pci->is_bridge && !device->backs_system &&
	       pci_base_class(&device->pci->id) != PCI_BASE_CLASS_BRIDGE;
}

static size_t offer(const struct machine *machine)
{
	char name[FULL_NAME_SIZE];
	size_t number = 0;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (!is_offered(device))
			continue;
		device_full_name(device, name);
		info("%4zu  %-13s %.56s", ++number, device->address, name);
	}
	return number;
}

static void take(const struct machine *machine, bool *named, unsigned long number)
{
	for (size_t i = 0; i < machine->count; i++)
		if (is_offered(&machine->devices[i]) && --number == 0)
			named[i] = true;
}

/* Returns how many devices were named, or -EINVAL if a word is not one of the numbers. */
static int read_answer(const struct machine *machine, char *line, size_t last,
		       bool *named)
{
	int count = 0;
	char *rest;

	for (char *word = strtok_r(line, " ,\n", &rest); word;
	     word = strtok_r(NULL, " ,\n", &rest)) {
		char *end;
		unsigned long number = strtoul(word, &end, 10);

		if (*end || number == 0 || number > last) {
			info("\"%s\" is not a number from 1 to %zu.", word, last);
			return -EINVAL;
		}
		take(machine, named, number);
		count++;
	}
	return count;
}

int prompt_devices(const struct machine *machine, bool *named)
{
	char line[512];
	size_t last;
	int r;

	if (!isatty(STDIN_FILENO)) {
		warn("--prompt needs a terminal; name the addresses instead");
		return -ENOTTY;
	}
	last = offer(machine);
	if (last == 0) {
		warn("this machine has no device that can be passed through");
		return -ENODEV;
	}
	do {
		fprintf(stderr, "Numbers of the devices, separated by spaces: ");
		if (!fgets(line, sizeof(line), stdin)) {
			fputc('\n', stderr);
			warn("no device was chosen");
			return -ECANCELED;
		}
		memset(named, 0, machine->count * sizeof(named[0]));
		r = read_answer(machine, line, last, named);
	} while (r <= 0);
	return 0;
}
