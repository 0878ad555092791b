/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "machine/machine.h"
#include "unit.h"

#define DEVICES_MAX 8

#define FUNCTIONS                                       \
	"00:01.0 8086:1901 060400 15 pcieport bridge\n" \
	"01:00.0 10de:13c2 030000 15 nouveau\n"         \
	"01:00.1 10de:0fbb 040300 15 snd_hda_intel\n"   \
	"02:00.0 144d:a808 010802 16 nvme\n"            \
	"03:00.0 8086:1533 020000 - igb\n"

#define CARD "kernel=6.12 members=10de:13c2@0000:01:00.0,10de:0fbb@0000:01:00.1\n"
#define DISK "kernel=6.12 members=144d:a808@0000:02:00.0\n"

/* Numbers of chosen devices, the text before, and after it is remembered or forgotten. */
static const struct {
	const char *chosen, *old, *remembered, *forgotten;
} rows[] = {
	{ "", "", "", "" },
	{ "12", "", CARD, "" },
	{ "1", "", CARD, "" },
	{ "123", "", CARD DISK, "" },
	/* without a group there is nothing to remember */
	{ "4", "", "", "" },
	{ "12", DISK, DISK CARD, DISK },
	{ "12", CARD DISK, DISK CARD, DISK },
	{ "12", "kernel=5.10 members=10de:13c2@0000:01:00.0\n", CARD, "" },
	{ "12", "kernel=6.12 members=10de:13c2@0000:05:00.0\n",
	  "kernel=6.12 members=10de:13c2@0000:05:00.0\n" CARD,
	  "kernel=6.12 members=10de:13c2@0000:05:00.0\n" },
	{ "3", "rubbish\n\nmembers=1:2 other=x", "kernel= members=1:2\n" DISK,
	  "kernel= members=1:2\n" },
};

START_TEST(keeps)
{
	struct device devices[DEVICES_MAX] = { 0 };
	struct machine machine = { .devices = devices, .kernel = "6.12" };
	char *text;

	functions_read(FUNCTIONS, &machine.pci);
	machine.count = machine.pci.count;
	for (size_t i = 0; i < machine.count; i++) {
		struct device *device = &machine.devices[i];

		device->pci = &machine.pci.devices[i];
		address_format(&device->pci->address, device->address);
		device->is_chosen = strchr(rows[_i].chosen, '0' + (int)i);
	}
	text = groups_remember(&machine, rows[_i].old);
	expect_text("remembered", text, rows[_i].remembered);
	free(text);
	text = groups_forget(rows[_i].old, groups_is_chosen, &machine);
	expect_text("forgotten", text, rows[_i].forgotten);
	free(text);
	pci_list_free(&machine.pci);
}

int main(void)
{
	TCase *tcase = tcase_create("groups");

	add_rows(tcase, keeps, rows);
	return unit_run(tcase);
}
